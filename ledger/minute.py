"""What is done each minute: sign the head, write it outside, alarm when signing fails."""

from __future__ import annotations

import threading

from sqlalchemy.exc import SQLAlchemyError

from kernel import logs
from kernel.errors import ZhongtaiError
from kernel.house import House
from ledger import watch
from ledger.heads import sign_head
from ledger.witness import bear_witness

SECONDS = 60


def minute(house: House) -> str:
    """Sign and bear witness; says what was done. Raises what went wrong."""
    made = sign_head(house)
    written = bear_witness(house)
    said = f"signed a head of size {made.size}" if made else "every entry was signed before"
    return f"{said}; {written} heads written outside"


def every_minute(house: House, ended: threading.Event) -> None:
    """Do it now and each minute until `ended`. What fails is logged, and alarms once it lasts."""
    while True:
        for step in (sign_head, bear_witness, watch_over):
            try:
                step(house)
            except (ZhongtaiError, SQLAlchemyError, OSError) as error:
                why = str(error) if isinstance(error, ZhongtaiError) else type(error).__name__
                logs.error(f"the ledger's minute failed: {why}")
        if ended.wait(SECONDS):
            return


def watch_over(house: House) -> None:
    """Put an outage on record and into the log of the process."""
    found = watch.alarm(house)
    if found.state in ("alarm", "stopped"):
        logs.error(f"ledger heads are not signed since {found.since}: {found.state}")
