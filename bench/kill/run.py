"""Syncs killed with SIGKILL at random moments, over all transports, beside the city's truth.

The same code as the test of it (tests/kit/killing.py), with more kills in a larger city.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

from cli.installation import installation
from tests.kit.killing import CODES, Killing, Result

Figure = dict[str, Any]


def figure(value: float, goal: str = "-", holds: bool | None = None) -> Figure:
    """One line of the table."""
    return {"value": round(value, 3), "goal": goal, "holds": holds}


def none(value: int) -> Figure:
    """A figure that has to be 0."""
    return figure(value, "0", value == 0)


def run(arguments: list[str]) -> dict[str, Figure]:
    """Kill, and give the table. A wrong stream is named in a sentence above it."""
    parser = argparse.ArgumentParser(prog="bench kill")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", type=int, default=600)
    options = parser.parse_args(arguments)
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as folder,
        installation(Path(folder), options.people, portal=False) as (house, _),
    ):
        killing = Killing(house, options.seed, size=10, changes=1000)
        result = killing.series(options.kills)
    for sentence in result.found.wrong:
        print(sentence)
    return table(result, options.kills) | {"seconds": figure(time.monotonic() - began)}


def table(result: Result, kills: int) -> dict[str, Figure]:
    """The figures of a series."""
    found = result.found
    by_transport = {
        f"kills_{name.replace(' ', '_')}": figure(result.by_transport[name]) for name in CODES
    }
    return {
        "strikes": figure(result.strikes),
        "kills_that_met_a_sync_at_work": figure(result.kills, f">= {kills}", result.kills >= kills),
        **by_transport,
        "kills_after_a_batch_had_landed": figure(result.amid),
        "keys_compared": figure(found.compared),
        "lost": none(found.lost),
        "doubled": none(found.doubled),
        "not_gone": none(found.not_gone),
        "stale": none(result.stale),
        "batches_without_object": none(result.without_object),
        "syncs_that_were_told_to_try_again": figure(sum(result.refusals.values())),
    }
