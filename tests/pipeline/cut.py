"""A child that syncs a system in small batches and is killed with SIGKILL after some of them.

    python -m tests.pipeline.cut HOME CODE RUN BATCHES

It kills itself, so that the moment is exact: between the commit of a batch and all that follows,
or, every other time, when the batch's object is kept and its transaction has not begun.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

import connectors.exchange
import connectors.files
import connectors.reading
import connectors.soap
import connectors.sql
import landing.land
import pipeline.reader
from connectors.frames import gather
from pipeline.sync import sync
from pipeline.wiring import open_house

#: Rows a batch, so that a small city has many.
SMALL = 8


def main(home: str, code: str, run: str, batches: int) -> None:
    """Sync; end by SIGKILL, or print that the sync came to its end."""
    small_batches()
    left = [batches]
    land, judge = pipeline.reader.land_batch, landing.land.judge
    before_commit = batches % 2 == 1

    def strike() -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def landed(*args: Any) -> Any:
        counts = land(*args)
        strike()
        return counts

    def judged(*args: Any) -> Any:
        strike()
        return judge(*args)

    if before_commit:
        landing.land.judge = judged
    else:
        pipeline.reader.land_batch = landed
    sync(open_house(Path(home)), code, run)
    print("whole", flush=True)


def small_batches() -> None:
    """Cut reads small, whatever the transport."""
    connectors.reading.gather = lambda pages: gather(pages, SMALL)
    connectors.soap.SIZE = SMALL
    for module in (connectors.sql, connectors.exchange, connectors.files):
        module.BATCH_ROWS = SMALL  # type: ignore[attr-defined]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
