"""Backup and restore of a city of a million licences: seconds, bytes, the ledger verified after.

The rows are those of the bench `share`: as wide as real ones, in the same tables, under the same
indexes. A round over four systems makes real batches, copies and entries of the ledger beside them.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bench.share import scale
from bench.share.city import worked
from cli.backup.restoring import restore, running
from cli.backup.taking import take
from cli.installation import installation
from kernel.house import House
from kernel.secrets import Secrets
from ledger.verify import verify
from registry import licence_types

Figure = dict[str, Any]
MINUTES = 10
COUNTS = text(
    "SELECT (SELECT count(*) FROM landing.licence), (SELECT count(*) FROM certs.licence),"
    " (SELECT count(*) FROM certs.licence_holder), (SELECT count(*) FROM ledger.entry)"
)
BYTES = text("SELECT pg_database_size(current_database())")


def figure(value: float, goal: str = "-", holds: bool | None = None) -> Figure:
    """One line of the table."""
    return {"value": round(value, 1), "goal": goal, "holds": holds}


def run(arguments: list[str]) -> dict[str, Figure]:
    """Fill a city, back it up, restore it into another folder, compare."""
    parser = argparse.ArgumentParser(prog="bench restore")
    parser.add_argument("--licences", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=300)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with installation(folder / "city", options.people) as (house, systems):
            worked(house, systems)
            scale.grow(house, 0, options.licences, sorted(licence_types.load()))
            before, size = _counts(house), _bytes(house)
            began = time.monotonic()
            take(house, folder / "backup")
            taken = time.monotonic() - began
        found = _restored(folder, before)
    return {
        "licences": figure(options.licences),
        "database_mb": figure(size / 1024**2),
        "backup_seconds": figure(taken),
        **found,
        "load_of_the_machine": figure(os.getloadavg()[1]),
    }


def _restored(folder: Path, before: tuple[int, ...]) -> dict[str, Figure]:
    """Seconds until it stands and is checked; then it is opened again, and its rows counted."""
    began = time.monotonic()
    done = restore(folder / "backup", folder / "city" / "keys", folder / "new", None, print)
    seconds = time.monotonic() - began
    with running(folder / "new", Secrets(folder / "new")) as house:
        same, verified = _counts(house) == before, verify(house).verified
    return {
        "restore_seconds": figure(seconds, f"<= {MINUTES * 60}", seconds <= MINUTES * 60),
        "rows_as_before": figure(float(same), "1", same),
        "ledger_verified": figure(float(verified), "1", verified),
        "ledger_entries": figure(done.whole.entries),
        "objects": figure(done.objects),
    }


def _counts(house: House) -> tuple[int, ...]:
    with house.engine.connect() as conn:
        return tuple(conn.execute(COUNTS).one())


def _bytes(house: House) -> int:
    with house.engine.connect() as conn:
        return int(conn.execute(BYTES).scalar_one())
