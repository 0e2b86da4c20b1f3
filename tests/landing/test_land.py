"""A batch lands whole and once, or not at all; bad rows are kept with their reason."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from kernel.crypto import keyed_hash
from kernel.errors import RetryLater, Stop
from kernel.house import House
from landing import checks, cursors, findings, land, quarantine, rawobjects, rowstore
from landing.land import land_batch
from landing.read import counts, open_quarantine
from tests.landing.frames import batch_of, raw, stream_of
from tests.landing.state import all_of, live, refused

STREAMS = [
    ("sc_enterprise", "licence"),  # REST, ISO days
    ("rs_pension", "licence"),  # change table, compact days
    ("ga_vehicle", "licence"),  # CSV, days with slashes
    ("ny_agri", "licence"),  # XML, days in Chinese
    ("sl_water", "licence"),  # times in milliseconds
    ("rs_talent", "case"),  # full reads, absence
    ("xzsp_policy", "case"),  # ISO times
    ("xzsp_items", "item"),
    ("xzsp_window", "material"),
]
NEEDED = {"licence": "holder_name", "case": "applicant_name", "item": "name", "material": "name"}


def test_good_rows_are_stored_and_bad_ones_are_in_quarantine(house: House) -> None:
    for system, name in STREAMS:
        stream = stream_of(system, name)
        bad = raw(stream, "k2", **{NEEDED[stream.kind]: " "})
        got = land_batch(house, system, stream, "r1", 0, batch_of(raw(stream, "k1"), bad))
        assert (got.rows, got.stored, got.quarantined) == (2, 1, 1), system
        assert got.outcomes == ("stored", "quarantined")
        key_hash = keyed_hash(house.keys.index, "key", system, name, "k1")
        row = live(house, stream.kind)[key_hash]
        assert row["source_time"].isoformat().startswith("2026-11-01T00:30:00")
        [entry] = open_quarantine(house, system, 10)
        assert (entry.rule, entry.column) == ("required", stream.column(NEEDED[stream.kind]))
        assert entry.raw == bad
    with house.engine.connect() as conn:
        assert [(c.system, c.stream) for c in counts(conn)] == sorted(STREAMS)
        assert {(c.stored, c.quarantined) for c in counts(conn)} == {(1, 1)}


def test_a_check_that_cannot_be_run_stops_the_batch(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = stream_of("sc_enterprise", "licence")
    whole = checks._frame

    def cut(*given: Any) -> pd.DataFrame:
        return whole(*given).drop(columns="status")

    monkeypatch.setattr(checks, "_frame", cut)
    checks._compiled.cache_clear()  # what it said before holds
    with pytest.raises(Stop, match="category of status could not be run"):
        land_batch(house, "sc_enterprise", stream, "r1", 0, batch_of(raw(stream, "k1")))
    assert live(house, "licence") == {}


def _fail(*_: object, **__: object) -> None:
    raise RetryLater("killed here")


POINTS: list[tuple[object, str]] = [
    (rawobjects, "keep"),
    (land, "judge"),
    (rowstore, "known"),
    (rowstore, "insert"),
    (rowstore, "overwrite"),
    (rowstore, "delete"),
    (rowstore, "withhold"),
    (quarantine, "close"),
    (quarantine, "refuse"),
    (findings, "record"),
    (land, "_note"),
    (cursors, "move"),
]


def test_killed_at_any_point_and_repeated_the_end_state_is_the_same(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = stream_of("rs_pension", "licence")
    gone = raw(stream, "k1")
    assert stream.deletes
    gone[stream.deletes.column or ""] = "D"
    first = batch_of(
        raw(stream, "k1"), raw(stream, "k2"), raw(stream, "k4", issued="x"), cursor="1"
    )
    second = batch_of(
        gone, raw(stream, "k2", status="??"), raw(stream, "k3"), raw(stream, "k4"), cursor="2"
    )
    land_batch(house, "rs_pension", stream, "r1", 0, first)
    before = all_of(house)
    for module, name in POINTS:
        with monkeypatch.context() as patch:
            patch.setattr(module, name, _fail)
            with pytest.raises(RetryLater):
                land_batch(house, "rs_pension", stream, "r1", 1, second)
        assert all_of(house) == before, name
    land_batch(house, "rs_pension", stream, "r1", 1, second)
    after = all_of(house)
    again = land_batch(house, "rs_pension", stream, "r1", 1, second)
    assert all_of(house) == after
    assert (again.stored, again.unchanged, again.quarantined, again.deleted) == (0, 2, 1, 0)
    with house.engine.connect() as conn:
        assert cursors.read(conn, "rs_pension", "licence") == "2"


def test_of_rows_with_one_key_the_last_counts(house: House) -> None:
    stream = stream_of("xzsp_items", "item")
    rows = [
        raw(stream, "k1", name="old"),
        raw(stream, "k1", name=""),
        raw(stream, "k1", name="new"),
    ]
    got = land_batch(house, "xzsp_items", stream, "r1", 0, batch_of(*rows))
    assert got.outcomes == ("replaced", "replaced", "stored")
    assert [row["name"] for row in live(house, "item").values()] == ["new"]


def test_a_bad_version_withholds_the_stored_row_and_a_good_one_lifts_it(house: House) -> None:
    stream = stream_of("sc_enterprise", "licence")
    good, bad = raw(stream, "k1"), raw(stream, "k1", valid_to="2019-01-01")
    land_batch(house, "sc_enterprise", stream, "r1", 0, batch_of(good))
    land_batch(house, "sc_enterprise", stream, "r1", 1, batch_of(bad))
    assert live(house, "licence") == {}
    assert list(refused(house).values()) == ["date_order"]
    land_batch(house, "sc_enterprise", stream, "r1", 2, batch_of(good))
    assert len(live(house, "licence")) == 1
    assert refused(house) == {}


def test_an_unchanged_row_is_not_written_again_though_it_travels_anew(house: House) -> None:
    stream = stream_of("rs_pension", "licence")
    assert stream.acknowledge
    row = raw(stream, "k1")
    land_batch(house, "rs_pension", stream, "r1", 0, batch_of(row))
    again = {**row, "cd_batch": "99", "cd_operation": "U", stream.acknowledge.column: "1"}
    got = land_batch(house, "rs_pension", stream, "r2", 0, batch_of(again))
    assert (got.stored, got.unchanged) == (0, 1)
    assert [r["run"] for r in live(house, "licence").values()] == ["r1"]


def test_a_deleted_row_ends_needs_only_its_key_and_may_come_back(house: House) -> None:
    stream = stream_of("ga_vehicle", "licence")
    assert stream.deletes
    assert stream.deletes.column
    gone = {**dict.fromkeys(stream.known_columns()), "序号": "k1", stream.deletes.column: "D"}
    bad = raw(stream, "k2", number=None)
    land_batch(house, "ga_vehicle", stream, "r1", 0, batch_of(raw(stream, "k1"), bad))
    got = land_batch(house, "ga_vehicle", stream, "r1", 1, batch_of(gone, {**gone, "序号": "k2"}))
    assert (got.deleted, got.quarantined) == (1, 0)
    assert live(house, "licence") == {}
    assert refused(house) == {}
    land_batch(house, "ga_vehicle", stream, "r1", 2, batch_of(raw(stream, "k1")))
    assert len(live(house, "licence")) == 1


def test_an_operation_that_is_not_known_is_neither_a_delete_nor_a_row(house: House) -> None:
    stream = stream_of("ga_vehicle", "licence")
    rows = [{**raw(stream, f"k{word}"), "操作标志": word} for word in ("X", "1", "d", "0", None)]
    got = land_batch(house, "ga_vehicle", stream, "r1", 0, batch_of(*rows))
    assert list(refused(house).values()) == ["operation"] * 3
    assert got.outcomes == (*["quarantined"] * 3, "stored", "stored")


def test_a_row_without_its_key_is_kept_under_the_hash_of_all_its_cells(house: House) -> None:
    stream = stream_of("sc_enterprise", "licence")
    rows = [{**raw(stream, "x"), "certGuid": None}, {**raw(stream, "y"), "certGuid": ""}]
    for seq in range(2):
        land_batch(house, "sc_enterprise", stream, "r1", seq, batch_of(*rows, rows[0]))
        assert list(refused(house).values()) == ["key", "key"]


def test_an_empty_batch_lands_and_moves_the_cursor(house: House) -> None:
    stream = stream_of("sc_enterprise", "licence")
    batch = batch_of(raw(stream, "k1"), cursor="7")
    got = land_batch(
        house, "sc_enterprise", stream, "r1", 0, type(batch)(batch.frame.iloc[:0], "7")
    )
    assert got.rows == 0
    with house.engine.connect() as conn:
        assert cursors.read(conn, "sc_enterprise", "licence") == "7"


def test_the_batch_as_received_opens_again(house: House) -> None:
    stream = stream_of("mz_relief", stream_name := "licence")
    batch = batch_of(raw(stream, "k1"))
    whole = type(batch)(batch.frame, raw="某".encode("gb18030"), facts={"file": "a.csv"})
    land_batch(house, "mz_relief", stream, "r1", 0, whole)
    name = f"mz_relief/{stream_name}/r1/0"
    assert rawobjects.reopen(house, name).to_pylist() == [raw(stream, "k1")]
    assert rawobjects.reopen_received(house, name) == "某".encode("gb18030")


def test_nothing_personal_stands_in_plain_columns_reasons_or_object_names(house: House) -> None:
    stream = stream_of("zr_realestate", "licence")
    good = raw(stream, "k1", co_holder_name="共有人甲", co_holder_number="36070019900101001")
    rows = [raw(stream, "k1"), good, raw(stream, "k2", status="36070019900307881X")]
    rows += [{**raw(stream, "k3"), "新列": "秘密"}]
    land_batch(house, "zr_realestate", stream, "r1", 0, batch_of(*rows))
    seen = repr(all_of(house)) + repr(list(house.objects.names("raw/")))
    for row in rows:
        for column in ("zzbh", "czrmc", "czrzjh", "czrmc2", "czrzjh2", "zl", "新列"):
            assert not row.get(column) or str(row[column]) not in seen, column
    assert "36070019900307881X" not in seen
