"""A sync killed with SIGKILL after any batch goes on: nothing lost, nothing doubled."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from kernel.house import House
from landing.read import counts
from landing.tables import RECORDS, quarantine
from landing.tables import run as runs
from tests.pipeline.sources import environment, of_city, on_disk
from tests.running import RunningCity

#: One of each transport; all have some hundred rows in a city of 200.
CODES = {
    "rest": "sc_enterprise",
    "soap": "ga_seal",
    "sql": "zr_realestate",
    "exchange": "mz_org",
    "files": "ga_vehicle",
}
CUTS = 6


def child(home: Path, code: str, run: str, batches: int) -> int:
    command = [sys.executable, "-m", "tests.pipeline.cut", str(home), code, run, str(batches)]
    return subprocess.run(
        command, env=environment(), stdout=subprocess.DEVNULL, check=False
    ).returncode


def held(house: House, code: str) -> dict[str, int]:
    """By stream: live rows and open entries of the quarantine."""
    with house.engine.connect() as conn:
        return {
            one.stream: one.stored + one.quarantined for one in counts(conn) if one.system == code
        }


@pytest.mark.parametrize("transport", CODES)
def test_a_sync_cut_after_any_batch_ends_like_one_that_was_not(
    house: House,
    city: RunningCity,
    tmp_path: Path,
    servers: dict[str, str | int],
    transport: str,
) -> None:
    code = CODES[transport]
    town = of_city(house, city, tmp_path / "systems", code)
    home = on_disk(town, servers)
    killed = 0
    for number in range(1, CUTS + 1):
        # every other pair goes on under the same run, as Airflow's second try does
        ended = child(home, code, f"r{number // 2}", number)
        killed += ended == -signal.SIGKILL
        assert ended in (0, -signal.SIGKILL)
    assert killed >= 2
    assert child(home, code, "last", 10**6) == 0
    truth = {one["stream"]: one["live"] for one in city.truth("/streams") if one["system"] == code}
    assert held(town, code) == truth
    with town.engine.connect() as conn:
        last = conn.execute(select(runs).where(runs.c.id == "last")).one()
        for table in (*RECORDS.values(), quarantine):
            keys = select(func.count() - func.count(table.c.key_hash.distinct()))
            keys = keys.select_from(table).where(table.c.system == code)
            assert conn.scalar(keys) == 0 or table is quarantine
    assert last.state == "done"
