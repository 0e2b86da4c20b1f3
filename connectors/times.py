"""Moments in a source's own form: earlier by a look-back, later or not, and ends of a period.

A source writes times as text `2026-11-20 08:00:00`, as ISO `2026-11-20T08:00:00+08:00` or as
milliseconds since 1970. A time without a zone is the city's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from connectors.frames import Row
from connectors.reading import dump
from kernel.clock import CITY_TIME
from kernel.errors import BadInput, PersonMustAct
from registry.contract import Stream

#: As far as a time in text goes in whole seconds; what is behind it (fraction, zone) is kept.
_SECONDS = len("2026-11-20 08:00:00")
_EPOCH = re.compile(r"\d{11,13}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}( \d{2}:\d{2}(:\d{2})?)?")


def instant(text: str) -> datetime | None:
    """A source's time as a moment; None when it is in none of the three forms."""
    try:
        if _EPOCH.fullmatch(text):
            return datetime.fromtimestamp(int(text) / 1000, CITY_TIME)
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=CITY_TIME)


def look_back(stream: Stream, cursor: str | None) -> str | None:
    """The cursor to read from: earlier by the stream's `lookback`, in the source's own form.

    The stored cursor stays where it is. Raises PersonMustAct when it holds no time.
    """
    if stream.lookback is None or cursor is None or in_first_read(cursor):
        return cursor
    since = _since(cursor)
    at = instant(since) if since is not None else None
    if since is None or at is None:
        raise PersonMustAct(
            f"the cursor of {stream.name} holds no time to look back from: "
            "leave lookback out of its YAML or read the stream in full",
            stream=stream.name,
        )
    return dump(since=_earlier(since, _span(stream.lookback)))


def _earlier(since: str, span: timedelta) -> str:
    if _EPOCH.fullmatch(since):
        return str(int(since) - int(span.total_seconds() * 1000))
    whole = datetime.fromisoformat(since[:_SECONDS]) - span
    return whole.isoformat(since[10:11]) + since[_SECONDS:]


def not_behind(stored: str | None, cursor: str | None) -> str | None:
    """A batch's cursor, or None where it lies behind the stored one: a cursor never goes back.

    A place in a read by key is behind any time: who reads all anew keeps the time that he had.
    """
    if stored is None or cursor is None:
        return cursor
    if in_first_read(cursor) and not in_first_read(stored):
        return None
    before, now = _since(stored), _since(cursor)
    was = instant(before) if before is not None else None
    is_now = instant(now) if now is not None else None
    if was is None or is_now is None or is_now >= was:
        return cursor
    return None


def moment_of(stream: Stream, text: str) -> str:
    """A day or time that a person gave, in the source's form. Raises BadInput when it is none."""
    at = _said(text)
    match stream.times:
        case "text":
            return at.strftime("%Y-%m-%d %H:%M:%S")
        case "iso":
            return at.isoformat()
        case "epoch_ms":
            return str(int(at.timestamp() * 1000))


def check_period(since: str, until: str) -> None:
    """Raise BadInput when a person's period has no two ends, the first before the last."""
    if _said(since) >= _said(until):
        raise BadInput(f"the period from {since} until {until} is empty: its end is not behind")


def _said(text: str) -> datetime:
    at = instant(text) if _DAY.fullmatch(text) else None
    if at is None:
        raise BadInput(f'{text} is no day or time: write "2024-01-31" or "2024-01-31 08:00"')
    return at


def in_period(
    stream: Stream, pages: Iterable[list[Row]], since: str, until: str
) -> Iterator[list[Row]]:
    """Of pages in the order of time, the rows from `since` up to (not at) `until`, source's form.

    Reading ends behind `until`. A list that was seen out of order is read to its end, since rows
    of the period may follow.
    """
    first, last = instant(since), instant(until)
    newest: datetime | None = None
    ordered = True
    for page in pages:
        kept = []
        for row in page:
            said: Any = row.get(stream.cursor or "")
            at = instant(said) if isinstance(said, str) else None
            if at is None or first is None or last is None:
                continue
            ordered = ordered and (newest is None or at >= newest)
            newest = at
            if first <= at < last:
                kept.append(row)
        yield kept
        if ordered and newest is not None and last is not None and newest >= last:
            return


def in_first_read(cursor: str) -> bool:
    """Whether the cursor is a place in a read by key, which has not come to a time yet."""
    place = json.loads(cursor)
    return isinstance(place, dict) and "behind" in place


def _since(cursor: str) -> str | None:
    place = json.loads(cursor)
    since = place.get("since") if isinstance(place, dict) else None
    return since if isinstance(since, str) else None


def _span(text: str) -> timedelta:
    number = int(text[:-1])
    return timedelta(days=number) if text.endswith("d") else timedelta(hours=number)
