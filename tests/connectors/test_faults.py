"""Refused rows are told back to their exchange database: once, and taken away when mended."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.protocol import Fault
from kernel.errors import PersonMustAct
from tests.connectors.made import made_stream
from tests.connectors.test_databases import Source, make_changes

FAULTS = {
    "table": "dn_lic_data_error",
    "key": ["certificate_source_id"],
    "reason": "why",
    "at": "at",
}
CHANGE: dict[str, Any] = {
    "path": "up_rows",
    "mode": "change",
    "cursor": "batch",
    "deletes": {"sign": "flag", "column": "op", "value": "D"},
    "acknowledge": {"column": "state", "value": "1"},
}
DELETED = made_stream(**CHANGE, faults=FAULTS)
MARKED = made_stream(**CHANGE, faults={**FAULTS, "mended": "done"})


@pytest.fixture
def source(servers: dict[str, Any], tmp_path: Path) -> Iterator[Source]:
    """A change table and a table of faults."""
    made = Source(servers, tmp_path)
    make_changes(made.conn, ("a", 1, "I"))
    made.conn.execute(
        "CREATE TABLE dn_lic_data_error"
        " (certificate_source_id text, why text, at timestamp NOT NULL, done timestamp)"
    )
    yield made
    made.conn.close()


def shown(source: Source) -> list[tuple[Any, ...]]:
    """Key, reason and whether it is marked as mended, of every fault."""
    return source.conn.execute(
        "SELECT certificate_source_id, why, done IS NOT NULL FROM dn_lic_data_error"
        " ORDER BY 1, 2, at, 3 DESC"
    ).fetchall()


def test_a_fault_is_told_once_however_often_it_is_met(source: Source) -> None:
    told = [Fault(("a",), "no check digit"), Fault(("b",), None), Fault((None,), "no key")]
    for _ in range(2):
        client = source.open(DELETED)
        client.report(DELETED, told)
        client.report(DELETED, told)
    assert shown(source) == [("a", "no check digit", False)]


def test_another_reason_takes_the_place_of_the_first(source: Source) -> None:
    client = source.open(DELETED)
    client.report(DELETED, [Fault(("a",), "one"), Fault(("a",), "two")])
    client.report(DELETED, [Fault(("a",), "three")])
    assert shown(source) == [("a", "three", False)]


def test_a_mended_row_loses_its_fault(source: Source) -> None:
    source.open(DELETED).report(DELETED, [Fault(("a",), "one"), Fault(("b",), "two")])
    source.open(DELETED).report(DELETED, [Fault(("a",), None)])
    assert shown(source) == [("b", "two", False)]


def test_or_its_fault_is_marked_and_a_new_one_stands_beside_it(source: Source) -> None:
    source.open(MARKED).report(MARKED, [Fault(("a",), "one")])
    source.open(MARKED).report(MARKED, [Fault(("a",), None)])
    assert shown(source) == [("a", "one", True)]
    source.open(MARKED).report(MARKED, [Fault(("a",), "one")])
    assert shown(source) == [("a", "one", True), ("a", "one", False)]


def test_a_table_of_faults_that_is_not_there_is_a_sentence(source: Source) -> None:
    source.conn.execute("DROP TABLE dn_lic_data_error")
    with pytest.raises(PersonMustAct, match="no such table"):
        source.open(DELETED).report(DELETED, [Fault(("a",), "one")])
