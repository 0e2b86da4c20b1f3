"""The first batch of each stream, read and judged by a contract in force or not; none is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from connectors import Connector
from kernel.house import House
from landing.columns import to_arrow
from landing.judged import Judged, judge
from pipeline.sync import opened
from registry.contract import Stream, System
from registry.masking import mask

#: Refused rows that are shown, and reasons that are counted one by one.
EXAMPLES = 10
REASONS = 10


@dataclass(frozen=True)
class Example:
    """A refused row: its place among those read (from 1), why, and the value at fault, masked."""

    row: int
    reason: str
    column: str
    value: str


@dataclass(frozen=True)
class StreamTrial:
    """One stream. `rows` is None where none were read: it is asked live or pushed to us."""

    name: str
    mode: str
    rows: int | None
    refused: int
    findings: tuple[str, ...]
    reasons: tuple[tuple[str, int], ...]
    examples: tuple[Example, ...]


def tried(house: House, system: System) -> list[StreamTrial]:
    """Each stream of the contract. Raises the errors of a connector."""
    with opened(house, system) as connector:
        return [_stream(house, system, connector, one) for one in system.streams.values()]


def _stream(house: House, system: System, connector: Connector, stream: Stream) -> StreamTrial:
    if stream.mode in ("lookup", "push"):
        connector.check()
        return StreamTrial(stream.name, stream.mode, None, 0, (), (), ())
    batch = next(iter(connector.rows(stream, None, True)), None)
    if batch is None:
        return StreamTrial(stream.name, stream.mode, 0, 0, (), (), ())
    judged = judge(house, system.code, stream, to_arrow(batch.frame))
    reasons = Counter(one.reason for one in judged.refused.values())
    return StreamTrial(
        stream.name,
        stream.mode,
        len(batch.frame),
        len(judged.refused),
        tuple(f"{one.kind}: {one.subject}" for one in judged.found),
        tuple(reasons.most_common(REASONS)),
        tuple(_examples(judged)),
    )


def _examples(judged: Judged) -> Iterator[Example]:
    for at, why in list(judged.refused.items())[:EXAMPLES]:
        yield Example(int(judged.spots[at]) + 1, why.reason, why.column or "", _value(judged, at))


def _value(judged: Judged, at: int) -> str:
    column = judged.refused[at].column
    if column is None or column not in judged.table.column_names:
        return ""
    cell: Any = judged.table[column][at].as_py()
    text = "" if cell is None else str(cell).strip()
    return mask(text) if text else ""
