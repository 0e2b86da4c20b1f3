"""Rows that their reader marks as bad: quarantined with its reason, told apart, mended."""

from __future__ import annotations

import pandas as pd

from kernel.batch import Batch
from kernel.house import House
from landing.land import land_batch
from landing.read import open_findings, open_quarantine
from landing.replay import replay
from tests.landing.frames import Row, raw, stream_of
from tests.landing.state import live, refused

STREAM = stream_of("sc_enterprise", "licence")


def marked(*rows: Row) -> Batch:
    """A batch whose rows may have the reserved columns."""
    return Batch(pd.DataFrame(list(rows), dtype="string[pyarrow]"))


def test_a_marked_row_is_quarantined_for_its_readers_reason(house: House) -> None:
    bad = raw(STREAM, "k2") | {"+bad": "line 3 has 9 cells, the header has 8", "+more": '["x"]'}
    got = land_batch(house, "sc_enterprise", STREAM, "r1", 0, marked(raw(STREAM, "k1"), bad))
    assert got.outcomes == ("stored", "quarantined")
    [entry] = open_quarantine(house, "sc_enterprise", 10)
    assert (entry.rule, entry.column) == ("unreadable", None)
    assert entry.reason == "line 3 has 9 cells, the header has 8"
    assert entry.raw == raw(STREAM, "k2") | {"+more": '["x"]'}
    with house.engine.connect() as conn:
        assert open_findings(conn) == []


def test_reserved_columns_are_no_part_of_a_good_row(house: House) -> None:
    bad = raw(STREAM, "k2") | {"+bad": "line 3 repeats the header"}
    land_batch(house, "sc_enterprise", STREAM, "r1", 0, marked(raw(STREAM, "k1"), bad))
    whole = marked(raw(STREAM, "k1"), raw(STREAM, "k2"))
    got = land_batch(house, "sc_enterprise", STREAM, "r2", 0, whole)
    assert got.outcomes == ("unchanged", "stored")
    assert refused(house) == {}
    assert len(live(house, "licence")) == 2


def test_rows_of_which_nothing_is_left_are_told_apart(house: House) -> None:
    rows: list[Row] = [
        {"+bad": f"line {n} is not a JSON object", "+more": f'["{n}"]'} for n in (2, 3)
    ]
    got = land_batch(house, "sc_enterprise", STREAM, "r1", 0, marked(*rows))
    assert got.outcomes == ("quarantined", "quarantined")
    land_batch(house, "sc_enterprise", STREAM, "r2", 0, marked(raw(STREAM, "k1"), *rows))
    assert len(open_quarantine(house, "sc_enterprise", 10)) == 2


def test_a_row_that_could_not_be_read_stays_refused_when_it_is_judged_again(house: House) -> None:
    bad = raw(STREAM, "k2") | {"+bad": "line 3 has 9 cells, the header has 8", "+more": '["x"]'}
    land_batch(house, "sc_enterprise", STREAM, "r1", 0, marked(raw(STREAM, "k1"), bad))
    again = replay(house, "sc_enterprise", STREAM)
    assert (again.looked_at, again.stored, again.refused) == (1, 0, 1)
    [entry] = open_quarantine(house, "sc_enterprise", 10)
    assert (entry.rule, entry.raw["+more"]) == ("unreadable", '["x"]')
    assert len(live(house, "licence")) == 1


def test_a_nul_byte_spoils_its_row_whatever_brought_it(house: House) -> None:
    column = STREAM.fields["issuer"].column
    bad = raw(STREAM, "k2", issuer="某\x00局")
    rows = marked(raw(STREAM, "k1"), bad, raw(STREAM, "k3"))
    got = land_batch(house, "sc_enterprise", STREAM, "r1", 0, rows)
    assert got.outcomes == ("stored", "quarantined", "stored")
    [entry] = open_quarantine(house, "sc_enterprise", 10)
    assert entry.reason == f"the column {column} holds a NUL byte"
    assert entry.raw[column] == "某\ufffd局"
    assert replay(house, "sc_enterprise", STREAM).stored == 0
