"""Counts and times of requests for Prometheus, by route template: no values, no people."""

from __future__ import annotations

import re
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kernel import logs

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0)
#: What programs ask for every few seconds has no line of its own in the log.
QUIET = frozenset({"/health", "/metrics"})
METHODS = frozenset({"GET", "HEAD", "POST"})
#: A reason is a word of ours; what is none, and what comes after so many, is one label.
REASON, REASONS = re.compile(r"[a-z_]{1,40}"), 100


class Metrics:
    """The portal's own numbers; one registry an application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "zhongtai_portal_requests_total",
            "Requests answered",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "zhongtai_portal_request_seconds",
            "Seconds from request to answer",
            ("method", "route"),
            buckets=BUCKETS,
            registry=self.registry,
        )

        self._refusals = Counter(
            "zhongtai_refusals_total",
            "What was refused, by the reason's code",
            ("reason",),
            registry=self.registry,
        )
        self._reasons: set[str] = set()
        ProcessCollector(registry=self.registry)

    def refused(self, reason: str) -> None:
        """Count one refusal."""
        known = reason in self._reasons
        if not known and REASON.fullmatch(reason) and len(self._reasons) < REASONS:
            self._reasons.add(reason)
            known = True
        self._refusals.labels(reason if known else "other").inc()

    def count(self, scope: Scope, status: int, seconds: float) -> None:
        """Count one answer. What matched no route is one label, whatever its path was."""
        route = str(getattr(scope.get("route"), "path", "unmatched"))
        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)
        if route not in QUIET and not scope["path"].startswith("/static/"):
            spent = round(seconds * 1000, 1)
            logs.info("answered", method=method, route=route, status=status, milliseconds=spent)


class Measure:
    """Measures every request."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, start = 500, perf_counter()

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            self._metrics.count(scope, status, perf_counter() - start)
