"""Laws of judging, over random catalogues and random orders, with the real database."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from catalog.judging.judge import Answer, decide, judge, undo
from catalog.unify import unify
from kernel.errors import BadInput, Refused
from kernel.house import House
from tests.catalog.judging.people import BUREAU, OFFICER, SECOND, state
from tests.catalog.rows import DATA, NOON, asks, canonical, county, end, land

LAWS = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
TABLES = (
    "landing.item, landing.material, catalog.judgement, catalog.review, catalog.canonical_item,"
    " catalog.canonical_material, catalog.unified, catalog.local, catalog.verdict,"
    " catalog.statement, catalog.contradiction"
)
PEOPLE = {one.name: one for one in (BUREAU, SECOND, OFFICER)}
with (DATA / "items_real.csv").open(encoding="utf-8", newline="") as file:
    NAMES = [row["name"] for row in list(csv.DictReader(file))[::9]][:60]
BASE = [canonical(f"B{n:02}", name) for n, name in enumerate(NAMES)]
OFFICES = ("赣县区市场监督管理局", "于都县市场监督管理局", "兴国县水利局")
LOCAL = [
    county(f"C{n:03}", word.format(name), code, department=OFFICES[n % 3])
    for n, (name, word, code) in enumerate(
        (name, word, code)
        for m, name in enumerate(NAMES[:30])
        for word, code in (("{}", None), ("{}（县级）", None), ("代办{}", f"B{(m * 7) % 60:02}"))
    )
]
PAPERS = [
    asks(f"C{n:03}", name)
    for n, name in enumerate(
        (
            "营业执照复印件",
            "身份证及户口簿",
            "外省食品生产许可证",
            "申请表",
            "《营业执照》",
            "公证书",
        )
    )
]


def empty(house: House) -> None:
    with house.engine.begin() as conn:
        conn.execute(text(f"TRUNCATE {TABLES}"))


def decided(conn: Connection) -> list[Any]:
    """`state`, of a question's candidates only those that are near: far ones are for company."""
    found = state(conn)
    near = conn.execute(
        text(
            "SELECT subject, \"left\", why, ARRAY(SELECT one ->> 'id' FROM"
            " jsonb_array_elements(candidates) one WHERE (one ->> 'score')::float >= 0.5)"
            " FROM catalog.review WHERE closed_at IS NULL"
        )
    )
    return [found[0], sorted(map(repr, near)), *found[2:]]


@LAWS
@given(data=st.data())
def test_the_order_of_arrival_does_not_matter(house: House, data: st.DataObject) -> None:
    """Whole or bit by bit, in whatever order, base catalogue before or after: the same."""
    results = []
    for _ in range(2):
        empty(house)
        rows = data.draw(st.permutations([("item", row) for row in (*BASE[:40], *LOCAL)]))
        papers = data.draw(st.permutations([("material", row) for row in PAPERS]))
        todo = [*rows, *papers] if data.draw(st.booleans()) else [*papers, *rows]
        cuts = sorted(data.draw(st.lists(st.integers(0, len(todo)), max_size=4)))
        for first, last in zip([0, *cuts], [*cuts, len(todo)], strict=True):
            with house.engine.begin() as conn:
                for kind in ("item", "material"):
                    land(conn, kind, [row for of, row in todo[first:last] if of == kind])
            unify(house, f"{first}-{last}")
        with house.engine.begin() as conn:
            results.append(decided(conn))
    assert results[0] == results[1]


@LAWS
@given(data=st.data())
def test_a_run_after_a_change_leaves_what_a_whole_run_leaves(
    house: House, data: st.DataObject
) -> None:
    """The base catalogue changes a little, names come and go: only what is touched is judged."""
    empty(house)
    with house.engine.begin() as conn:
        land(conn, "item", [*BASE[:55], *LOCAL])
        land(conn, "material", PAPERS)
    unify(house, "first")
    gone = data.draw(st.lists(st.sampled_from([*BASE[:55], *LOCAL]), max_size=4))
    came = data.draw(st.lists(st.sampled_from(BASE[55:]), max_size=3, unique_by=str))
    renamed = data.draw(st.lists(st.sampled_from(BASE[:10]), max_size=2, unique_by=str))
    with house.engine.begin() as conn:
        for row in (*gone, *renamed):
            end(conn, row["code"])
        for row in renamed:
            land(conn, "item", [{**row, "name": row["name"].replace("许可", "备案") + "变更"}])
        land(conn, "item", came)
    unify(house, "changed")
    with house.engine.begin() as conn:
        after = decided(conn)
        for table in ("unified", "verdict", "local", "judgement", "review"):
            conn.execute(text(f"TRUNCATE catalog.{table}"))
    unify(house, "whole")
    with house.engine.begin() as conn:
        assert decided(conn) == after


@dataclass
class Story:
    """What is done step by step, and the way back."""

    house: House
    draw: Callable[[Any], Any]
    backs: list[tuple[int, list[Any]]] = field(default_factory=list)

    def now(self) -> list[Any]:
        with self.house.engine.begin() as conn:
            return state(conn)

    def say(self) -> None:
        """Somebody says something; it may be refused, and then nothing has changed."""
        before, who = self.now(), PEOPLE[self.draw(st.sampled_from(sorted(PEOPLE)))]
        relation = self.draw(
            st.sampled_from(("same", "narrower", "broader", "none", "different", "unsure"))
        )
        rights = self.draw(
            st.lists(st.sampled_from([row["code"] for row in BASE[:30]]), max_size=2, unique=True)
        )
        of = self.draw(st.sampled_from([row["code"] for row in LOCAL[:12]]))
        said = Answer("item", of, relation, tuple(rights), "因为", self.draw(st.booleans()))
        try:
            with self.house.engine.begin() as conn:
                made = judge(conn, who, said, NOON)
        except (BadInput, Refused):
            assert self.now() == before
            return
        if made.state in ("proposed", "pending"):
            assert self.now() == before
            if self.draw(st.booleans()):
                other = SECOND if who.name != "second" else BUREAU
                with self.house.engine.begin() as conn:
                    decide(conn, other, made.number, True, "核对过", NOON)
        self.backs.append((made.number, before))

    def unify(self) -> None:
        """A run changes nothing that judging left."""
        before = self.now()
        with self.house.engine.begin() as conn:
            if self.draw(st.booleans()):
                conn.execute(text("DELETE FROM catalog.unified"))
        unify(self.house, "again")
        assert self.now() == before

    def undo(self) -> None:
        """The last judgement is taken back: what was before it is there again."""
        if not self.backs:
            return
        number, before = self.backs.pop()
        with self.house.engine.begin() as conn:
            undo(conn, BUREAU, number, "写错了", NOON)
        assert self.now() == before


@LAWS
@given(data=st.data())
def test_undoing_restores_the_state_before_it(house: House, data: st.DataObject) -> None:
    """Over random sequences of unify, judge and undo; at the end nothing is left of any of them."""
    empty(house)
    with house.engine.begin() as conn:
        land(conn, "item", [*BASE[:30], *LOCAL[:12]])
        land(conn, "material", PAPERS)
    unify(house, "first")
    story = Story(house, data.draw)
    first = story.now()
    steps = st.lists(st.sampled_from((story.say, story.say, story.undo, story.unify)), max_size=10)
    for step in data.draw(steps):
        step()
    while story.backs:
        story.undo()
    assert story.now() == first


@LAWS
@given(data=st.data())
def test_judgements_in_any_order_leave_what_all_of_them_say(
    house: House, data: st.DataObject
) -> None:
    """Of different questions: neither the order of judging nor runs between them matter."""
    said = [
        (BUREAU, Answer("item", "C000", "none", (), "因为")),
        (SECOND, Answer("item", "C003", "broader", ("B01", "B02"), "因为")),
        (BUREAU, Answer("item", "C006", "different", ("B00",), "因为", only=True)),
        (SECOND, Answer("item", "C009", "same", ("B05",), "因为")),
        (BUREAU, Answer("item", "C012", "narrower", ("B05",), "因为")),
    ]
    results = []
    for _ in range(2):
        empty(house)
        with house.engine.begin() as conn:
            land(conn, "item", [*BASE[:30], *LOCAL[:18]])
        unify(house, "first")
        for who, one in data.draw(st.permutations(said)):
            with house.engine.begin() as conn:
                judge(conn, who, one, NOON)
            if data.draw(st.booleans()):
                unify(house, "between")
        with house.engine.begin() as conn:
            results.append(state(conn))
    assert results[0] == results[1]


@pytest.mark.parametrize("number", [1, 2])
def test_what_is_undone_or_not_there_cannot_be_undone(house: House, number: int) -> None:
    with house.engine.begin() as conn:
        land(conn, "item", [*BASE[:30], *LOCAL[:12]])
    unify(house, "first")
    with house.engine.begin() as conn:
        judge(conn, BUREAU, Answer("item", "C000", "none", (), "因为"), NOON)
        undo(conn, BUREAU, 1, "写错了", NOON)
    with house.engine.begin() as conn, pytest.raises(BadInput, match=f"judgement {number}"):
        undo(conn, BUREAU, number, "写错了", NOON)
