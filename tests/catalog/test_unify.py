"""Unify and publish on landed rows, with a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Connection, text

from catalog.judging.judge import Answer, decide, judge, undo
from catalog.unify import UnifyCounts, unify
from catalog.versions import search
from catalog.versions.everyday import meant, sayings
from catalog.versions.publish import publish
from catalog.versions.read import counts, current_version, item_of_code, materials_of, reviews
from catalog.versions.search import search_items
from kernel.errors import BadInput
from kernel.house import House
from registry.accounts import Account
from tests.catalog.rows import NOON, asks, canonical, county, end, land, shuffled

BUREAU = Account("bureau", "审批局", "bureau", None, ())
SECOND = Account("second", "审批局另一人", "bureau", None, ())

ITEMS = [
    canonical("B01", "食品经营许可新办", department="市市场监督管理局", task_type="行政许可"),
    canonical("B02", "食品经营许可变更", department="市市场监督管理局"),
    canonical("B03", "取水许可", department="市水利局"),
    county("C01", "食品经营许可证核发（县级）", "B01", division="赣县区"),
    county("C02", "食品经营许可证变更", None, division="于都县"),
    county("C03", "食品经营许可证核发", "B02", division="兴国县"),  # a wrong code
    county("C04", "取水相关手续办理", None, division="兴国县"),
    county("C05", "取水许可证核发", None, division="石城县"),
]
MATERIALS = [
    asks("B01", "营业执照副本复印件", order=2),
    asks("B01", "食品经营许可申请表", order=1, purpose="surrender"),
    asks("B01", "法定代表人身份证及经办人身份证", order=3),
    asks("C01", "房产证", order=1),  # a county's own wish: the base catalogue's list counts
    asks("C02", "《营业执照》", order=1),
    asks("C05", "身份证", order=1, situation="个人"),
    asks("C05", "身份证复印件", order=2, situation="个人", purpose="compare"),
]


def tables(conn: Connection) -> list[Any]:
    """Everything that a run of unify may leave, without times and numbers."""
    queries = (
        "SELECT id, name, parent, department, gone_at IS NULL FROM catalog.canonical_item",
        "SELECT * FROM catalog.canonical_material",
        'SELECT subject, "left", "right", relation, "by", why FROM catalog.judgement'
        " WHERE undone_at IS NULL",
        'SELECT subject, "left", candidates::text FROM catalog.review WHERE closed_at IS NULL',
    )
    return [sorted(map(repr, conn.execute(text(query)))) for query in queries]


def start(house: House, items: Iterable[Any] = ITEMS, materials: Iterable[Any] = MATERIALS) -> None:
    with house.engine.begin() as conn:
        land(conn, "item", items)
        land(conn, "material", materials)


def test_what_a_rule_settles_is_unified_and_the_rest_is_asked(house: House) -> None:
    start(house)
    assert unify(house, "r1") == UnifyCounts(canonical=3, county=5, unified=3, to_review=2)
    with house.engine.begin() as conn:
        asked = {one.left: one for one in reviews(conn)}
        assert sorted(asked) == ["C03", "C04"]
        assert [c["id"] for c in asked["C03"].candidates][:2] == ["B02", "B01"]
        assert (
            "行为不同" in asked["C03"].candidates[0]["why"]
            or "相同" in (asked["C03"].candidates[0]["why"])
        )


def test_a_second_run_writes_nothing(house: House) -> None:
    start(house)
    first = unify(house, "r1")
    with house.engine.begin() as conn:
        before = tables(conn), conn.execute(text("SELECT max(id) FROM catalog.judgement")).all()
    assert unify(house, "r2") == first
    with house.engine.begin() as conn:
        conn.execute(text("DELETE FROM catalog.unified"))  # so that it does the whole work again
    assert unify(house, "r3") == first
    with house.engine.begin() as conn:
        after = tables(conn), conn.execute(text("SELECT max(id) FROM catalog.judgement")).all()
    assert after == before


def test_the_order_of_arrival_does_not_matter(house: House) -> None:
    results = []
    for turn in range(3):
        items = sorted(ITEMS, key=lambda row: shuffled(row, turn))
        materials = sorted(MATERIALS, key=lambda row: shuffled(row, turn))
        with house.engine.begin() as conn:
            for table in ("landing.item", "landing.material", "catalog.judgement"):
                conn.execute(text(f"TRUNCATE {table}"))
            conn.execute(
                text("TRUNCATE catalog.review, catalog.canonical_item, catalog.canonical_material")
            )
        half = len(items) // 2
        start(house, items[:half], materials[:half])
        unify(house, "half")
        start(house, items[half:], materials[half:])
        unify(house, "all")
        with house.engine.begin() as conn:
            results.append(tables(conn))
    assert results[0] == results[1] == results[2]


def test_a_persons_judgement_outranks_the_rules_until_it_is_undone(house: House) -> None:
    start(house)
    unify(house, "r1")
    with house.engine.begin() as conn:
        before = tables(conn)
        judge(conn, BUREAU, Answer("item", "C05", "none", (), "本县的另一事项"), NOON)
        judge(conn, BUREAU, Answer("item", "C04", "same", ("B03",), "材料与流程一致"), NOON)
    assert unify(house, "r2").unified == 3
    with house.engine.begin() as conn:
        by = {
            str(left): str(who)
            for left, who in conn.execute(
                text(
                    'SELECT "left", "by" FROM catalog.judgement'
                    " WHERE subject = 'item' AND undone_at IS NULL"
                )
            )
        }
        assert by["C05"] == by["C04"] == "user:bureau"
        assert [one.left for one in reviews(conn)] == ["C03"]
        undo(conn, BUREAU, 1, "写错了", NOON)
        undo(conn, BUREAU, 2, "写错了", NOON)
        assert tables(conn) == before
        with pytest.raises(BadInput, match="judgement 1 is undone already"):
            undo(conn, BUREAU, 1, "写错了", NOON)
    unify(house, "r3")
    with house.engine.begin() as conn:
        assert tables(conn) == before


BAD = [
    (("item", "C01", "same", ("B99",), "因为"), "no canonical item B99"),
    (("item", "C99", "same", ("B01",), "因为"), "no item C99"),
    (("item", "C01", "alike", ("B01",), "因为"), "one of same, narrower, broader, none, diff"),
    (("item", "C01", "none", ("B01",), "因为"), "none names 0 canonical items, not 1"),
    (("item", "C01", "same", ("B01", "B02"), "因为"), "same names 1 canonical items, not 2"),
    (("item", "C01", "same", ("B01",), " "), "the reason must not be empty"),
    (("item", "C01", "same", ("B01",), "打 13800000000 问"), "the reason holds a long number"),
    (("flow", "C01", "same", ("B01",), "因为"), "an item or a material"),
    (("item", "C01", "unsure", (), "因为"), "only an open question can be put aside"),
]


def test_a_judgement_that_cannot_hold_is_refused(house: House) -> None:
    start(house)
    unify(house, "r1")
    for arguments, message in BAD:
        with house.engine.begin() as conn, pytest.raises(BadInput, match=message):
            judge(conn, BUREAU, Answer(*arguments), NOON)


def test_an_item_that_ended_is_no_longer_unified_nor_asked(house: House) -> None:
    start(house)
    unify(house, "r1")
    with house.engine.begin() as conn:
        for code in ("B03", "C01", "C03"):
            end(conn, code)
    assert unify(house, "r2") == UnifyCounts(canonical=2, county=3, unified=1, to_review=2)
    assert publish(house, "test") == 1
    with house.engine.begin() as conn:
        assert item_of_code(conn, 1, "B03") is None
        assert item_of_code(conn, 1, "C05") is None
        assert counts(conn).unified == 1


def test_a_version_is_published_only_when_the_content_changed(house: House) -> None:
    start(house)
    unify(house, "r1")
    assert (publish(house, "a"), publish(house, "b")) == (1, 1)
    with house.engine.begin() as conn:
        first = materials_of(conn, 1, "B01")
        made = judge(conn, BUREAU, Answer("item", "C04", "same", ("B03",), "材料一致"), NOON)
        assert made.state == "pending"  # data may stand for what 取水许可 asks
        decide(conn, SECOND, made.number, True, "核对过", NOON)
    assert publish(house, "c") == 2
    with house.engine.begin() as conn:
        assert current_version(conn) == 2
        assert materials_of(conn, 1, "B01") == first
        assert item_of_code(conn, 1, "C04") is None
        found = item_of_code(conn, 2, "C04")
        assert found is not None
        assert (found.item_id, found.local_name, found.division) == (
            "B03",
            "取水相关手续办理",
            "兴国县",
        )


def test_an_item_asks_what_the_base_catalogue_lists_else_what_its_counties_ask(
    house: House,
) -> None:
    start(house)
    unify(house, "r1")
    version = publish(house, "test")
    with house.engine.begin() as conn:
        own = materials_of(conn, version, "B01")
        union = materials_of(conn, version, "B02")
        merged = materials_of(conn, version, "B03")
    assert [(row.name, row.purpose, row.grade) for row in own] == [
        ("食品经营许可申请表", "surrender", "D"),
        ("营业执照", "prove", "A"),
        *sorted(
            [("居民身份证（法定代表人）", "prove", "A"), ("居民身份证（代理人）", "prove", "A")],
            key=lambda row: {r.name: r.order for r in own}[row[0]],
        ),
    ]
    assert [row.order for row in own] == [1, 2, 3, 4]
    assert own[1].licence_types == ("营业执照",)
    assert [row.name for row in union] == ["营业执照"]
    assert [(row.name, row.situation, row.purpose) for row in merged] == [
        ("居民身份证", "个人", "compare")  # the stricter of the two
    ]


def test_items_are_found_by_words_initials_and_codes(house: House) -> None:
    start(house)
    unify(house, "r1")
    version = publish(house, "test")
    with house.engine.begin() as conn:
        for words, ids in {
            "食品 变更": ["B02"],
            "spjy": ["B02", "B01"],
            "SPJYXKXB": ["B01"],
            "b03": ["B03"],
            "取水": ["B03"],
            " ": [],
            "没有": [],
            "开饭店": ["B01", "B02"],  # an everyday word
        }.items():
            found = [item.item_id for item in search_items(conn, version, words)]
            assert sorted(found) == sorted(ids), words
        for row in conn.execute(
            text("SELECT name, local_code, item_id FROM catalog.published_mapping")
        ):
            for said in (row.name, row.local_code):  # as a county calls it, and its code there
                found = [item.item_id for item in search_items(conn, version, said)]
                assert row.item_id in found, said


def test_clerks_who_ask_at_once_have_the_names_read_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(house)
    unify(house, "r1")
    version = publish(house, "test")
    read, times = search._read, []

    def counted(conn: Connection, number: int) -> object:
        times.append(number)
        return read(conn, number)

    monkeypatch.setattr(search, "_read", counted)
    monkeypatch.setattr(search, "_kept", {})
    together = Barrier(8)

    def ask(_: int) -> list[str]:
        with house.engine.connect() as conn:
            together.wait(30)
            return [item.item_id for item in search_items(conn, version, "取水")]

    with ThreadPoolExecutor(8) as clerks:
        assert list(clerks.map(ask, range(8))) == [["B03"]] * 8
    assert times == [version]


def test_every_saying_stands_for_something_and_none_hides_another() -> None:
    for saying, words in sayings().items():
        assert words, saying
        assert meant(f"我要{saying}") == words


def test_two_items_under_one_base_code_stay_two(house: House) -> None:
    rows = [
        {**canonical("X1", "养蜂证申领"), "base_code": "E"},
        {**canonical("X2", "养蜂证换证"), "base_code": "E"},
        county("Y1", "养蜂证办理", "E"),
    ]
    start(house, rows, [])
    assert unify(house, "r1") == UnifyCounts(canonical=2, county=1, unified=1, to_review=0)
    publish(house, "test")
    with house.engine.begin() as conn:
        found = item_of_code(conn, 1, "Y1")
        assert found is not None
        assert found.item_id == "X1"
