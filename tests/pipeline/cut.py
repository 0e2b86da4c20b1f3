"""A child that syncs a system in small batches and is killed with SIGKILL after some of them.

It kills itself, so that the moment is exact: between the commit of a batch and all that follows,
or, every other time, when the batch's object is kept and its transaction has not begun.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import connectors.soap
import landing.land
from connectors.frames import BATCH
from pipeline.sync import sync
from pipeline.wiring import open_house

#: Rows a batch, so that a small city has many.
SMALL = 8
#: Modules whose names this replaces, in a process of its own.
SOAP: Any = connectors.soap
LANDING: Any = landing.land


def cut_sync(home: Path, code: str, run: str, batches: int) -> None:
    """Sync in a process of its own; end by SIGKILL after so many batches, else well."""
    small_batches()
    left = [batches]
    store, judge = LANDING.store, LANDING.judge

    def strike() -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def landed(*args: Any) -> Any:
        counts = store(*args)
        strike()
        return counts

    def judged(*args: Any) -> Any:
        strike()
        return judge(*args)

    if batches % 2:
        LANDING.judge = judged
    else:
        LANDING.store = landed
    sync(open_house(home), code, run)


def small_batches() -> None:
    """Cut reads small, whatever the transport."""
    SOAP.SIZE = BATCH.rows = SMALL
