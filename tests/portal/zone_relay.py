"""A stand-in for the exchange between zones (网闸): it delays, reorders, doubles, loses, caps."""

from __future__ import annotations

import heapq
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random


@dataclass
class Relay:
    """Moves files from the first folder of each pair to the second, badly.

    `slowest`: seconds; `lost`, `doubled`: shares; `cap`: bytes above which nothing comes through.
    """

    pairs: list[tuple[Path, Path]]
    seed: int = 1
    slowest: float = 0.4
    lost: float = 0.25
    doubled: float = 0.3
    cap: int = 4 << 20
    done: Counter[str] = field(default_factory=Counter)
    seen: list[bytes] = field(default_factory=list)
    order: list[str] = field(default_factory=list)

    def run(self, ended: threading.Event) -> None:
        """Until `ended`."""
        random, waiting = Random(self.seed), list[tuple[float, int, Path, bytes]]()
        while not ended.wait(0.01):
            for source, target in self.pairs:
                for file in source.iterdir():
                    if file.name.startswith("."):
                        continue
                    data = file.read_bytes()
                    file.unlink(missing_ok=True)
                    self.take(random, waiting, target / file.name, data)
            while waiting and waiting[0][0] <= time.monotonic():
                _, _, target, data = heapq.heappop(waiting)
                draft = target.with_name(f".{target.name}")
                draft.write_bytes(data)
                draft.replace(target)
                self.order.append(target.name)

    def take(
        self, random: Random, waiting: list[tuple[float, int, Path, bytes]], to: Path, data: bytes
    ) -> None:
        """What becomes of one file."""
        self.seen.append(data)
        if len(data) > self.cap or random.random() < self.lost:
            self.done["capped" if len(data) > self.cap else "lost"] += 1
            return
        for _ in range(1 + (random.random() < self.doubled)):
            self.done["delivered"] += 1
            at = time.monotonic() + random.uniform(0, self.slowest)
            heapq.heappush(waiting, (at, self.done["delivered"], to, data))
