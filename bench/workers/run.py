"""A city's round on one Celery worker, then on two, each on a machine of its own.

`make bench NAME=workers`. Network namespaces stand in for machines, so that both share the cores
of this one. Where those are few, two workers cannot be faster: then the figure is what handing out
costs.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any, Final

from cli.installation import free_base
from cli.truth import Truth
from registry.applied import read as read_registry
from tests.docker.grown import Grown
from tests.docker.links import Links, unused

Figure = dict[str, Any]
Task = dict[str, Any]
#: Rounds that are measured a side; changed rows before each; seconds that one may take.
ROUNDS, CHANGES, SECONDS = 2, 300, 900
#: Cores from which on the goal is asked: two workers of four slots, the stores, Airflow, the city.
ENOUGH: Final = 4


def run(arguments: list[str]) -> dict[str, Figure]:
    """Start the city, measure rounds by one worker, add the second, measure again."""
    parser = argparse.ArgumentParser(prog="bench workers")
    parser.add_argument("--people", type=int, default=200)
    options = parser.parse_args(arguments)
    links = Links(unused())
    with tempfile.TemporaryDirectory() as folder:
        grown = Grown(Path(folder), free_base(), links, options.people)
        try:
            grown.start()
            codes = sorted(read_registry(grown.home))
            _worker(grown, "one")
            _round(grown, codes, "first")  # all rows, once
            one = [_changed(grown, codes, f"one-{n}") for n in range(ROUNDS)]
            _worker(grown, "two")
            two = [_changed(grown, codes, f"two-{n}") for n in range(ROUNDS)]
        finally:
            links.close()
            grown.stop()
    return _figures(one, two)


def _worker(grown: Grown, name: str) -> None:
    grown.worker(name)
    grown.wait(name)


def _changed(grown: Grown, codes: Sequence[str], name: str) -> tuple[float, list[Task]]:
    Truth(grown.opened.secrets).post("/changes", {"count": CHANGES, "seed": sum(name.encode())})
    return _round(grown, codes, name)


def _round(grown: Grown, codes: Sequence[str], name: str) -> tuple[float, list[Task]]:
    """Seconds from the first request to the last end, and the tasks."""
    began = time.monotonic()
    grown.trigger(name, codes)
    states = grown.ended(name, codes, SECONDS)
    seconds = time.monotonic() - began
    bad = {code for code, state in states.items() if state != "success"}
    if bad:
        raise RuntimeError(f"{name}: not well: {', '.join(sorted(bad))}")
    return seconds, [one for one in grown.tasks(name) if one["start_date"] and one["end_date"]]


def _figures(
    one: list[tuple[float, list[Task]]], two: list[tuple[float, list[Task]]]
) -> dict[str, Figure]:
    seconds = [sum(took for took, _ in side) / ROUNDS for side in (one, two)]
    ratio, cores = seconds[0] / seconds[1], os.cpu_count() or 1
    asked = cores >= ENOUGH
    found = {
        "one worker: seconds a round": _figure(seconds[0]),
        "two workers: seconds a round": _figure(seconds[1]),
        "two over one": {
            "value": round(ratio, 2),
            "goal": ">= 1.5" if asked else f"- ({cores} cores)",
            "holds": ratio >= 1.5 if asked else None,
        },
        "systems on the second worker": _figure(len(set(_on(two, "two")))),
    }
    for name, side in (("one worker", one), ("two workers", two)):
        tasks = [task for _, some in side for task in some]
        work = sum(_between(task, "start_date", "end_date") for task in tasks)
        waits = median(_between(task, "queued_when", "start_date") for task in tasks)
        found[f"{name}: tasks a round"] = _figure(len(tasks) / ROUNDS)
        found[f"{name}: seconds in tasks a round"] = _figure(work / ROUNDS)
        found[f"{name}: seconds from queued to begun, median"] = _figure(waits)
    return found


def _figure(value: float) -> Figure:
    return {"value": round(value, 2), "goal": "-", "holds": None}


def _on(side: list[tuple[float, list[Task]]], name: str) -> list[str]:
    return [task["dag_id"] for _, some in side for task in some if task["hostname"] == name]


def _between(task: Task, begun: str, ended: str) -> float:
    """Seconds between two times of a task."""
    first, last = (datetime.fromisoformat(str(task[name])) for name in (begun, ended))
    return (last - first).total_seconds()
