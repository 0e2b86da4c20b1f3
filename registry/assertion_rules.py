"""Rules of a stream's `lookups` and `asserts`. Each names the key it is about."""

from __future__ import annotations

from collections.abc import Iterator

from registry.contract import Stream, System
from registry.fields import FIELDS
from registry.reading import PathPart, Problem
from registry.sentences import allowed


def _at(stream: Stream, *keys: str) -> tuple[PathPart, ...]:
    return ("streams", stream.name, *keys)


def lookups(_: System, stream: Stream) -> Iterator[Problem]:
    """Known exceptions are of columns that are read, hold no personal value, and end at once."""
    columns = {one.column: name for name, one in stream.fields.items()}
    flag = stream.deletes.column if stream.deletes else None
    known = [*columns, *([flag] if flag and flag not in columns else [])]
    for column, pairs in stream.lookups.items():
        path = _at(stream, "lookups", column)
        if column not in known:
            text = f"the column {column} is not one of fields or deletes; {allowed(known, column)}"
            yield Problem(path, text)
            continue
        if not pairs:
            yield Problem(path, "write here each old value and its new one, or leave the key out")
        name = columns.get(column)
        if name is not None and _personal(stream, name):
            text = f"{name} is personal: its values are mended at the source, never written here"
            yield Problem(path, text)
            continue
        yield from _pairs(stream, path, name, pairs)


def _personal(stream: Stream, name: str) -> bool:
    standard = FIELDS[stream.kind].get(name)
    return standard is not None and standard.personal


def _pairs(
    stream: Stream, path: tuple[PathPart, ...], name: str | None, pairs: dict[str, str]
) -> Iterator[Problem]:
    values = stream.fields[name].values if name is not None else None
    for old, new in pairs.items():
        if new in pairs:
            text = f"{old} leads to {new}, which is looked up too: write the last value at once"
            yield Problem((*path, old), text)
        elif values is not None and new and new not in values:
            yield Problem((*path, old), f"{new} is not a mapped value; {allowed([*values], new)}")


def asserts(_: System, stream: Stream) -> Iterator[Problem]:
    """Assertions are of mapped fields; a look-up keeps no rows to assert anything of."""
    for name in ("limits", "asserts"):
        if getattr(stream, name) is not None and stream.mode == "lookup":
            yield Problem(_at(stream, name), "mode lookup keeps no rows: leave this key out")
    said = stream.asserts
    if said is None:
        return
    if said.rows is None and not said.filled and said.cadence is None:
        yield Problem(_at(stream, "asserts"), "needs one of rows, filled, cadence, or leave it out")
    if said.rows is not None and said.rows.least is None and said.rows.change is None:
        yield Problem(_at(stream, "asserts", "rows"), "needs least, change or both")
    for name in said.filled:
        if name not in stream.fields:
            text = f"no field of this stream is called {name}; {allowed([*stream.fields], name)}"
            yield Problem(_at(stream, "asserts", "filled", name), text)
    if said.cadence is not None and "updated" not in stream.fields:
        text = "needs the field updated, which says when a record last changed"
        yield Problem(_at(stream, "asserts", "cadence"), text)
