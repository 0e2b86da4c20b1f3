"""Ways of reading: late rows, guarded deletes, periods, records; none moves a cursor back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from connectors.rest import RestClient
from kernel.batch import Batch
from kernel.errors import BadInput, Disagrees, PersonMustAct
from kernel.house import House
from landing import cursors
from landing.tables import finding, quarantine
from landing.tables import licence as licences
from landing.tables import run as runs
from ledger.tables import entry as entries
from pipeline import mending, view
from pipeline.refresh import refresh_one, refresh_refused
from pipeline.sync import How, sync
from tests.pipeline.sources import CODE, STREAM, List, licence, listed

RECORD = ("    deletes:", '    record: "/licences/{certGuid}"\n    deletes:')
FLAG = 'deletes: {sign: flag, column: delFlag, value: "1"}'
RECONCILE = (FLAG, "deletes: {sign: reconcile}")
FULL = (f"incremental\n    key: [certGuid]\n    cursor: modifyTime\n    {FLAG}",
        "full\n    key: [certGuid]\n    deletes: {sign: absence}")  # fmt: skip


def rows_of(house: House) -> dict[str, str]:
    """Live rows: key hash → row hash."""
    query = select(licences.c.key_hash, licences.c.row_hash).where(licences.c.deleted_at.is_(None))
    with house.engine.connect() as conn:
        return {row.key_hash: row.row_hash for row in conn.execute(query)}


def cursor_of(house: House) -> str | None:
    with house.engine.connect() as conn:
        return cursors.read(conn, CODE, STREAM)


def refused_entries(house: House) -> list[int]:
    """The numbers of the open entries of the quarantine."""
    with house.engine.connect() as conn:
        query = select(quarantine.c.id).where(quarantine.c.closed_at.is_(None))
        return list(conn.scalars(query))


def last_event(house: House) -> tuple[Any, ...]:
    """What the ledger says last: event, subject, outcome."""
    with house.engine.connect() as conn:
        query = select(entries.c.body).order_by(entries.c.seq.desc()).limit(1)
        body = json.loads(conn.execute(query).scalar_one())
    return body["event"], body["subject"], body["outcome"]


def last_run(house: House) -> Any:
    with house.engine.connect() as conn:
        return conn.execute(select(runs).order_by(runs.c.started.desc()).limit(1)).one()


def guarded(house: House) -> list[bool]:
    """Findings of the guard of deletes: whether each is open."""
    with house.engine.connect() as conn:
        query = select(finding.c.closed_at).where(finding.c.kind == "many_deletes")
        return [closed is None for closed in conn.scalars(query.order_by(finding.c.id))]


def test_a_late_row_is_found_within_the_look_back_and_the_cursor_stays(
    house: House, tmp_path: Path
) -> None:
    source = List(*(licence(f"k{n}", f"2026-11-20 0{n}:00:00") for n in range(9)))
    back = ("    deletes:", "    lookback: 2h\n    deletes:")
    with listed(house, tmp_path / "systems", source, back) as town:
        assert sync(town, CODE, "r1").stored == 9
        cursor = cursor_of(town)
        source.rows.append(licence("late", "2026-11-20 06:30:00"))
        source.rows.append(licence("too late", "2026-11-20 05:59:59"))
        counts = sync(town, CODE, "r2")
        assert (counts.rows, counts.stored) == (4, 1)  # 06:00, the late one, 07:00, 08:00
        assert cursor_of(town) == cursor
        read = last_run(town).streams[STREAM]
        assert (read["unchanged"], read["begin"]) == (3, '{"since": "2026-11-20 06:00:00"}')
        source.rows.append(licence("new", "2026-11-20 09:00:00"))
        assert sync(town, CODE, "r3").stored == 1
        assert cursor_of(town) == '{"since": "2026-11-20 09:00:00"}'


def test_a_list_that_is_suddenly_empty_wipes_nothing_until_a_person_says_so(
    house: House, tmp_path: Path
) -> None:
    source = List(*(licence(f"k{n}") for n in range(30)))
    with listed(house, tmp_path / "systems", source, RECONCILE) as town:
        sync(town, CODE, "r1")
        kept, source.rows = source.rows, []
        with pytest.raises(Disagrees, match="misses 30 of 30 live rows"):
            sync(town, CODE, "r2")
        assert len(rows_of(town)) == 30
        assert last_run(town).findings == ["licence/many_deletes/deletes"]
        assert guarded(town) == [True]
        source.rows = kept
        assert sync(town, CODE, "r3").deleted == 0
        assert guarded(town) == [False]
        source.rows = []
        how = How(by="an engineer", why="the register was closed")
        assert sync(town, CODE, "r4", how=how).deleted == 30
        assert (last_run(town).by, last_run(town).why) == ("an engineer", "the register was closed")


def test_a_sources_claim_that_does_not_hold_is_a_finding_until_a_good_run(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lies(*_: object) -> Iterator[Batch]:
        raise Disagrees("sc_food says 10 rows and gives 9", "row_count", "total")

    with listed(house, tmp_path / "systems", List(licence("k1"))) as town:
        monkeypatch.setattr(RestClient, "rows", lies)
        for run in ("r1", "r2", "r2"):
            with pytest.raises(Disagrees):
                sync(town, CODE, run)
        assert (last_run(town).state, last_run(town).error) == (
            "failed",
            "sc_food says 10 rows and gives 9",
        )
        (found,) = [one for one in view.page(town, CODE).findings if one.kind == "row_count"]
        assert (found.stream, found.subject) == (STREAM, "total")
        monkeypatch.undo()
        sync(town, CODE, "r2")
        assert [one for one in view.page(town, CODE).findings if one.kind == "row_count"] == []


def test_a_full_list_that_is_empty_is_no_silence(house: House, tmp_path: Path) -> None:
    source = List(*(licence(f"k{n}") for n in range(7)))
    with listed(house, tmp_path / "systems", source, FULL) as town:
        sync(town, CODE, "r1")
        source.rows = []
        with pytest.raises(Disagrees, match="misses 7 of 7 live rows"):
            sync(town, CODE, "r2")
        assert len(rows_of(town)) == 7


def test_a_share_of_deletes_beyond_the_declared_one_stops(house: House, tmp_path: Path) -> None:
    source = List(*(licence(f"k{n:02}") for n in range(40)))
    limit = (FLAG, 'deletes: {sign: reconcile}\n    limits: {deletes: "30%"}')
    with listed(house, tmp_path / "systems", source, limit) as town:
        sync(town, CODE, "r1")
        source.rows = source.rows[13:]
        with pytest.raises(Disagrees, match="misses 13 of 40 live rows: at most 30% may end"):
            sync(town, CODE, "r2")
        source.rows.append(licence("k00"))
        assert sync(town, CODE, "r3").deleted == 12


def test_a_period_is_read_again_and_nothing_else_moves(house: House, tmp_path: Path) -> None:
    source = List(*(licence(f"k{n:02}", f"2026-11-{n + 1:02} 08:00:00") for n in range(20)))
    with listed(house, tmp_path / "systems", source) as town:
        sync(town, CODE, "r1")
        cursor, complete = cursor_of(town), completed(town)
        source.rows[5] = licence("k05", "2026-11-06 08:00:00", issueOrgName="另一局")
        source.rows.append(licence("k99", "2026-11-07 12:00:00"))
        asked = source.asked
        how = How(period=("2026-11-05", "2026-11-09 08:00"))
        counts = sync(town, CODE, "r2", how=how)
        assert (counts.rows, counts.stored) == (6, 2)  # a page begins with the last row before it
        assert source.asked - asked == 2  # reading ends behind the period
        assert (cursor_of(town), completed(town)) == (cursor, complete)
        assert (last_run(town).kind, last_run(town).streams[STREAM]["batches"]) == ("period", 1)
        with pytest.raises(BadInput, match='5 November is no day or time: write "2024-01-31"'):
            sync(town, CODE, "r3", how=How(period=("5 November", "2026-11-09")))
        with pytest.raises(BadInput, match="the period from 2026-11-09 until 2026-11-08 is empty"):
            sync(town, CODE, "r3", how=How(period=("2026-11-09", "2026-11-08")))
        with pytest.raises(BadInput, match="sc_food has no stream cases: allowed are licence"):
            sync(town, CODE, "r4", how=How(stream="cases"))


def completed(house: House) -> Any:
    with house.engine.connect() as conn:
        return cursors.complete_at(conn, CODE, STREAM)


@pytest.mark.parametrize("missing", [200, 404, 410])
def test_one_record_is_read_again_by_its_key_or_by_its_refused_row(
    house: House, tmp_path: Path, missing: int
) -> None:
    rows = (licence(f"k{n}", f"2026-11-20 0{n}:00:00") for n in range(6))
    source = List(*rows, missing=missing)
    with listed(house, tmp_path / "systems", source, RECORD) as town:
        sync(town, CODE, "r1")
        before, cursor = rows_of(town), cursor_of(town)

        def refresh(key: str, run: str) -> str:
            return refresh_one(town, CODE, STREAM, {"certGuid": key}, run, "clerk")

        assert refresh("k2", "o1") == "unchanged"
        source.rows[2] = licence("k2", "2026-11-20 02:00:00", certState="3")
        assert refresh("k2", "o2") == "stored"
        assert len([key for key, row in rows_of(town).items() if before[key] != row]) == 1
        source.rows[2] = licence("k2", "2026-11-20 02:00:00", validFrom="?")
        assert refresh("k2", "o3") == "quarantined"
        (entry,) = refused_entries(town)
        assert refresh_refused(town, CODE, entry, "o4", "clerk") == "quarantined"
        assert refused_entries(town) == [entry]
        source.rows[2] = licence("k2", "2026-11-20 02:00:00")
        assert mending.read_again(town, CODE, entry, "clerk") == "stored"
        assert last_event(town) == ("quarantine.read_again", str(entry), "stored")
        source.rows[2] = licence("k2", "2026-11-20 02:00:00", validFrom="?")
        assert refresh("k2", "o6") == "quarantined"
        (entry,) = refused_entries(town)
        del source.rows[2]
        assert refresh_refused(town, CODE, entry, "o7", "clerk") == "deleted"
        assert refused_entries(town) == []
        assert len(rows_of(town)) == 5
        assert cursor_of(town) == cursor
        assert (last_run(town).kind, last_run(town).by) == ("record", "clerk")
        with pytest.raises(BadInput, match=f"sc_food has no refused row {entry} any more"):
            refresh_refused(town, CODE, entry, "o8", "clerk")
        with pytest.raises(BadInput, match="the key of sc_food licence has the columns certGuid"):
            refresh_one(town, CODE, STREAM, {"certNo": "x"}, "o9", "clerk")


def test_a_source_that_gives_another_record_is_not_believed(house: House, tmp_path: Path) -> None:
    source = List(licence("k1"))
    path = ("    deletes:", '    record: "/licences/k1?{certGuid}"\n    deletes:')
    with listed(house, tmp_path / "systems", source, path) as town:
        with pytest.raises(Disagrees, match="asked for one record and gave another"):
            refresh_one(town, CODE, STREAM, {"certGuid": "k2"}, "o1", "clerk")
        assert rows_of(town) == {}


def test_a_system_without_single_records_says_so(house: House, tmp_path: Path) -> None:
    with (
        listed(house, tmp_path / "systems", List()) as town,
        pytest.raises(PersonMustAct, match="sc_food cannot be asked for one record of licence"),
    ):
        refresh_one(town, CODE, STREAM, {"certGuid": "k1"}, "o1", "clerk")
