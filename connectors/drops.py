"""Names of dropped files, their order, and what is remembered of those that were read.

Names are `<path>_full_<YYYYMMDDHHMMSS><end>` and `<path>_inc_<…>`; both may carry a number before
the end (`_0007`), which then leaves no gap from one file to the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from connectors.stores import Look
from kernel.errors import Disagrees

#: So many files that were read are remembered, the newest.
REMEMBERED = 400

#: What is remembered of a file: size, time as the store says it, first half of its SHA-256.
Seen = Mapping[str, tuple[int, str, str]]


@dataclass(frozen=True, order=True)
class Drop:
    """One file. Files of one time: the full one first. `number` is -1 where it carries none."""

    time: str
    increment: bool
    number: int
    name: str


def drop_of(path: str, end: str, name: str) -> Drop | None:
    """What a name says, None when it is not one of the stream's."""
    stem, last = re.escape(path), re.escape(end)
    match = re.fullmatch(rf"{stem}_(full|inc)_(\d{{14}})(?:_(\d{{1,9}}))?{last}", name, re.ASCII)
    if match is None:
        return None
    return Drop(match[2], match[1] == "inc", int(match[3]) if match[3] else -1, name)


def drops_of(path: str, end: str, names: Iterable[str]) -> list[Drop]:
    """The stream's files in the order in which they are read."""
    found = (drop_of(path, end, name) for name in names)
    return sorted(one for one in found if one is not None)


def without_gap(system: str, stream: str, before: Drop | None, due: list[Drop]) -> Iterator[Drop]:
    """The files up to a missing number; then raises Disagrees."""
    for drop in due:
        if before and drop.increment and drop.number > before.number + 1 > 0:
            raise Disagrees(
                f"a file of {system} {stream} is missing before {drop.name}: number "
                f"{before.number + 1}; ask its contact for it, or for a full file",
                "missing_file",
                drop.name,
                system=system,
                stream=stream,
            )
        yield drop
        before = drop


def remember(seen: Seen, name: str, look: Look, digest: str) -> dict[str, tuple[int, str, str]]:
    """What is known once this file has been read too."""
    known = {**seen, name: (look.size, look.at, digest[:32])}
    return dict(list(known.items())[-REMEMBERED:])


def late(drops: list[Drop], seen: Seen, last: Drop, start: Drop | None) -> list[Drop]:
    """Files not newer than the last one read that were never read, and that count.

    What lies before the last full file, or before all that is remembered, no longer counts.
    """
    if not seen:
        return []
    times = [one.time for one in drops if one.name in seen]
    oldest = max(min(times, default=last.time), start.time if start else "")
    return [one for one in drops if oldest <= one.time and one < last and one.name not in seen]
