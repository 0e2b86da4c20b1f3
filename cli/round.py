"""One round through Airflow: every system synced, then unified and published; a line for each."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import func, select

from cli.airflow import Api
from kernel.errors import RetryLater, Stop
from kernel.house import House
from landing.tables import run as run_table
from registry.contract import System

ROUND_SECONDS = 900
ENDED = ("success", "failed")
Say = Callable[[str], None]
Run = dict[str, Any]


def new_round() -> str:
    """A name for a round, in order of time."""
    return datetime.now(UTC).strftime("round-%Y%m%dT%H%M%S")


def end_old_runs(api: Api, before: datetime) -> None:
    """Runs that a killed start left open cannot go on: they are marked failed.

    The scheduler looks at the same rows as it starts: Airflow's database may end one of the two.
    """
    for state in ("running", "queued"):
        for old in patiently(partial(api.runs, state=state)):
            if datetime.fromisoformat(old["queued_at"]) < before:
                path = f"/dags/{old['dag_id']}/dagRuns/{old['dag_run_id']}"
                patiently(partial(api.call, "PATCH", path, json={"state": "failed"}))


def run_round(house: House, api: Api, systems: dict[str, System], say: Say) -> list[str]:
    """Trigger all, say a line for each as it ends, wait for the catalogue.

    Returns the names of what failed. Raises Stop when it takes longer than 15 minutes.
    """
    name = new_round()
    sources = _item_sources(systems)
    for code in [*sources, *(code for code in systems if code not in sources)]:
        # items first: unify then works beside the other syncs
        patiently(partial(api.trigger, f"sync_{code}", name))
    board = Board(house, systems, name, say)
    states: dict[str, str] = {}
    deadline = time.monotonic() + ROUND_SECONDS
    while len(states) < len(systems):
        board.show()
        for one in patiently(lambda: api.runs(run_id_pattern=name)):
            if one["state"] in ENDED:
                states[one["dag_id"].removeprefix("sync_")] = one["state"]
        if time.monotonic() > deadline:
            late = sorted(set(systems) - set(states))
            raise Stop(f"the round did not end in {ROUND_SECONDS} s; open are {', '.join(late)}")
        time.sleep(0.5)
    board.show()
    board.clear()
    failed = [f"sync_{code}" for code, state in sorted(states.items()) if state == "failed"]
    landed = _last_landing(house, systems, name)
    return failed if landed is None else failed + _wait_catalogue(api, landed, deadline, say)


def _last_landing(house: House, systems: dict[str, System], name: str) -> datetime | None:
    """When the last items or materials of this round had landed; None when none did."""
    query = select(func.max(run_table.c.ended)).where(
        run_table.c.id == name,
        run_table.c.system.in_(_item_sources(systems)),
        run_table.c.state == "done",
    )
    with house.engine.connect() as conn:
        return conn.execute(query).scalar()


def _item_sources(systems: dict[str, System]) -> list[str]:
    """The systems that give items or materials."""
    return [
        code
        for code, system in systems.items()
        if {stream.kind for stream in system.streams.values()} & {"item", "material"}
    ]


def _wait_catalogue(api: Api, landed: datetime, deadline: float, say: Say) -> list[str]:
    """Until a unify that began after `landed` has ended, and the publish that it caused.

    Gives the names of those that failed.
    """
    say("  … unify and publish")

    def after_landing(run: Run) -> bool:
        return datetime.fromisoformat(run["start_date"]) >= landed

    unified = _wait_run(api, "unify", after_landing, deadline)
    if unified["state"] == "failed":
        return ["unify"]

    def caused(run: Run) -> bool:
        path = f"/dags/publish/dagRuns/{run['dag_run_id']}/upstreamAssetEvents"
        events = patiently(partial(api.call, "GET", path))["asset_events"]
        return unified["dag_run_id"] in [one["source_run_id"] for one in events]

    published = _wait_run(api, "publish", caused, deadline)
    return ["publish"] if published["state"] == "failed" else []


def _wait_run(api: Api, dag: str, fits: Callable[[Run], bool], deadline: float) -> Run:
    """The newest run of a DAG, once it has ended and fits."""
    while True:
        newest = _newest(api, dag)
        if newest and newest[0]["state"] in ENDED and fits(newest[0]):
            return newest[0]
        if time.monotonic() > deadline:
            raise Stop(f"{dag} did not end in time: see Airflow's pages")
        time.sleep(0.5)


def _newest(api: Api, dag: str) -> list[Run]:
    found: list[Run] = patiently(lambda: api.runs(dag, limit=1))
    return found


def patiently(ask: Callable[[], Any]) -> Any:
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
        mark = {"done": "ok    ", "resting": "rests "}.get(row.state, "FAILED")
        system = self.systems[code]
        words = f"  {mark} {code:<18} {row.rows:>7,} rows  {row.quarantined:>4,} quarantined"
        if all(stream.mode == "lookup" for stream in system.streams.values()):
            words = f"  {mark} {code:<18} {'probe answered':>14}{'':>18}"
        line = f"{words}  {float(row.seconds or 0):>6.1f} s  {system.name}"
        return line if row.state == "done" else f"{line}\n         {row.error}"
