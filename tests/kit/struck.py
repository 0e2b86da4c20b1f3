"""What is killed: a process that syncs one system in small batches, and one that is the portal."""

from __future__ import annotations

import os
import sys
from multiprocessing.process import BaseProcess
from pathlib import Path
from urllib.parse import urlsplit

from tests.e2e.forks import FORKS

#: A sync that could not go on; what it said is in the file `said` of the state folder.
FAILED = 3
SAID = "said"


def sync_process(home: Path, code: str, run: str, full: bool, size: int) -> BaseProcess:
    """It syncs a system in batches of `size` rows and ends with 0, or FAILED and a sentence."""
    process = FORKS.Process(target=_sync, args=(home, code, run, full, size), daemon=True)
    process.start()
    return process


def portal_process(home: Path) -> BaseProcess:
    """It is the portal of the installation."""
    process = FORKS.Process(target=_portal, args=(home,), daemon=True)
    process.start()
    return process


def _sync(home: Path, code: str, run: str, full: bool, size: int) -> None:
    import connectors.soap
    from connectors.frames import BATCH
    from kernel.errors import ZhongtaiError
    from pipeline.sync import sync
    from pipeline.wiring import open_house

    BATCH.rows = size
    vars(connectors.soap)["SIZE"] = size
    try:
        sync(open_house(home), code, run, full=full)
    except ZhongtaiError as error:
        (home / SAID).write_text(f"{type(error).__name__}: {error}", "utf-8")
        sys.exit(FAILED)


def _portal(home: Path) -> None:
    from pipeline.wiring import open_house
    from portal.__main__ import main

    os.environ["ZHONGTAI_HOME"] = str(home)
    port = urlsplit(open_house(home).settings.portal_url).port
    sys.exit(main(["--port", str(port)]))
