"""Findings, holds, measures and refused rows: what is shown, what people may do about them."""

from __future__ import annotations

import re

import pytest

from tests.portal.visits import signed_in

OPS, DEPT = "/ops/systems/sc_food", "/dept/systems/sc_food"


def test_a_finding_says_since_when_for_how_long_and_who_knows_of_it() -> None:
    text = signed_in("ops").get(OPS).text
    assert "列可能改名" in text
    assert "41 天" in text
    assert "不到 1 天" in text
    assert "ops 已知悉：已发函核实" in text
    assert text.count("/findings/") == 2


def test_the_department_sees_what_its_system_does_otherwise_and_cannot_settle_it() -> None:
    visitor = signed_in("officer")
    text = visitor.get(DEPT).text
    assert "源系统的变化" in text
    assert "列可能改名" in text
    assert "41 天" in text
    assert "暂停签发：问题数据过多" in text
    assert "/findings/" not in text
    assert "/holds/" not in text


def test_a_hold_stands_above_everything_and_can_be_released_with_a_reason() -> None:
    visitor = signed_in("ops")
    text = visitor.get(OPS).text
    assert text.index("暂停签发：问题数据过多") < text.index("数据目录")
    answer = visitor.post(OPS, f"{OPS}/holds/7", why="已核实")
    assert answer.status_code == 303
    assert ("release", "ops", "sc_food", 7, "已核实") in visitor.platform.calls


def test_measures_are_a_table_with_bars() -> None:
    text = signed_in("ops").get(OPS).text
    assert "每次同步的数据量" in text
    assert "96.2%" in text


def test_acknowledging_needs_a_reason() -> None:
    visitor = signed_in("ops")
    assert visitor.post(OPS, f"{OPS}/findings/1", why="").status_code == 400
    assert visitor.post(OPS, f"{OPS}/findings/1", why="x").status_code == 303


def test_ops_and_the_department_replay_and_are_told_what_it_did() -> None:
    for name, path in (("ops", OPS), ("officer", DEPT)):
        visitor = signed_in(name)
        answer = visitor.post(path, f"{path}/replay")
        assert answer.status_code == 303
        assert ("replay", name, "sc_food") in visitor.platform.calls
        text = visitor.get(answer.headers["location"]).text
        assert "重新检查了 17 条：收回 12 条，仍有问题 5 条。" in text


@pytest.mark.parametrize(("name", "path"), [("ops", OPS), ("officer", DEPT)])
def test_a_refused_row_is_read_again_where_its_source_gives_single_rows(
    name: str, path: str
) -> None:
    visitor = signed_in(name)
    number = re.findall(f'action="{path}/refused/([0-9]+)/again"', visitor.get(path).text)[0]
    answer = visitor.post(path, f"{path}/refused/{number}/again")
    assert answer.status_code == 303
    assert ("read_again", name, "sc_food", int(number)) in visitor.platform.calls
    assert "这一条已经入库" in visitor.get(answer.headers["location"]).text
    assert "这一条已经入库" not in visitor.get(f"{path}?again=x").text


@pytest.mark.parametrize(("name", "path"), [("ops", OPS), ("officer", DEPT)])
@pytest.mark.parametrize(
    ("number", "says"), [(404, "可能刚被收回"), (503, "sc_food 正在同步，请等它结束")]
)
def test_a_row_that_cannot_be_read_again_says_why(
    name: str, path: str, number: int, says: str
) -> None:
    answer = signed_in(name).post(path, f"{path}/refused/{number}/again")
    assert (answer.status_code, says in answer.text) == (400, True)


def test_a_source_without_single_rows_offers_none() -> None:
    assert "/again" not in signed_in("ops").get("/ops/systems/ga_vehicle").text


def test_a_form_without_its_token_does_nothing() -> None:
    visitor = signed_in("ops")
    again = f"{OPS}/refused/3/again"
    for path in (f"{OPS}/replay", again, f"{OPS}/findings/1", f"{OPS}/holds/7"):
        assert visitor.client.post(path, data={"why": "x"}).status_code == 403
    deeds = {"replay", "read_again", "acknowledge", "release"}
    assert not [call for call in visitor.platform.calls if call[0] in deeds]


def test_another_departments_rows_are_neither_replayed_nor_downloaded() -> None:
    visitor = signed_in("officer")
    other = "/dept/systems/ga_vehicle"
    assert visitor.get(f"{other}/refused.xlsx").status_code == 403
    assert visitor.post(DEPT, f"{other}/replay").status_code == 403
    assert not [call for call in visitor.platform.calls if call[0] == "replay"]


def test_the_download_is_a_file_that_no_cache_keeps() -> None:
    answer = signed_in("officer").get(f"{DEPT}/refused.xlsx")
    assert answer.content == b"PK a book"
    assert answer.headers["content-disposition"] == 'attachment; filename="sc_food-refused.xlsx"'
    assert "no-store" in answer.headers["cache-control"]


def test_a_refused_row_says_batch_row_and_file() -> None:
    text = signed_in("officer").get(DEPT).text
    assert "sc_food/licence/run-20261120-01/0" in text
    assert "第 17 行" in text
    assert "sc_food_20261120.csv" in text
    assert "由谁修改：省级主管部门，经市市场监督管理局" in text


def test_the_api_replays_for_operations_only() -> None:
    for name, status in (("ops", 200), ("bureau", 403), ("officer", 403)):
        visitor = signed_in(name)
        token = visitor.client.post(
            "/api/v1/session", json={"name": name, "password": "zhongtai-demo"}
        ).json()["token"]
        answer = visitor.client.post(
            "/api/v1/systems/sc_food/replay", headers={"Authorization": f"Bearer {token}"}
        )
        assert answer.status_code == status
