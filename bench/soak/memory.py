"""Memory by program, in MB, sampled while the soak goes on: the sum of its processes' PSS.

Of PostgreSQL what its processes have to themselves: its buffers are one block of a fixed size
(`shared_buffers`), which fills for hours and is no growth.
"""

from __future__ import annotations

import contextlib
from threading import Event, Thread

import psutil

from cli.services import Services

EVERY = 15.0
MB = 1024 * 1024
OWN = ("postgres", "city-postgres")  # counted without what they share


class Memory:
    """`samples`: program → MB, oldest first. A program that was killed has no sample meanwhile."""

    def __init__(self, services: Services) -> None:
        self._services, self.samples = services, dict[str, list[float]]()
        self._over, self._thread = Event(), Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        """Begin to sample."""
        self._thread.start()

    def stop(self) -> None:
        """End it."""
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(EVERY):
            for child in list(self._services.children):
                found = _of_tree(child.process.pid, "uss" if child.name in OWN else "pss")
                if found:
                    self.samples.setdefault(child.name, []).append(found)

    def growth(self, name: str) -> float | None:
        """The last quarter's median over the second quarter's, less 1; None: too few samples.

        The first quarter is left out: caches fill, and the first connections are made.
        """
        values = self.samples.get(name, [])
        quarter = len(values) // 4
        if quarter < 2:
            return None
        before = sorted(values[quarter : 2 * quarter])[quarter // 2]
        after = sorted(values[-quarter:])[quarter // 2]
        return after / before - 1


def _of_tree(root: int, what: str) -> float:
    total = 0.0
    with contextlib.suppress(psutil.Error):
        top = psutil.Process(root)
        for one in [top, *top.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                total += getattr(one.memory_full_info(), what) / MB
    return total
