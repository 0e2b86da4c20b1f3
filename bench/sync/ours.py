"""Our side, in a process of its own: one sync or more of one system; prints JSON a round.

A round is `pipeline.sync.sync` as Airflow's task calls it: run record, raw kept encrypted, checks,
upsert, deletes, cursor. The process has read its modules before the clock starts, as dlt's has.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from pathlib import Path

from landing import checks
from pipeline.sync import sync
from pipeline.wiring import open_house


def main() -> None:
    """`--rounds`: names of rounds; one with `+delete` in its name waits for a line first."""
    parser = argparse.ArgumentParser(prog="bench.sync.ours")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--system", required=True)
    parser.add_argument("--rounds", nargs="+", default=["first"])
    options = parser.parse_args()
    house = open_house(options.home)
    checks._great_expectations()
    for name in options.rounds:
        began = time.perf_counter()
        counts = sync(house, options.system, f"bench-{name}")
        seconds = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        told = {"round": name, "seconds": seconds, "stored": counts.stored, "peak_mb": peak}
        print(json.dumps({**told, "deleted": counts.deleted}), flush=True)


if __name__ == "__main__":
    main()
