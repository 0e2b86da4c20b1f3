"""Publishing and sharing killed with SIGKILL at random moments.

The same code as the test of it (tests/certs/killing.py), with more kills.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

from cli import postgres
from pipeline.migrate import migrate
from tests.certs.killing import Killing
from tests.certs.town import Town
from tests.conftest import open_test_house, stores

Figure = dict[str, Any]
NAME = "killed"


def figure(value: float, goal: str = "-", holds: bool | None = None) -> Figure:
    """One line of the table."""
    return {"value": round(value, 3), "goal": goal, "holds": holds}


def run(arguments: list[str]) -> dict[str, Figure]:
    """Kill, and give the table. What is wrong is named in a sentence above it."""
    parser = argparse.ArgumentParser(prog="bench kill_share")
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        servers, home = Path(folder) / "servers", Path(folder) / "home"
        servers.mkdir()
        home.mkdir()
        with stores(servers) as made:
            postgres.make_database(int(made["pg_port"]), str(made["pg_password"]), NAME)
            house = open_test_house(made, home, NAME)
            migrate(house)
            house.objects.make_bucket()
            town = Town(house)
            town.open()
            result = Killing(town, made, options.seed).series(options.kills)
            house.close()
    for sentence in result.wrong:
        print(sentence)
    kills = result.publish + result.share
    return {
        "strikes": figure(result.strikes),
        "kills_that_met_a_process_at_work": figure(
            kills, f">= {options.kills}", kills >= options.kills
        ),
        "kills_of_a_publish": figure(result.publish),
        "kills_of_a_share": figure(result.share),
        "copies_given": figure(result.copies),
        "ledger_entries": figure(result.entries),
        "wrong": figure(len(result.wrong), "0", not result.wrong),
        "seconds": figure(time.monotonic() - began),
    }
