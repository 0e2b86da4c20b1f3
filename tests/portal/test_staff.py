"""Pages of operations, departments and the bureau."""

from __future__ import annotations

import re

from portal.pages_staff import URGENCY, by_department, by_urgency, causes, count_states
from portal.port import Account, SystemTile
from tests.portal.fake import FIRM, FakePlatform, refused_rows, tiles
from tests.portal.visits import signed_in

STATE = re.compile(r'<li class="tile is-(\w+)"')


def test_all_47_systems_stand_by_urgency() -> None:
    text = signed_in("ops").get("/ops").text
    states = STATE.findall(text)
    assert len(states) == 47
    assert states[:5] == ["failing", "failing", "late", "late", "never"]
    assert states == sorted(states, key=URGENCY.index)


def test_a_state_is_a_word_not_only_a_colour() -> None:
    text = signed_in("ops").get("/ops").text
    for word in ("同步失败", "数据过时", "尚未同步", "正在同步", "休整", "正常"):
        assert f">{word}</span>" in text


def test_the_tiles_alone_are_what_the_page_refreshes_itself_with() -> None:
    visitor = signed_in("ops")
    part = visitor.get("/ops/tiles").text
    assert "<html" not in part
    assert part in visitor.get("/ops").text


def test_a_look_up_system_shows_no_counts_of_rows() -> None:
    text = signed_in("ops").get("/ops").text
    tile = text[text.index('id="s-ga_population"') :]
    assert "只实时核验，不留存" in tile[: tile.index("</a>")]


def test_a_failing_system_shows_its_error_first() -> None:
    text = signed_in("ops").get("/ops/systems/sc_food").text
    assert "answered 500 three times" in text
    assert text.index("最近一次失败的原因") < text.index("数据目录")
    assert "多出一列" in text
    assert text.count("<rect") == 8 + 6  # runs and measures


def test_an_unknown_system_is_a_plain_answer() -> None:
    assert signed_in("ops").get("/ops/systems/nothing").status_code == 400


def test_ops_never_sees_a_raw_row() -> None:
    visitor = signed_in("ops")
    assert FIRM[:-1] not in visitor.get("/ops/systems/sc_food").text
    assert not [call for call in visitor.platform.calls if call[0] == "quarantine"]


def test_an_officer_sees_each_refused_row_with_reason_and_place() -> None:
    text = signed_in("officer").get("/dept/systems/sc_food").text
    assert "证件号码没有通过校验" in text
    assert text.count("问题在这里") == len(refused_rows())
    assert "&lt;script&gt;" in text
    assert "<script>alert" not in text


def test_the_few_causes_come_with_their_counts() -> None:
    assert causes(refused_rows()) == [
        ("licence", "ZTDM", "holder", 6),
        ("licence", "FZRQ", "date", 6),
        ("licence", "XKZBH", "required", 5),
    ]


def test_a_department_sees_its_own_systems_only() -> None:
    text = signed_in("officer").get("/dept").text
    assert "江西省食品经营许可管理系统" in text
    assert "公安交通管理" not in text


def test_a_department_without_systems_or_refused_rows_is_told() -> None:
    class Bare(FakePlatform):
        def department_systems(self, account: Account) -> list[SystemTile]:
            return []

    assert "还没有登记业务系统" in signed_in("officer", Bare()).get("/dept").text


def test_the_bureaus_counts_are_the_systems_sums() -> None:
    text = signed_in("bureau").get("/bureau/overview").text
    assert f"{sum(t.stored for t in tiles()):,}" in text
    assert "94.0" in text
    assert "128,402" in text
    rows = by_department(tiles())
    assert sum(row[1] for row in rows) == 47
    assert len(rows) == 25


def test_urgency_and_counts_name_every_state() -> None:
    found = tiles()
    assert {t.code for t in by_urgency(found)} == {t.code for t in found}
    assert sum(count_states(found).values()) == 47


def test_before_the_first_sync_every_page_still_stands() -> None:
    class Fresh(FakePlatform):
        def systems(self) -> list[SystemTile]:
            return []

    assert "还没有登记任何业务系统" in signed_in("ops", Fresh()).get("/ops").text
    assert signed_in("bureau", Fresh()).get("/bureau/overview").status_code == 200
