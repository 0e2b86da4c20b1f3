"""The figures of the promises follow what happens, and /metrics gives them to a real scrape."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import requests
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from kernel.house import House
from ledger import log
from ledger.events import event
from ledger.heads import sign_head
from pipeline.backup.slot import SLOT
from pipeline.ops.measured import measured
from pipeline.ops.telling import tell
from pipeline.platform import Platform
from pipeline.rowcounts import RowCounts
from pipeline.sync import sync
from tests.pipeline.sources import CODE, STREAM, licence
from tests.pipeline.watched import fail, town, unlimited
from tests.portal.serving import serving

Figures = dict[str, dict[tuple[str, ...], float]]


def figures(house: House) -> Figures:
    """Every figure by its name."""
    return {one.name: dict(one.values) for one in measured(house, RowCounts())}


def test_a_streams_age_grows_from_its_last_complete_sync(house: House, tmp_path: Path) -> None:
    with town(house, tmp_path) as (one, _, clock):
        assert (CODE, STREAM) not in figures(one)["zhongtai_stream_age_seconds"]
        sync(one, CODE, "r0")
        clock.now += timedelta(hours=3)
        found = figures(one)
        assert found["zhongtai_stream_age_seconds"][CODE, STREAM] == 3 * 3600
        assert found["zhongtai_stream_age_allowed_seconds"][CODE, STREAM] % 3600 == 0
        assert found["zhongtai_last_success_time_seconds"][(CODE,)] > 0


def test_rows_refused_rows_and_failed_runs_are_counted(house: House, tmp_path: Path) -> None:
    rows = [licence("k1"), licence("k2"), licence("k3"), licence("k4", issueDate="no day")]
    with town(house, tmp_path, *rows) as (one, source, clock):
        sync(unlimited(one), CODE, "r0")
        found = figures(one)
        assert found["zhongtai_rows_stored"][(CODE,)] == 3
        assert found["zhongtai_rows_quarantined"][(CODE,)] == 1
        assert found["zhongtai_quarantine_share"][(CODE,)] == 0.25
        assert found["zhongtai_failed_runs"][(CODE,)] == 0
        clock.now += timedelta(minutes=1)
        fail(one, source, "r1")
        assert figures(one)["zhongtai_failed_runs"][(CODE,)] == 1
        assert figures(one)["zhongtai_alarms_open"][("failing",)] == 0
        clock.now += timedelta(minutes=6)
        tell(one)
        assert figures(one)["zhongtai_alarms_open"][("failing",)] == 1


def test_entries_without_a_head_wait_until_one_is_signed(house: House, tmp_path: Path) -> None:
    with town(house, tmp_path) as (one, _, clock):
        sign_head(one)
        before = figures(one)
        assert before["zhongtai_ledger_unsigned_seconds"][()] == 0
        with one.engine.begin() as conn:
            log.append(conn, event(clock(), "account.signed_in", "clerk"))
        clock.now += timedelta(minutes=20)
        found = figures(one)
        assert found["zhongtai_ledger_unsigned_entries"][()] == 1
        assert found["zhongtai_ledger_unsigned_seconds"][()] == 1200
        entries = before["zhongtai_ledger_entries"][()]
        assert found["zhongtai_ledger_entries"][()] == entries + 1
        sign_head(one)
        assert figures(one)["zhongtai_ledger_unsigned_entries"][()] == 0


def test_a_scrape_of_the_portal_reads_them_all(house: House, tmp_path: Path) -> None:
    with town(house, tmp_path) as (one, _, clock):
        sync(one, CODE, "r0")
        with serving(Platform(one), clock) as url:
            said = requests.get(f"{url}/metrics", timeout=20).text
        families = {each.name: each for each in text_string_to_metric_families(said)}
        assert families["zhongtai_platform_readable"].samples[0].value == 1
        assert set(figures(one)) <= set(families)
        assert families["process_resident_memory_bytes"].samples[0].value > 1_000_000
        samples = families["zhongtai_rows_stored"].samples
        stored = {each.labels["system"]: each.value for each in samples}
        assert stored[CODE] == 1


def test_the_portals_role_sees_the_log_that_waits_for_the_backup(
    house: House, tmp_path: Path
) -> None:
    behind, following = "zhongtai_backup_behind_bytes", "zhongtai_backup_followed"
    with town(house, tmp_path) as (one, _, _):
        portal = one.under("portal")
        assert not {**figures(portal)[behind], **figures(portal)[following]}
        with slot(one):
            before = figures(portal)[behind][()]
            with one.engine.begin() as conn:
                conn.execute(
                    text("SELECT pg_logical_emit_message(true, 'test', :it)"), {"it": "x" * 5000}
                )
            assert figures(portal)[behind][()] >= before + 5000
            assert figures(portal)[following][()] == 0
        assert not figures(portal)[behind]


@contextmanager
def slot(house: House) -> Iterator[None]:
    """As `backup follow` makes it; nobody receives."""
    with house.engine.begin() as conn:
        conn.execute(
            text("SELECT pg_create_physical_replication_slot(:name, true)"), {"name": SLOT}
        )
    try:
        yield
    finally:
        with house.engine.begin() as conn:
            conn.execute(text("SELECT pg_drop_replication_slot(:name)"), {"name": SLOT})
