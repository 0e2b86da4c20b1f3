"""Where a read stands: the newest time seen, and whether the rows came in order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from connectors.frames import Row, frame_of, gather
from kernel.batch import Batch
from kernel.errors import PersonMustAct, Resting
from registry.contract import Stream

_TIME = {
    "text": re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d+)?"),
    "iso": re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}.*"),
    "epoch_ms": re.compile(r"\d{11,13}"),
}


class Position:
    """Watches the rows of a read by their cursor column.

    `newest`: the latest time seen, in the source's own text. `ordered`: whether times never went
    back; while they do not, `newest` is a place to go on from. A time not in the stream's form
    is a bad row's and is passed over.
    """

    def __init__(self, stream: Stream, since: str | None) -> None:
        self.column, self.form = stream.cursor, _TIME[stream.times]
        self.newest, self.ordered = since, True

    def watch(self, rows: Iterable[Row]) -> None:
        """Take rows into account, in source order."""
        for row in rows:
            at = row.get(self.column) if self.column else None
            if not isinstance(at, str) or not self.form.fullmatch(at):
                continue
            if self.newest is not None and _order(at) < _order(self.newest):
                self.ordered = False
            else:
                self.newest = at

    def cursor(self) -> str | None:
        """The place to go on from; None when no row had a time."""
        return dump(since=self.newest) if self.newest is not None else None


def _order(at: str) -> str:
    """What a time sorts by: milliseconds before September 2001 have a digit less."""
    return at.zfill(13) if at.isdigit() else at


def batches(
    stream: Stream, since: str | None, pages: Iterable[list[Row]], columns: Iterable[str] = ()
) -> Iterator[Batch]:
    """Batches of the pages of a list read, each with the time to go on from.

    Where the source gives rows out of order, only the last batch says where to go on: a run that
    is cut before it starts again from the old place. A stream without a cursor says nothing.
    When the source rests in between (its quota is used up), what it gave is handed over first.
    """
    position, known = Position(stream, since), tuple(columns)
    held: Batch | None = None
    rests: list[Resting] = []
    for number, rows in enumerate(gather(_until_rest(pages, rests)), start=1):
        if held is not None:
            yield held
        position.watch(rows)
        go_on = position.cursor() if position.ordered else None
        held = Batch(frame_of(rows, known), go_on, facts={"part": number})
    if held is not None:
        ended = position.ordered or not rests
        yield replace(held, cursor=position.cursor() if ended else None)
    for rest in rests:
        raise rest


def _until_rest(pages: Iterable[list[Row]], rests: list[Resting]) -> Iterator[list[Row]]:
    """The pages until the source rests: what it gave before lands, then the rest is raised."""
    try:
        yield from pages
    except Resting as rest:
        rests.append(rest)


def dump(**place: object) -> str:
    """A cursor's JSON text."""
    return json.dumps(place, ensure_ascii=False, sort_keys=True)


def load(system: str, stream: Stream, cursor: str | None, full: bool) -> dict[str, Any]:
    """A cursor's content; empty for a first or full read. Raises PersonMustAct when not ours."""
    if full or cursor is None:
        return {}
    try:
        place = json.loads(cursor)
    except ValueError:
        place = None
    if not isinstance(place, dict):
        raise PersonMustAct(
            f"the cursor of {system} {stream.name} is not one of its transport: "
            "read the stream in full",
            system=system,
            stream=stream.name,
        )
    return place
