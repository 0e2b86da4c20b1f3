"""A sync killed with SIGKILL after any batch goes on: nothing lost, nothing doubled."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from kernel.house import House
from landing.read import counts
from landing.tables import cursor as cursors
from landing.tables import quarantine
from landing.tables import run as runs
from tests.conftest import unshared_city
from tests.e2e.forks import FORKS
from tests.pipeline.cut import cut_sync
from tests.pipeline.sources import of_city, on_disk, until_let_go
from tests.running import RunningCity

#: One of each transport; all have some hundred rows in a city of 200.
CODES = {
    "rest": "sc_enterprise",
    "soap": "ga_seal",
    "sql": "zr_realestate",
    "exchange": "rs_pension",
    "files": "ga_vehicle",
}
CUTS = 4


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCity]:
    """A city in which no test has mended a row: what is put right here was once read wrong."""
    with unshared_city(tmp_path_factory.mktemp("cut")) as running:
        yield running


def child(home: Path, code: str, run: str, batches: int) -> int:
    """What the process ended with: 0, or minus the signal that killed it."""
    process = FORKS.Process(target=cut_sync, args=(home, code, run, batches), daemon=True)
    process.start()
    process.join(120)
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode


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
    puts = [("size: 500", "size: 20")] if transport == "rest" else []
    town = of_city(house, city, tmp_path / "systems", code, *puts)
    home = on_disk(town, servers)
    killed = 0
    for number in range(1, CUTS + 1):
        # every other pair goes on under the same run, as Airflow's second try does
        killed += child(home, code, f"r{number // 2}", number) != 0
        until_let_go(town)
        with town.engine.connect() as conn:  # a place among keys may be a person's number
            places = conn.scalars(select(cursors.c.value).where(cursors.c.system == code))
            assert not [one for one in places if one and "behind" in one]
    assert killed >= 2
    assert child(home, code, "last", 10**6) == 0
    truth = {one["stream"]: one["live"] for one in city.truth("/streams") if one["system"] == code}
    assert held(town, code) == truth
    with town.engine.connect() as conn:  # nothing came in wrong and was put right later
        state = conn.scalar(select(runs.c.state).where(runs.c.id == "last"))
        closed = select(quarantine.c.key_hash).where(
            quarantine.c.system == code, quarantine.c.closed_at.is_not(None)
        )
        put_right = set(conn.scalars(closed))
    assert (state, put_right) == ("done", set())
