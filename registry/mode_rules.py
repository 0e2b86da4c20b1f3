"""Rules of one stream's ways of reading: look-back, single records, the guard of deletes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from registry.contract import Stream, System
from registry.reading import PathPart, Problem

_LOOKS_BACK = ("rest", "soap", "sql")
_NAMED = re.compile(r"\{([^{}]*)\}")
#: Fields of people: a column of theirs never stands in an address.
_PERSONAL = re.compile(r"(holder|applicant)_(name|number)")


def _lookback(system: System, stream: Stream) -> Iterator[Problem]:
    path = ("streams", stream.name, "lookback")
    if stream.lookback is None:
        return
    if stream.mode != "incremental" or system.transport.kind not in _LOOKS_BACK:
        text = "only mode incremental of rest, soap and sql looks back: leave this key out"
        yield Problem(path, text)
    elif int(stream.lookback[:-1]) == 0:
        yield Problem(path, f"{stream.lookback} looks back on nothing: leave this key out")


def _record(system: System, stream: Stream) -> Iterator[Problem]:
    path: tuple[PathPart, ...] = ("streams", stream.name, "record")
    if stream.record is None:
        return
    if system.transport.kind != "rest" or stream.mode == "lookup":
        yield Problem(path, "only lists of rest are asked for one record: leave this key out")
        return
    if not stream.record.startswith("/"):
        yield Problem(path, f"{stream.record} must begin with /")
    if sorted(_NAMED.findall(stream.record)) != sorted(stream.key):
        key = " and ".join(f"{{{column}}}" for column in stream.key)
        yield Problem(path, f"{stream.record} must name each column of key once: {key}")
    for column, field in personal_key(stream).items():
        text = f"{column} is {field}: what tells who a person is stands in no address"
        yield Problem(path, text)


def personal_key(stream: Stream) -> dict[str, str]:
    """Columns of the key that tell who a person is, and as which field."""
    named = {field.column: name for name, field in stream.fields.items() if _PERSONAL.search(name)}
    return {column: named[column] for column in stream.key if column in named}


def _limits(_: System, stream: Stream) -> Iterator[Problem]:
    limit = stream.limits.deletes if stream.limits else None
    compared = stream.deletes is not None and stream.deletes.sign in ("reconcile", "absence")
    if limit is not None and not compared:
        text = "only deletes known by reconcile or absence have a limit: leave this key out"
        yield Problem(("streams", stream.name, "limits", "deletes"), text)


#: Each rule takes the system and one of its streams and yields what is wrong.
RULES: tuple[Callable[[System, Stream], Iterator[Problem]], ...] = (_lookback, _record, _limits)
