"""The figures of the promises at `/metrics`: read at a scrape, kept some seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from kernel.errors import ZhongtaiError
from portal.port_ops import Measured

#: Whoever asks more often is given the same figures.
KEPT_SECONDS: Final = 5.0
READABLE: Final = "zhongtai_platform_readable"


class Promises(Collector):
    """Asks for the figures at each scrape. While they cannot be read it gives none but that."""

    def __init__(self, ask: Callable[[], tuple[Measured, ...]]) -> None:
        self._ask, self._lock = ask, threading.Lock()
        self._kept: tuple[Measured, ...] | None = None
        self._until = 0.0

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing: registering must not ask the platform."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The figures, and whether they could be read."""
        found = self._figures()
        readable = 0.0 if found is None else 1.0
        yield GaugeMetricFamily(READABLE, "1 while the platform's tables can be read", readable)
        for one in found or ():
            family = GaugeMetricFamily(one.name, one.about, labels=one.labels)
            for labels, value in one.values.items():
                family.add_metric(labels, value)
            yield family

    def _figures(self) -> tuple[Measured, ...] | None:
        """At most one thread asks; the others wait for its answer."""
        with self._lock:
            if time.monotonic() >= self._until:
                try:
                    self._kept = self._ask()
                except (ZhongtaiError, SQLAlchemyError):
                    self._kept = None
                self._until = time.monotonic() + KEPT_SECONDS
            return self._kept
