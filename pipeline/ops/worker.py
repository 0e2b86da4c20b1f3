"""`python -m pipeline.ops.worker`: one run that a person asked for on a page."""

from __future__ import annotations

import argparse
import sys

from sqlalchemy import select

from kernel.errors import ZhongtaiError
from kernel.house import House
from kernel.settings import home_from_environment
from landing import runs
from landing.tables import run as run_table
from pipeline.recorded import How
from pipeline.sealing import seal_system
from pipeline.sync import sync, system_of
from pipeline.wiring import open_house


def main(arguments: list[str]) -> int:
    """Read a system, or a period of it, and seal its licences. Gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("code")
    parser.add_argument("run")
    parser.add_argument("--by", required=True)
    parser.add_argument("--since")
    parser.add_argument("--until")
    asked = parser.parse_args(arguments)
    period = (asked.since, asked.until) if asked.since and asked.until else None
    house = open_house(home_from_environment(), "sync", program="worker")
    how = How(period=period, by=asked.by)
    try:
        sync(house, asked.code, asked.run, how=how)
        kinds = system_of(house, asked.code).kinds
        if "licence" in kinds and not system_of(house, asked.code).is_lookup:
            seal_system(house.under("seal"), asked.code, asked.run)
    except ZhongtaiError as error:
        keep(house, asked.code, asked.run, how, str(error))
        print(f"{asked.code} {asked.run}: {error}", file=sys.stderr)  # noqa: T201 - its log file
        return error.exit_code
    return 0


def keep(house: House, code: str, run: str, how: How, why: str) -> None:
    """A run that could not even begin has a record too: it rested, the source has no fault."""
    known = select(run_table.c.id).where(run_table.c.id == run, run_table.c.system == code)
    with house.engine.connect() as conn:
        there = conn.execute(known).first() is not None
    if not there:
        runs.begin(house, code, run, False, how.kind, (how.by, None))
        runs.rest(house, code, run, why, None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
