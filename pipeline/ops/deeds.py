"""What operations do to a system: pause, resume, read it now, read a period again.

A run that is started here goes on in a process of its own: it may take long, and the pages must
not wait for it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from kernel import logs
from kernel.errors import BadInput, RetryLater
from kernel.house import House
from landing import pauses
from ledger import log
from ledger.events import event
from pipeline.reader import chosen
from pipeline.recorded import How
from pipeline.sync import only_one, system_of

CODE: Final = Path(__file__).resolve().parents[2]
#: Runs that pages started, at a time: each takes a processor and some hundred MB.
MOST: Final = 4
WHY: Final = "请写明原因：1 至 200 字，不写个人号码。"


def pause(house: House, code: str, by: str, why: str) -> None:
    """Let nobody sync a system until it is resumed. Raises BadInput without a reason."""
    system = system_of(house, code)
    pauses.pause(house, system.code, by, why)
    with house.engine.begin() as conn:
        log.append(conn, event(house.clock(), "system.paused", by, system=code))


def resume(house: House, code: str, by: str) -> bool:
    """Let a paused system go on. Gives whether it was paused."""
    was = pauses.resume(house, system_of(house, code).code)
    if was:
        with house.engine.begin() as conn:
            log.append(conn, event(house.clock(), "system.resumed", by, system=code))
    return was


def period_of(first: str, last: str) -> tuple[str, str]:
    """Two days of a form, both counted, as a period of a run. Raises BadInput."""
    try:
        begin, end = date.fromisoformat(first.strip()), date.fromisoformat(last.strip())
    except ValueError:
        raise BadInput("请选择开始和结束两个日期。") from None
    if begin > end:
        raise BadInput("结束日期不能早于开始日期。")
    return begin.isoformat(), (end + timedelta(days=1)).isoformat()


class Started:
    """Runs that pages started: few at a time, each in a process of its own. Safe among threads."""

    def __init__(self) -> None:
        self._running: list[subprocess.Popen[bytes]] = []
        self._lock = threading.Lock()

    def start(self, house: House, code: str, by: str, period: tuple[str, str] | None) -> str:
        """Start a sync, or a period read again; the run's name.

        Raises BadInput where the system has no periods, RetryLater while a sync of it runs, or
        when as many runs go on as may.
        """
        system = system_of(house, code)
        if period is not None and system.is_lookup:
            raise BadInput("这个系统只实时核验，不留存数据，没有时段可以补采。")
        chosen(system, How(period=period))
        with only_one(house, code):
            pass  # nobody reads it now
        name = "manual" if period is None else "period"
        run = datetime.now(UTC).strftime(f"{name}-%Y%m%dT%H%M%S")
        command = [sys.executable, "-m", "pipeline.ops.worker", code, run, "--by", by]
        if period is not None:
            command += ["--since", period[0], "--until", period[1]]
        with self._lock:
            self._running = [one for one in self._running if one.poll() is None]
            if len(self._running) >= MOST:
                raise RetryLater(f"{MOST} runs go on already", reason="too_many_runs")
            self._running.append(_spawn(house, command))
        logs.info("a run was started from a page", run=run, system=code)
        return run


def _spawn(house: House, command: list[str]) -> subprocess.Popen[bytes]:
    logs = house.settings.home / "logs"
    logs.mkdir(exist_ok=True)
    with (logs / "runs.log").open("ab") as out:
        process = subprocess.Popen(
            command,
            cwd=CODE,
            env={**os.environ, "ZHONGTAI_HOME": str(house.settings.home)},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    threading.Thread(target=process.wait, name=f"run-{process.pid}", daemon=True).start()
    return process
