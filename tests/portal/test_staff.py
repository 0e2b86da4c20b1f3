"""Pages of departments and the bureau."""

from __future__ import annotations

from portal.pages_staff import by_department, by_urgency, causes, count_states
from portal.port import Account, SystemTile
from tests.portal.fake import FakePlatform, refused_rows, tiles
from tests.portal.visits import signed_in


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

    assert signed_in("bureau", Fresh()).get("/bureau/overview").status_code == 200
