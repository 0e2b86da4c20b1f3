"""A system whose source and clock a test rules, for what operations see of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from kernel.errors import NotAuthorised
from kernel.house import House
from pipeline.sync import sync
from tests.connectors.gateway import Reply, Request
from tests.pipeline.sources import CODE, Hands, List, at, licence, listed


class Source(List):
    """A list that may refuse to answer; it remembers the requests' ids."""

    refuses = False

    def __init__(self, *rows: dict[str, str | None]) -> None:
        super().__init__(*rows)
        self.ids: list[str] = []

    def __call__(self, request: Request) -> Reply:
        """As the list does, or 403."""
        self.ids.append({k.lower(): v for k, v in request.headers.items()}["x-request-id"])
        return Reply({"code": 403}, 403) if self.refuses else super().__call__(request)


@contextmanager
def town(house: House, tmp_path: Path, *rows: dict[str, str | None]) -> Iterator[
    tuple[House, Source, Hands]
]:  # fmt: skip
    """A system whose source and clock a test rules."""
    clock, source = Hands(at("2026-11-26 10:00")), Source(*(rows or (licence("k1"),)))
    with listed(house, tmp_path / "systems", source, clock=clock) as one:
        yield one, source, clock


def fail(house: House, source: Source, run: str) -> None:
    """A sync that the source refuses."""
    source.refuses = True
    with pytest.raises(NotAuthorised):
        sync(house, CODE, run)
    source.refuses = False


def unlimited(house: House) -> House:
    """Refused rows do not stop the stream."""
    return replace(house, settings=replace(house.settings, quarantine_limit="100%"))
