"""A few rows of a system as it gives them, for the officer who confirms; masked for others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from kernel.errors import ZhongtaiError
from kernel.house import House
from pipeline.sync import opened
from registry.contract import Stream, System
from registry.fields import FIELDS

ROWS = 5
MOST_CHARACTERS = 60


@dataclass(frozen=True)
class Sample:
    """A stream's first rows by its used columns. `problem`: why there are none."""

    stream: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    problem: str | None


def samples(house: House, system: System, plain: bool) -> list[Sample]:
    """The first rows of each stream. A source that is away gives a problem, never an error."""
    found: list[Sample] = []
    try:
        with opened(house, system) as connector:
            found += (_sample(connector, stream, plain) for stream in system.streams.values())
    except ZhongtaiError as error:
        seen = {one.stream for one in found}
        found += (_none(name, str(error)) for name in system.streams if name not in seen)
    return found


def _sample(connector: Any, stream: Stream, plain: bool) -> Sample:
    if stream.mode in ("lookup", "push"):
        return _none(stream.name, "")
    batch = next(iter(connector.rows(stream, None, True)), None)
    if batch is None:
        return _none(stream.name, "the source is empty")
    columns = tuple(c for c in _used(stream) if c in batch.frame.columns)
    open_ones = _open_columns(stream)
    rows = batch.frame.head(ROWS)[list(columns)].itertuples(index=False, name=None)
    shown = tuple(
        tuple(
            _text(value) if plain or column in open_ones else _masked(value)
            for column, value in zip(columns, row, strict=True)
        )
        for row in rows
    )
    return Sample(stream.name, columns, shown, None)


def _none(stream: str, problem: str) -> Sample:
    return Sample(stream, (), (), problem)


def _used(stream: Stream) -> Iterator[str]:
    columns = [one.column for one in stream.fields.values()]
    yield from dict.fromkeys([*columns, *stream.details.values()])


def _open_columns(stream: Stream) -> frozenset[str]:
    """Columns that hold nobody's values: categories, dates, numbers, times."""
    by_name = FIELDS[stream.kind]
    kinds = ("category", "licence_type", "truth", "date", "time", "number")
    shown = {
        one.column
        for name, one in stream.fields.items()
        if by_name[name].holds in kinds and not by_name[name].personal
    }
    hidden = {one.column for name, one in stream.fields.items() if by_name[name].personal}
    return frozenset(shown - hidden - set(stream.details.values()))


def _text(value: object) -> str:
    if pd.isna(value):  # type: ignore[call-overload]
        return ""
    text = str(value)
    return text if len(text) <= MOST_CHARACTERS else text[:MOST_CHARACTERS] + "…"


def _masked(value: object) -> str:
    text = _text(value)
    return f"*（{len(text)} 字）" if text else ""
