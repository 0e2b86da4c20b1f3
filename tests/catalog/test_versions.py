"""Published versions: immutable, told apart in sentences, gone back to, never lost."""

from __future__ import annotations

import json
from datetime import date

import pytest
from psycopg.errors import RestrictViolation
from sqlalchemy import Executable, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from catalog.deciding.bodies import Decision, record
from catalog.forms.changes import decide, propose
from catalog.forms.table import FormField
from catalog.tables import metadata
from catalog.versions.compare import compare, table
from catalog.versions.diff import Wanted, diff
from catalog.versions.history import content_of, known, release, rollback, verify, versions
from catalog.versions.publish import publish
from catalog.versions.read import current_version, materials_of
from kernel.errors import BadInput, Stop
from kernel.house import House
from tests.catalog import town
from tests.catalog.judging import people
from tests.catalog.rows import NOON, asks, land
from tests.catalog.town import DAY, FOOD, MARKET, NANKANG, WATER, XINFENG, ZHANGGONG

PUBLISHED = [name for name in metadata.tables if name.startswith("catalog.published_")]
TABLES = ["catalog.version", *PUBLISHED]


def sentences(house: House, old: int, new: int, wanted: Wanted | None = None) -> list[str]:
    """The differences as told."""
    with house.engine.begin() as conn:
        return [one.sentence for one in diff(conn, old, new, wanted)]


def published(house: House) -> int:
    """A version with rows in every table of a version."""
    town.start(house)
    with house.engine.begin() as conn:
        town.accepted(conn)
        form = [FormField(FOOD, "从业人数", "number", True)]
        decide(
            conn, propose(conn, form, "officer", "新表", NOON), "accepted", "bureau", "同意", NOON
        )
    return publish(house, "test")


def test_no_row_of_a_published_version_can_be_changed_removed_or_added(house: House) -> None:
    published(house)
    for name in TABLES:
        table = metadata.tables[name]
        number = next(iter(table.primary_key.columns))
        with house.engine.begin() as conn:
            row = dict(conn.execute(select(table).limit(1)).one()._mapping)
        forbidden: list[Executable] = [
            update(table).values({number.name: number}),
            delete(table).where(number == row[number.name]),
            text(f"TRUNCATE {name}"),
        ]
        if name != "catalog.version":
            key = "local_code" if "local_code" in table.primary_key.columns else "item_id"
            forbidden.append(insert(table).values({**row, key: "ZZZ"}))
        for statement in forbidden:
            with house.engine.begin() as conn, pytest.raises(IntegrityError) as caught:
                conn.execute(statement)
            assert isinstance(caught.value.orig, RestrictViolation), str(statement)
    with house.engine.begin() as conn:
        verify(conn, 2)


def test_a_version_that_was_tampered_with_is_noticed(house: House) -> None:
    published(house)
    with house.engine.begin() as conn:
        conn.execute(text("SET LOCAL session_replication_role = replica"))
        conn.execute(text("UPDATE catalog.published_item SET name = '别的' WHERE version = 1"))
    with house.engine.begin() as conn:
        verify(conn, 2)
        with pytest.raises(Stop, match="version 1 does not hold what its digest says"):
            verify(conn, 1)
    with pytest.raises(Stop, match="version 1"):
        rollback(house, 1, "bureau", "退回")


def test_what_changed_is_told_for_whom(house: House) -> None:
    town.start(house)
    with house.engine.begin() as conn:
        land(conn, "material", [asks(FOOD, "居民身份证", source_type="issued", order=3)])
        conn.execute(
            text("UPDATE landing.material SET deleted_at = now() WHERE name = '食品经营许可申请表'")
        )
        conn.execute(
            text("UPDATE landing.item SET name = '取水许可' WHERE code = :c"), {"c": WATER}
        )
        conn.execute(text("UPDATE landing.item SET limit_days = 15 WHERE code = :c"), {"c": FOOD})
        conn.execute(
            text("UPDATE landing.item SET promise_days = 3, fee = true WHERE code = :c"),
            {"c": ZHANGGONG},
        )
        decided = Decision(
            FOOD, "transferred", "市行政审批局", date(2026, 12, 1), "赣市府字〔2026〕12号"
        )
        record(conn, decided, "bureau", "相对集中行政许可权改革", NOON)
        town.accepted(conn, division="章贡区")
    people.confirmed(house, XINFENG, WATER)
    assert town.again(house) == 2
    said = sentences(house, 1, 2)
    assert (
        said
        == [
            "章贡区“食品经营许可核发”改由",
        ]
        or [one for one in EXPECTED if one not in said] == []
    )
    assert len(said) == len(EXPECTED)
    assert sentences(house, 2, 2) == []
    only = sentences(house, 1, 2, Wanted(division="章贡区", item_id=FOOD))
    assert (
        "“食品经营许可”：办事指南“食品经营许可核发”的承诺办结时限由“10个工作日”改为“3个工作日”。"
        in only
    )
    assert not [one for one in only if "信丰县" in one]
    with house.engine.begin() as conn:
        changes = diff(conn, 1, 2, Wanted(division="信丰县", department="县局"))
        assert [(one.kind, one.before, one.after) for one in changes] == [
            ("mapping_moved", "食品经营许可", "取水许可")
        ]
        assert json.loads(json.dumps([one.as_json() for one in diff(conn, 1, 2)]))


EXPECTED = [
    "“食品经营许可”：材料“居民身份证”由“不需提交”改为“必须提交”，涉及1个县级事项。",
    "“食品经营许可”：材料“食品经营许可申请表”由“必须提交”改为“不需提交”，涉及1个县级事项。",
    "“食品经营许可”：决定机关增加一段：自2026-12-01起划转：市行政审批局，赣市府字〔2026〕12号。",
    "“食品经营许可”：全市的法定办结时限由“20个工作日”改为“15个工作日”。",
    "“食品经营许可”：自2026-01-01起，章贡区的承诺办结时限由“无单独规定”改为“5个工作日”"
    "（赣市审改办发〔2026〕9号）。",
    "“食品经营许可”：办事指南“食品经营许可核发”的承诺办结时限由“10个工作日”改为“3个工作日”。",
    "“食品经营许可”：办事指南“食品经营许可核发”的是否收费由“不收费”改为“收费”。",
    "事项“取水许可审批”的名称由“取水许可审批”改为“取水许可”。",
    "信丰县“食品经营许可”由事项“食品经营许可”改归“取水许可”。",
]


def test_an_item_that_comes_or_goes_is_told_once(house: House) -> None:
    town.start(house)
    town.change(house, "UPDATE landing.item SET deleted_at = now() WHERE code = :c", c=WATER)
    assert town.again(house) == 2
    assert sentences(house, 1, 2) == [
        "取消事项“取水许可审批”。",
        "南康区“取水许可审批”不再归入事项“取水许可审批”。",
    ]
    assert sentences(house, 2, 1) == [
        "新增事项“取水许可审批”。",
        "南康区“取水许可审批”归入事项“取水许可审批”。",
    ]
    assert len(sentences(house, 0, 2)) == len(set(sentences(house, 0, 2))) > 2


def test_a_rollback_is_a_new_version_and_holds_until_released(house: House) -> None:
    town.start(house)
    town.change(house, "UPDATE landing.item SET name = '取水许可' WHERE code = :c", c=WATER)
    assert town.again(house) == 2
    assert rollback(house, 1, "bureau", "名称改错了") == 3
    with house.engine.begin() as conn:
        newest = versions(conn)[0]
        assert (newest.equal_to, newest.why, newest.by) == (1, "名称改错了", "bureau")
        assert content_of(conn, 3) == verify(conn, 1)
        assert [one.number for one in versions(conn)] == [3, 2, 1]
        body = conn.execute(text("SELECT body FROM ledger.entry ORDER BY seq DESC LIMIT 1"))
        entry = json.loads(body.scalar_one())
    assert (entry["event"], entry["version"], entry["catalogue_version"]) == (
        "catalogue.rolled_back", 3, 1,
    )  # fmt: skip
    assert "名称改错了" not in json.dumps(entry, ensure_ascii=False)
    assert town.again(house) == 3  # the next run does not undo it
    with pytest.raises(BadInput, match="needs a reason"):
        release(house, "bureau", " ")
    release(house, "bureau", "源头已改正")
    assert town.again(house) == 4
    with pytest.raises(BadInput, match="nothing holds"):
        release(house, "bureau", "再来")


def test_a_rollback_that_cannot_be_is_refused(house: House) -> None:
    with pytest.raises(BadInput, match="no catalogue is published"):
        rollback(house, 1, "bureau", "退回")
    town.start(house)
    for number, why, says in (
        (7, "退回", "there is no catalogue version 7: there are 1 to 1"),
        (1, "退回", "is the same as version 1"),
        (1, "", "needs a reason"),
    ):
        with pytest.raises(BadInput, match=says):
            rollback(house, number, "bureau", why)
    with house.engine.begin() as conn:
        assert known(conn, None) == current_version(conn) == 1
        assert materials_of(conn, 1, FOOD)


def test_counties_stand_side_by_side(house: House) -> None:
    town.start(house)
    with house.engine.begin() as conn:
        town.accepted(conn)
    number = publish(house, "test")
    with house.engine.begin() as conn:
        made = compare(conn, number, FOOD, [], DAY)
        only = compare(conn, number, FOOD, ["360722"], DAY)
        with pytest.raises(BadInput, match="no item XX"):
            compare(conn, number, "XX", [], DAY)
    rows = {row[0]: row[1:] for row in table(made)}
    assert rows["比较项"] == ["目录", "章贡区", "信丰县"]
    assert rows["决定机关"][1] == f"保留：{MARKET}，按事项系统所列"
    assert rows["法定办结时限"] == ["20个工作日"] * 3
    assert rows["承诺办结时限"] == [
        "未填", "未填（指南写：10个工作日，未确认）", "5个工作日（指南写：20个工作日，未确认）",
    ]  # fmt: skip
    assert rows["必要材料份数"] == ["2", "同目录", "2"]
    assert rows["比目录多要"] == ["", "", "房屋租赁合同"]
    assert rows["比目录少要"] == ["", "", "食品经营许可申请表"]
    assert [one.local_code for one in only.counties] == [XINFENG]
    assert json.loads(json.dumps(made.as_json()))["counties"][1]["unreviewed"] == ["promise_days"]
    assert NANKANG not in {one.local_code for one in made.counties}
