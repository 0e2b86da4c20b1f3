"""A plan and a look name one holder: they touch one partition of each table; exceptions are named.

The tables that are keyed by a holder are made anew as partitions by a hash of the holder, as a
database that spreads them over machines (Citus) has them. The code is as it is; Citus is not here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from certs.copies.share import fetch
from certs.licences.publish import publish_system
from certs.waivers.waive import plan
from kernel import reads
from tests.certs.town import LI, WANG, Town

FOOD = "食品经营许可证"
USE = "办理食品经营许可（变更）（办件 C1）"
PARTS = 8
#: Tables that have a holder's keyed hash, by which they are partitioned here.
KEYED = ("landing.licence", "certs.licence_holder", "certs.holder_key", "certs.copy")
#: What may touch more than one partition, and why: docs/decisions/0097.
SEVERAL = {
    "landing.licence": "a licence of several holders lies with the first; others find it by index",
}
Statement = tuple[str, Any]


@pytest.fixture
def ready(city: Town) -> Town:
    """WANG's food licence, one of LI, and one that both hold."""
    city.material("M1", [FOOD])
    city.licence("k1")
    city.licence("k2", holder=LI)
    city.licence("k3", holder=LI, co_holder=WANG)
    publish_system(city.house, "sc_food", "r1")
    return city


@contextmanager
def heard(engine: Engine) -> Iterator[list[Statement]]:
    """Every statement that the engine sends, alone or together with others."""
    said: list[Statement] = []
    ask: Callable[..., Any] = reads.Asking.__call__

    def alone(_c: Any, _k: Any, statement: str, given: Any, _x: Any, _many: bool) -> None:
        said.append((statement, given))

    def together(self: reads.Asking, one: reads.Read[Any]) -> Any:
        words, held = reads._sent(one.statement, self.dialect)
        said.append((words, {**held, **one.given}))
        return ask(self, one)

    event.listen(engine, "before_cursor_execute", alone)
    reads.Asking.__call__ = together  # type: ignore[method-assign]
    try:
        yield said
    finally:
        reads.Asking.__call__ = ask  # type: ignore[method-assign]
        event.remove(engine, "before_cursor_execute", alone)


@contextmanager
def partitioned(town: Town) -> Iterator[None]:
    """The tables of KEYED by hash of their holder, with their rows; and back."""
    with town.house.engine.begin() as conn:
        for name in KEYED:
            conn.exec_driver_sql(_apart(name))
    try:
        yield
    finally:
        with town.house.engine.begin() as conn:
            for name in KEYED:
                conn.exec_driver_sql(
                    f"DROP TABLE {name}; ALTER TABLE {name}_whole RENAME TO {_short(name)}"
                )


def _short(name: str) -> str:
    return name.split(".")[1]


def _apart(name: str) -> str:
    parts = "".join(
        f"CREATE TABLE {name}_p{n} PARTITION OF {name}"
        f" FOR VALUES WITH (MODULUS {PARTS}, REMAINDER {n});"
        for n in range(PARTS)
    )
    columns = "holder_hash, system, stream, key_hash" if name == KEYED[0] else "holder_hash"
    return (
        f"ALTER TABLE {name} RENAME TO {_short(name)}_whole;"  # noqa: S608 - names of this file
        f"CREATE TABLE {name} (LIKE {name}_whole INCLUDING DEFAULTS)"
        " PARTITION BY HASH (holder_hash);"
        f"{parts} CREATE INDEX ON {name} ({columns});"
        f"INSERT INTO {name} SELECT * FROM {name}_whole"
    )


def touched(town: Town, statement: Statement) -> dict[str, set[str]]:
    """By table of KEYED: the partitions that a statement reads, as the server plans it."""
    words, given = statement
    if not re.match(r"\s*(SELECT|UPDATE|DELETE|WITH)\b", words) or "pg_advisory" in words:
        return {}
    with town.house.engine.connect() as conn:
        raw: Any = conn.connection.driver_connection
        (row,) = raw.execute(f"EXPLAIN (FORMAT JSON, VERBOSE) {words}", given).fetchall()
    found: dict[str, set[str]] = {}
    for schema, part in _relations(row[0]):
        table = f"{schema}.{part.rsplit('_p', 1)[0]}"
        if table in KEYED and part != _short(table):
            found.setdefault(table, set()).add(part)
    return found


def _relations(node: Any) -> Iterator[tuple[str, str]]:
    """Schema and name of every table of a plan."""
    if isinstance(node, list):
        for one in node:
            yield from _relations(one)
    elif isinstance(node, dict):
        if "Relation Name" in node:
            yield node["Schema"], node["Relation Name"]
        for one in node.values():
            yield from _relations(one)


def test_a_plan_and_a_look_touch_one_partition_of_each_table(ready: Town) -> None:
    with partitioned(ready):
        with heard(ready.house.engine) as said:
            made = plan(ready.house, ready.account(), "C1")
            assert [line.verdict for line in made.lines] == ["waived"]
            fetch(ready.house, ready.account(), "C1", "M1", USE)
        seen: dict[str, int] = {}
        for statement in said:
            for table, parts in touched(ready, statement).items():
                seen[table] = max(seen.get(table, 0), len(parts))
    assert {table: count for table, count in seen.items() if count > 1}.keys() == SEVERAL.keys()
    assert seen.keys() == {"landing.licence", "certs.licence_holder", "certs.holder_key"}


def test_no_statement_of_a_look_reads_a_holders_table_without_a_holder(ready: Town) -> None:
    """What is spread by holder is asked by holder: its hash is among what is given."""
    with heard(ready.house.engine) as said:
        plan(ready.house, ready.account(), "C1")
        fetch(ready.house, ready.account(), "C1", "M1", USE)
    names = re.compile(r"\b(?:landing\.licence|certs\.licence_holder|certs\.holder_key)\b")
    asked = [one for one in said if names.search(one[0]) and "INSERT" not in one[0]]
    assert len(asked) >= 3
    for words, given in asked:
        values = list(given.values() if isinstance(given, dict) else given)
        assert ready.holder(WANG) in values, words


def test_the_plan_is_the_same_over_partitions(ready: Town) -> None:
    before = plan(ready.house, ready.account(), "C1")
    with partitioned(ready):
        assert plan(ready.house, ready.account(), "C1").lines == before.lines
    with ready.house.engine.connect() as conn:
        assert conn.execute(text("SELECT count(*) FROM landing.licence")).scalar() == 3
