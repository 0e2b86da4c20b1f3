"""One round through Airflow: every system synced, then unified and published; a line for each."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from cli.airflow import Api
from kernel.errors import RetryLater, Stop
from kernel.house import House
from landing.tables import run as run_table
from registry.contract import System

ROUND_SECONDS = 900
ENDED = ("success", "failed")
CATALOGUE = ("unify", "publish")
Say = Callable[[str], None]


def new_round() -> str:
    """A name for a round, in order of time."""
    return datetime.now(UTC).strftime("round-%Y%m%dT%H%M%S")


def end_old_runs(api: Api) -> None:
    """Runs that a killed start left open cannot go on: they are marked failed."""
    for state in ("running", "queued"):
        for old in api.runs(state=state):
            path = f"/dags/{old['dag_id']}/dagRuns/{old['dag_run_id']}"
            api.call("PATCH", path, json={"state": "failed"})


def run_round(house: House, api: Api, systems: dict[str, System], say: Say) -> list[str]:
    """Trigger all, say a line for each as it ends, wait for the catalogue.

    Returns the names of what failed. Raises Stop when it takes longer than 15 minutes.
    """
    name = new_round()
    for code in systems:
        api.trigger(f"sync_{code}", name)
    board = Board(house, systems, name, say)
    states: dict[str, str] = {}
    deadline = time.monotonic() + ROUND_SECONDS
    while len(states) < len(systems):
        board.show()
        for one in _patiently(lambda: api.runs(run_id_pattern=name)):
            if one["state"] in ENDED:
                states[one["dag_id"].removeprefix("sync_")] = one["state"]
        if time.monotonic() > deadline:
            late = sorted(set(systems) - set(states))
            raise Stop(f"the round did not end in {ROUND_SECONDS} s; open are {', '.join(late)}")
        time.sleep(0.5)
    board.show()
    board.clear()
    failed = [f"sync_{code}" for code, state in sorted(states.items()) if state == "failed"]
    return failed + _wait_catalogue(api, deadline, say)


def _wait_catalogue(api: Api, deadline: float, say: Say) -> list[str]:
    """Until no run is open and publish began after the last unify, which began after a landing."""
    say("  … unify and publish")
    while True:
        runs = {dag: found[0] for dag in CATALOGUE if (found := _newest(api, dag))}
        waiting = _patiently(lambda: api.runs(state="queued") + api.runs(state="running"))
        open_now = [one for one in waiting if one["dag_id"] in CATALOGUE]
        if len(runs) == 2 and not open_now and _in_order(runs):
            return [dag for dag, one in runs.items() if one["state"] == "failed"]
        if time.monotonic() > deadline:
            raise Stop("unify and publish did not end in time: see Airflow's pages")
        time.sleep(0.5)


def _newest(api: Api, dag: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _patiently(lambda: api.runs(dag, limit=1))
    return found


def _in_order(runs: dict[str, Any]) -> bool:
    if runs["unify"]["state"] == "failed":
        return True
    return bool(runs["publish"]["start_date"] and runs["unify"]["end_date"]) and (
        runs["publish"]["start_date"] >= runs["unify"]["start_date"]
    )


def _patiently(ask: Callable[[], Any]) -> Any:
    """Airflow's API may be slow while it works hard: ask again a few times."""
    for _ in range(5):
        try:
            return ask()
        except RetryLater:
            time.sleep(1)
    return ask()


class Board:
    """A line for each system when it ends; on a terminal, what is running now below them."""

    def __init__(self, house: House, systems: dict[str, System], name: str, say: Say) -> None:
        self.house = house
        self.systems = systems
        self.name = name
        self.say = say
        self.said: set[str] = set()
        self.terminal = sys.stdout.isatty()

    def show(self) -> None:
        """Say what has ended since the last call."""
        with self.house.engine.connect() as conn:
            query = select(run_table).where(run_table.c.id == self.name)
            rows = {row.system: row for row in conn.execute(query)}
        for code, row in rows.items():
            if row.state != "running" and code not in self.said:
                self.clear()
                self.say(self._line(code, row))
                self.said.add(code)
        busy = [code for code, row in rows.items() if row.state == "running"]
        if self.terminal:
            words = ", ".join(f"{code} {rows[code].rows:,}" for code in busy)
            sys.stdout.write(f"\r\033[K  {len(self.said)}/{len(self.systems)}  {words[:90]}")
            sys.stdout.flush()

    def clear(self) -> None:
        """Take the running line away."""
        if self.terminal:
            sys.stdout.write("\r\033[K")
            sys.stdout.flush()

    def _line(self, code: str, row: Any) -> str:
        mark = "ok    " if row.state == "done" else "FAILED"
        system = self.systems[code]
        words = f"  {mark} {code:<18} {row.rows:>7,} rows  {row.quarantined:>4,} quarantined"
        if all(stream.mode == "lookup" for stream in system.streams.values()):
            words = f"  {mark} {code:<18} {'probe answered':>14}{'':>18}"
        line = f"{words}  {float(row.seconds or 0):>6.1f} s  {system.name}"
        return line if row.state == "done" else f"{line}\n         {row.error}"
