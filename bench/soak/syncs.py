"""Every system synced in turn, two at a time, each at least every so many minutes; and killed."""

from __future__ import annotations

import time
from collections import Counter
from itertools import count, pairwise
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random
from threading import Event, Lock, Thread

from registry.contract import System
from tests.e2e.forks import steps_process
from tests.e2e.installed import steps_of

LANES = 2
#: A step that hangs so long is a fault.
SECONDS = 180.0


class Syncs:
    """Lanes of processes. `finished`: system → moments at which a sync of it ended whole."""

    def __init__(self, home: Path, systems: dict[str, System]) -> None:
        self.home, self._systems = home, systems
        self.finished: dict[str, list[float]] = {code: [] for code in systems}
        self.ended: Counter[str] = Counter()
        self.faults: list[str] = []
        self._turn, self._lock, self._over = count(), Lock(), Event()
        self._running: dict[int, BaseProcess] = {}
        self._threads = [
            Thread(target=self._lane, args=(one,), daemon=True) for one in range(LANES)
        ]

    def start(self) -> None:
        """The lanes begin."""
        for one in self._threads:
            one.start()

    def stop(self) -> None:
        """They end the step that they are in."""
        self._over.set()
        for one in self._threads:
            one.join(2 * SECONDS)

    def kill_one(self, random: Random) -> bool:
        """SIGKILL to a sync at work; whether there was one."""
        with self._lock:
            working = [one for one in self._running.values() if one.is_alive()]
            if not working:
                return False
            random.choice(working).kill()
            return True

    def _lane(self, lane: int) -> None:
        codes = list(self._systems)
        while not self._over.is_set():
            turn = next(self._turn)
            code = codes[turn % len(codes)]
            steps = [one for one in steps_of(self._systems, [code]) if one.endswith(f" {code}")]
            if turn % len(codes) == len(codes) - 1:
                steps += ["unify", "publish"]
            self._until_done(lane, f"soak-{turn}", code, steps)

    def _until_done(self, lane: int, run: str, code: str, steps: list[str]) -> None:
        """As Airflow does it: tried again, under the same run, until it is done."""
        while not self._over.is_set():
            how = self._once(lane, run, steps)
            self.ended[how] += 1
            if how == "done":
                self.finished[code].append(time.monotonic())
                return
            if how == "failed":  # the source, or a store, is away: the next turn comes
                return
            if how == "hangs":
                self.faults.append(f"{code} hangs")
                return

    def _once(self, lane: int, run: str, steps: list[str]) -> str:
        progress = self.home / f"soak-{lane}.progress"
        process = steps_process(self.home, run, steps, progress)
        with self._lock:
            self._running[lane] = process
        process.join(SECONDS)
        if process.is_alive():
            process.kill()
            process.join()
            return "hangs"
        return {0: "done", 1: "failed"}.get(process.exitcode or 0, "killed")


def longest_gaps(finished: dict[str, list[float]], began: float, ended: float) -> dict[str, float]:
    """System → the longest time without a sync that ended whole, in seconds."""
    found = {}
    for code, moments in finished.items():
        places = [began, *moments, ended]
        found[code] = max(after - before for before, after in pairwise(places))
    return found
