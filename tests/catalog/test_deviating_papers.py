"""A county asks for one material more, for one otherwise, or for one less: decided, dated, kept."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from catalog.exchange import gb, national
from catalog.exchange.snapshot import as_json, read_json
from catalog.flow.deltas import Proposal, decide, deltas, propose
from catalog.flow.fields import field_of, shown
from catalog.flow.papers import PREFIX
from catalog.judging.waives import touches
from catalog.situations.whole import whole
from catalog.versions.asked import added_anywhere, asked_of
from catalog.versions.compare import compare, table
from catalog.versions.diff import diff
from catalog.versions.history import content_of, rollback, verify, versions
from catalog.versions.publish import publish
from catalog.versions.read import item_of_code, materials_of
from kernel.errors import BadInput, Conflicts, Refused
from kernel.house import House
from tests.catalog import town
from tests.catalog.judging import people
from tests.catalog.rows import NOON
from tests.catalog.town import DAY, FOOD, WATER, XINFENG, ZHANGGONG

LEASE = "房屋租赁合同；证明；情形：租赁经营场所"
OWN = ["营业执照", "食品经营许可申请表"]
NEXT_YEAR = date(2027, 1, 1)


def more(conn: Any, **over: Any) -> int:
    """信丰县 asks for a lease as well, accepted."""
    return town.accepted(conn, **{"field": "material", "value": LEASE, **over})


def less(conn: Any, **over: Any) -> int:
    """信丰县 does without the trade licence, accepted."""
    return town.accepted(conn, **{"field": "no_material", "value": "营业执照", **over})


def names(house: House, code: str, day: date = DAY) -> list[str]:
    """What the newest version asks for under a code on a day."""
    number = publish(house, "test")
    with house.engine.begin() as conn:
        item = item_of_code(conn, number, code)
        assert item is not None
        return [one.name for one in asked_of(conn, number, item, day)]


def test_a_county_asks_more_and_less_there_and_then_only(house: House) -> None:
    town.start(house)
    with house.engine.begin() as conn:
        more(conn, ends=NEXT_YEAR)
        less(conn)
    assert names(house, XINFENG) == ["食品经营许可申请表", "房屋租赁合同"]
    assert names(house, XINFENG, NEXT_YEAR) == ["食品经营许可申请表"]
    assert names(house, XINFENG, date(2025, 12, 31)) == OWN
    assert names(house, ZHANGGONG) == OWN
    assert names(house, FOOD) == OWN


def test_only_what_another_person_accepted_by_a_document_counts(house: House) -> None:
    town.start(house)
    said = Proposal(FOOD, "material", LEASE, date(2026, 1, 1), "条例第九条", "信丰县")
    with house.engine.begin() as conn:
        number = propose(conn, said, "one", "本地要求", NOON)
        with pytest.raises(Refused, match="另一人"):
            decide(conn, number, "accepted", "one", "同意", NOON, "文号")
        with pytest.raises(BadInput, match="document number"):
            decide(conn, number, "accepted", "two", "同意", NOON)
        with pytest.raises(Conflicts, match="deviation 1 says the same"):
            propose(conn, said, "one", "再来", NOON)
    assert names(house, XINFENG) == OWN
    with house.engine.begin() as conn:
        decide(conn, number, "accepted", "two", "同意", NOON, "文号")
    assert names(house, XINFENG) == [*OWN, "房屋租赁合同"]


def test_a_later_word_on_the_same_material_ends_the_one_before(house: House) -> None:
    """More and less of one material are one subject: never both in force."""
    town.start(house)
    with house.engine.begin() as conn:
        first = less(conn)
        later = more(conn, value="营业执照；核对原件；必要时", begins=date(2026, 6, 1))
        assert [one.ends for one in deltas(conn)] == [date(2026, 6, 1), None]
        with pytest.raises(BadInput, match="overlaps"):
            less(conn, begins=date(2026, 6, 1))
    assert names(house, XINFENG, date(2026, 5, 31)) == ["食品经营许可申请表"]
    assert names(house, XINFENG) == OWN  # in its own place of the list
    with house.engine.begin() as conn:
        item = item_of_code(conn, 2, XINFENG)
        assert item is not None
        licence = asked_of(conn, 2, item, DAY)[0]
        assert (licence.need, licence.purpose, licence.licence_types) == (
            False, "compare", ("营业执照",),
        )  # fmt: skip
        decide(conn, later, "withdrawn", "bureau", "撤回", NOON)
        assert deltas(conn, state="accepted")[0].id == first
    assert names(house, XINFENG) == ["食品经营许可申请表"]


def test_an_added_material_is_read_as_any_other(house: House) -> None:
    """Its name says what document it is, whose, what satisfies it; the stricter purpose counts."""
    town.start(house)
    with house.engine.begin() as conn:
        more(conn, value="法定代表人身份证（核验原件）；证明")
    names(house, XINFENG)
    with house.engine.begin() as conn:
        (line,) = added_anywhere(conn, 2)
        assert touches(conn, "item", "same", ["none"], [XINFENG])
        assert not touches(conn, "item", "same", ["none"], [ZHANGGONG])
    assert (line.name, line.role, line.purpose) == (
        "居民身份证（法定代表人）", "legal_representative", "compare",
    )  # fmt: skip
    assert (line.licence_types, line.grade, line.item_id) == (("居民身份证",), "A", FOOD)


def test_what_people_said_of_a_name_holds_for_a_deviations_name_too(house: House) -> None:
    """A person says that a name is the trade licence: the deviation asks for just that."""
    town.start(house)
    with house.engine.begin() as conn:
        more(conn, value="房屋租赁合同；证明")
        target = next(one for one in materials_of(conn, 1, FOOD) if one.name == "营业执照")
    to = target.material_id
    made = people.say(house, people.BUREAU, "房屋租赁合同", "same", to, subject="material")
    assert people.answer(house, people.SECOND, made.number).state == "in_force"
    town.again(house)
    assert names(house, XINFENG) == OWN
    with house.engine.begin() as conn:
        assert [one.material_id for one in added_anywhere(conn, 2)] == [to]


def test_the_applicants_list_of_a_county_holds_it(house: House) -> None:
    town.start(house)
    with house.engine.begin() as conn:
        more(conn)
        less(conn)
    publish(house, "test")
    with house.engine.begin() as conn:
        there = whole(conn, [XINFENG], {}, DAY)
        assert [one.name for one in there.materials] == ["食品经营许可申请表", "房屋租赁合同"]
        assert there.next is not None  # the situation of the added one is asked
        assert [one.name for one in whole(conn, [ZHANGGONG], {}, DAY).materials] == OWN
        both = whole(conn, [XINFENG, ZHANGGONG], {}, DAY)
        assert [one.items for one in both.materials] == [(FOOD,), (FOOD,)]


def test_it_goes_with_its_implementation(house: House) -> None:
    town.start(house)
    with house.engine.begin() as conn:
        more(conn)
    people.confirmed(house, XINFENG, WATER)
    town.again(house)
    assert names(house, XINFENG) == ["居民身份证", "房屋租赁合同"]


def test_a_version_tells_it_keeps_it_and_goes_back(house: House) -> None:
    town.start(house)
    with house.engine.begin() as conn:
        less(conn, ends=NEXT_YEAR)
        more(conn)
    assert publish(house, "test") == 2
    with house.engine.begin() as conn:
        verify(conn, 2)
        content = content_of(conn, 2)
        assert read_json(as_text(as_json(versions(conn)[0], content))) == content
        told = {one.sentence: one for one in diff(conn, 1, 2)}
        back = [one.sentence for one in diff(conn, 2, 1)]
    assert set(told) == {
        "“食品经营许可”：自2026-01-01起，信丰县的材料“房屋租赁合同”由“无单独规定”改为"
        "“必须提交，用于证明，情形：租赁经营场所”（赣市审改办发〔2026〕9号）。",
        "“食品经营许可”：自2026-01-01起至2027-01-01（不含）止，信丰县的材料“营业执照”由"
        "“无单独规定”改为“不要求提交”（赣市审改办发〔2026〕9号）。",
    }
    assert {(one.kind, one.division) for one in told.values()} == {("local_material", "信丰县")}
    assert any("由“不要求提交”改为“无单独规定”" in one for one in back)
    assert rollback(house, 1, "bureau", "退回") == 3
    with house.engine.begin() as conn:
        item = item_of_code(conn, 3, XINFENG)
        assert item is not None
        assert [one.name for one in asked_of(conn, 3, item, DAY)] == OWN


def test_exports_hold_the_list_of_each_place(house: House) -> None:
    town.start(house)
    with house.engine.begin() as conn:
        more(conn)
        less(conn)
    number = publish(house, "test")
    with house.engine.begin() as conn:
        content = content_of(conn, number)
    sheets = gb.sheets(content, DAY)
    count = {row[4]: row[-1] for row in sheets["实施清单"][1:]}
    assert (count[XINFENG], count[ZHANGGONG]) == ("2", "2")
    assert [row[4] for row in sheets["申请材料"][1:] if row[0] == FOOD] == OWN
    local = [dict(zip(gb.LOCAL, row, strict=True)) for row in sheets["各地材料差异"][1:]]
    assert {(one["实施编码"], one["材料名称"], one["要求"]) for one in local} == {
        (XINFENG, "营业执照", "不要求提交"),
        (XINFENG, "房屋租赁合同", "必须提交，用于证明，情形：租赁经营场所"),
    }
    assert {one["期间"] for one in local} == {"自2026-01-01起"}
    rows, _ = national.rows(content, DAY)
    sent = {
        (row.values["task_code"], row.values["material_name"])
        for row in rows
        if row.table == "up_task_general_material"
    }
    assert {name for code, name in sent if code == XINFENG} == {
        "食品经营许可申请表",
        "房屋租赁合同",
    }
    assert {name for code, name in sent if code == ZHANGGONG} == set(OWN)


def test_what_is_accepted_no_more_stands_as_unconfirmed_beside_the_others(house: House) -> None:
    """信丰县's own guide asks for a lease and not for the form: only the one is decided."""
    town.start(house)
    with house.engine.begin() as conn:
        more(conn, value="房屋租赁合同；证明")
    number = publish(house, "test")
    with house.engine.begin() as conn:
        made = compare(conn, number, FOOD, [], DAY)
    rows = {row[0]: row[1:] for row in table(made)}
    assert rows["材料另有规定"] == ["", "", "房屋租赁合同：必须提交，用于证明"]
    assert rows["比目录多要"] == ["", "", ""]
    assert rows["比目录少要"] == ["", "", "食品经营许可申请表"]
    (said,) = made.as_json()["counties"][1]["papers"]
    assert said["said"].startswith("信丰县差异第1号，赣市审改办发〔2026〕9号，依据")
    assert (said["name"], said["shown"]) == ("申请材料", "房屋租赁合同：必须提交，用于证明")


BAD: list[tuple[str, Any, str]] = [
    ("material", "", "names a material in 1 to 200"),
    ("material", "甲" * 201, "names a material in 1 to 200"),
    ("material", "房屋租赁合同", "what it is for, behind the name: 证明、核对原件、收回"),
    (
        "material",
        "房屋租赁合同；证明；也许",
        "knows no “也许”: allowed are 证明、核对原件、收回、必须、",
    ),
    ("material", "房屋租赁合同；证明；情形：", "knows no “情形：”"),
    ("material", "身份证、户口簿；证明", "is 2 materials .居民身份证、居民户口簿.: a row for each"),
    (
        "material",
        {"name": "合同", "purpose": "prove", "who": 1},
        "has asks, name, need, .*, not who",
    ),
    ("material", {"name": "合同", "purpose": "show"}, "what it is for"),
    ("material", {"name": "合同", "purpose": "prove", "need": "ja"}, "need of material is true or"),
    ("material", {"name": "合同", "asks": False, "purpose": "prove"}, "says asks true, not False"),
    ("no_material", "结婚证", "names no material of 360100042001, whose list is 营业执照（M-"),
    ("no_material", {"name": "营业执照", "purpose": "prove"}, "has asks, name, not purpose"),
]


def test_a_material_that_cannot_be_is_refused_in_one_sentence(house: House) -> None:
    town.start(house)
    for field, value, says in BAD:
        said = Proposal(FOOD, field, value, date(2026, 1, 1), "条例第九条", "信丰县")
        with house.engine.begin() as conn, pytest.raises(BadInput, match=says):
            propose(conn, said, "officer", "本地要求", NOON)


def test_what_is_left_out_may_be_named_by_its_id_or_any_of_its_names(house: House) -> None:
    town.start(house)
    with house.engine.begin() as conn:
        listed = {one.name: one.material_id for one in materials_of(conn, 1, FOOD)}
        wanted = listed["营业执照"]
        for place, value in (("大余县", wanted), ("上犹县", "营业执照副本复印件")):
            less(conn, division=place, value=value)
        assert {(one.field, one.value["name"]) for one in deltas(conn)} == {
            (PREFIX + wanted, "营业执照")
        }


def test_values_of_materials_are_read_once_and_for_all() -> None:
    for code, typed, says in (
        ("material", LEASE, "房屋租赁合同：必须提交，用于证明，情形：租赁经营场所"),
        ("material", "授权委托书; 收回; 必要时", "授权委托书：必要时提交，用于收回"),
        ("no_material", " 营业执照 ", "营业执照：不要求提交"),
    ):
        field = field_of(code)
        value = field.read(code, typed)
        assert field.read(code, value) == value
        assert shown(code, value) == shown(f"{PREFIX}M-1", value) == says


def as_text(said: dict[str, Any]) -> str:
    """An export as it is written."""
    return json.dumps(said, ensure_ascii=False)
