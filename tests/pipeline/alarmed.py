"""A system that fails when a test says so, and where its alarms go."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from kernel.errors import NotAuthorised
from kernel.house import House
from pipeline.ops.tables import notice
from pipeline.sync import sync
from tests.connectors.gateway import Gateway, Reply, Request, gateway
from tests.pipeline.sources import (
    CODE,
    Hands,
    List,
    at,
    licence,
    listed,
)

SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()
WEBHOOK = """channels:
  duty:
    kind: webhook
    address: ALERT_URL
    secret: ALERT_SECRET
"""
FIVE = timedelta(minutes=6)


class Source(List):
    """A list that may refuse to answer."""

    refuses = False

    def __call__(self, request: Request) -> Reply:
        """As the list does, or 403."""
        return Reply({"code": 403}, 403) if self.refuses else super().__call__(request)


@contextmanager
def town(house: House, tmp_path: Path, alerts: str) -> Iterator[tuple[House, Source, Hands]]:
    """A system whose source a test rules, and the channels of a file."""
    clock, source = Hands(at("2026-11-26 10:00")), Source(licence("k1"))
    (house.settings.home / "alerts.yml").write_text(alerts, "utf-8")
    with listed(house, tmp_path / "systems", source, clock=clock) as one:
        one.secrets.put("ALERT_SECRET", SECRET)
        yield one, source, clock


@contextmanager
def receiver(house: House, *answers: Reply, path: str = "/robot/send") -> Iterator[Gateway]:
    """Where messages go; it answers so in turn, the last for ever."""
    left = list(answers)

    def answer(_: Request) -> Reply:
        return left.pop(0) if len(left) > 1 else left[0]

    with gateway(answer) as running:
        base = running.url.removesuffix("/sys/xx_test")
        house.secrets.put("ALERT_URL", base + path)
        yield running


def fail(house: House, run: str) -> None:
    """A sync that the source refuses."""
    with pytest.raises(NotAuthorised):
        sync(house, CODE, run)


def told(house: House) -> list[tuple[str, str, bool, str | None]]:
    """Every notice: channel, what, whether it was sent, why not."""
    with house.engine.connect() as conn:
        rows = conn.execute(select(notice).order_by(notice.c.id))
        return [(r.channel, r.what, r.sent_at is not None, r.reason) for r in rows]
