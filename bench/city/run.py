"""Sync of the whole sandbox city, without Airflow: rows a second, and what a quiet round costs.

Both sides stand in one run: the same rows, as text, are also put into an unlogged table by one
plain COPY, so that the ratio does not depend on the machine.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import text

from cli.installation import installation
from cli.truth import Truth
from kernel.db import copy_rows
from kernel.house import House
from landing import read as landing_read
from pipeline.sync import opened, sync
from registry.contract import System

Figure = dict[str, Any]


def figure(value: float, goal: str, holds: bool | None) -> Figure:
    """One line of the table."""
    return {"value": round(value, 3), "goal": goal, "holds": holds}


def run(arguments: list[str]) -> dict[str, Figure]:
    """Make a city, sync it twice, compare with its truth and with a plain COPY."""
    parser = argparse.ArgumentParser(prog="bench sync")
    parser.add_argument("--people", type=int, default=2000)
    options = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory() as folder,
        installation(Path(folder), options.people) as (house, systems),
    ):
        rows, first = _round(house, systems, "bench-1")
        _, quiet = _round(house, systems, "bench-2")
        plain = _plain_copy(house, systems)
        wrong = _differences(house)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "rows": figure(rows, "-", None),
        "rows_per_second": figure(rows / first, "-", None),
        "copy_rows_per_second": figure(rows / plain, "-", None),
        "ratio_to_copy": figure(plain / first, "-", None),
        "quiet_round_over_first": figure(quiet / first, "<= 0.5", quiet <= first * 0.5),
        "streams_that_differ_from_the_truth": figure(wrong, "0", wrong == 0),
        "peak_memory_mb": figure(peak, "<= 1000", peak <= 1000),
    }


def _round(house: House, systems: dict[str, System], name: str) -> tuple[int, float]:
    began = time.perf_counter()
    rows = sum(sync(house, code, name).rows for code in systems)
    return rows, time.perf_counter() - began


def _plain_copy(house: House, systems: dict[str, System]) -> float:
    """Seconds to read every source and COPY its cells as they are: no checks, no encryption."""
    began = time.perf_counter()
    with house.under("owner").engine.begin() as conn:
        conn.execute(text("CREATE UNLOGGED TABLE plain (stream text, cells text[])"))
        for system in systems.values():
            with opened(house, system) as connector:
                for stream in system.streams.values():
                    if stream.mode in ("lookup", "push"):
                        continue
                    for batch in connector.rows(stream, None, True):
                        cells = batch.frame.astype(object).where(batch.frame.notna(), None)
                        rows = ((stream.name, row) for row in cells.to_numpy().tolist())
                        copy_rows(conn, "plain", ("stream", "cells"), rows)
    return time.perf_counter() - began


def _differences(house: House) -> int:
    truth = Truth(house.secrets)
    with house.engine.connect() as conn:
        stored = {(c.system, c.stream): c for c in landing_read.counts(conn)}
    wrong = 0
    for one in truth.get("/streams"):
        mine = stored.get((one["system"], one["stream"]))
        wrong += mine is None or mine.stored + mine.quarantined != one["live"]
    return wrong
