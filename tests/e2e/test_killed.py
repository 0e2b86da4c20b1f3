"""Killed with SIGKILL in the middle of a round and run again: the same end state."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select

from certs.tables import licence
from cli.installation import free_base
from cli.processes import end_leftovers
from cli.truth import Truth
from kernel.house import House
from landing.tables import batch, cursor
from ledger.verify import verify
from pipeline.wiring import open_house
from tests.e2e.disturbed import ROUND, Blow, Disturbed, disturbed, starting
from tests.e2e.installed import Installed, do_step, steps_of
from tests.e2e.state import State, differences, meaning, state

SEED = 47
#: Programs killed under a round, each at a step that needs it.
PROGRAMS = {
    "land mz_org": "postgres",
    "seal zr_realestate": "postgres",
    "land sc_drug": "s3",
    "land wl_culture": "city",
    "land cg_city": "portal",
}
#: Steps that are struck for their own sake: long ones, and the last two.
LONG = {"land xzsp_items": 1.5, "land xzsp_window": 1.0, "unify": 1.0, "publish": 0.8}


#: What a first start makes, in this order; it is killed soon after each.
MARKS = ("postgres.new-*", "logs/city.log", "registry.json")


def blows(steps: list[str], seed: int, rounds: int) -> list[Blow]:
    """Kills of the round at so many random moments."""
    random = Random(seed)
    free = [step for step in steps if step not in PROGRAMS and step not in LONG]
    return [Blow(step, ROUND, random.uniform(0, 0.25)) for step in random.sample(free, k=rounds)]


@pytest.fixture(scope="module")
def hurt(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Disturbed]:
    """A second installation of the same city, under the same keys."""
    home = tmp_path_factory.mktemp("killed") / "home"
    with disturbed(home, installed.home / "keys") as one:
        yield one


@pytest.fixture
def house(hurt: Disturbed) -> Iterator[House]:
    """The disturbed installation, opened."""
    opened = open_house(hurt.home)
    yield opened
    opened.close()


def different(one: State, other: State) -> list[str]:
    """The names of what is not the same."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def test_the_first_round(installed: Installed, hurt: Disturbed, house: House) -> None:
    steps, random = steps_of(installed.systems), Random(SEED)
    struck = blows(steps, SEED, 6)
    struck += [Blow(step, ROUND, random.uniform(0, most)) for step, most in LONG.items()]
    struck += [Blow(step, what, random.uniform(0, 0.2)) for step, what in PROGRAMS.items()]
    hurt.round("first", steps, struck)
    hurt.round("first-again", steps, [])
    print(f"{hurt.starts} starts; {len(hurt.failures)} steps said that they failed")
    assert different(state(house), installed.first) == []
    assert differences(house, Truth(house.secrets)) == []


def test_the_round_after_a_thousand_changes(
    installed: Installed, hurt: Disturbed, house: House
) -> None:
    truth, steps = Truth(house.secrets), steps_of(installed.systems)
    assert truth.post("/changes", {"count": 1000, "seed": 1}) == installed.changed
    struck = [*blows(steps, SEED + 1, 4), Blow("land ga_vehicle", "postgres", 0.1)]
    hurt.round("second", steps, struck)
    assert differences(house, truth) == []
    assert different(meaning(house), installed.second) == []


def test_nothing_was_done_twice_and_nothing_is_lost(hurt: Disturbed, house: House) -> None:
    with house.engine.connect() as conn:
        names = set(house.objects.names("raw/"))
        assert set(conn.scalars(select(batch.c.object))) <= names
        twice = (
            select(licence.c.key_hash)
            .group_by(licence.c.system, licence.c.stream, licence.c.key_hash, licence.c.row_hash)
            .having(func.count() > 1)
        )
        assert conn.execute(twice).all() == []
        open_now = select(cursor.c.system).where(cursor.c.complete_at.is_(None))
        assert conn.execute(open_now).all() == []


def test_the_ledger_still_verifies(house: House) -> None:
    assert verify(house).verified


def test_a_first_start_that_is_killed_again_and_again(tmp_path: Path) -> None:
    home, base, random = tmp_path / "home", free_base(), Random(SEED)
    home.mkdir()
    for mark in MARKS:
        process = starting(home, base)
        deadline = time.monotonic() + 120
        while not list(home.glob(mark)):
            assert process.is_alive(), f"the start ended before {mark}"
            assert time.monotonic() < deadline
            time.sleep(0.002)
        time.sleep(random.uniform(0, 0.4))
        process.kill()
        process.join()
        end_leftovers(home)
    with disturbed(home, base=base):
        house = open_house(home)
        for step in ("land sc_food", "seal sc_food", "land cg_city"):
            do_step(house, step, "whole")
        wrong = differences(house, Truth(house.secrets), ("sc_food", "cg_city"))
        house.close()
    assert wrong == []
    assert not list(home.glob("*.new*"))
