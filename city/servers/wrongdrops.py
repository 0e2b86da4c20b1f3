"""Files that a system drops wrongly while it is in a state; a right full file ends it."""

from __future__ import annotations

from typing import Any

from city.servers.distort import NEW_COLUMN, bent, last_mapped
from city.servers.drops import Drop
from city.servers.misbehave import Misbehaviour


def refresh_drop(drop: Drop, misbehaviour: Misbehaviour) -> None:
    """Drop what is new, or something wrong once, or the right file after it."""
    states, wrong = misbehaviour.states(drop.code), drop.state.get(drop.prefix + "wrong")
    if not states and not wrong:
        drop.refresh()
    elif not states:
        _mend(drop, wrong)
    elif not wrong:
        _drop_wrongly(drop, states)


def _drop_wrongly(drop: Drop, states: frozenset[str]) -> None:
    if "late" in states:
        # The name is taken now and the file comes when the state ends, behind a later one.
        held = drop.named(drop.later, drop.next_stamp())
        _put(drop, drop.named(drop.later, drop.next_stamp()), _changes(drop), states)
        drop.note({"wrong": f"late {held}"})
        return
    name = drop.newest() if "changed_file" in states else drop.named("full", drop.next_stamp())
    _put(drop, name, _rows(drop), states)
    drop.note({"wrong": name})


def _mend(drop: Drop, wrong: str) -> None:
    """The late file comes; any other wrong one goes, and a full one comes that is right."""
    if wrong.startswith("late "):
        name = wrong.removeprefix("late ")
        _put(drop, name, _changes(drop), frozenset())
        drop.note({"wrong": ""})
        return
    drop.place.remove([wrong, f"{wrong}.done", f"{wrong}.sha256"])
    drop.note({"wrong": "", "seq": "", "digest": "mended"})
    drop.refresh()


def _rows(drop: Drop) -> list[dict[str, str | None]]:
    rows = drop.world.rows(drop.code, drop.stream)
    return [{**row, drop.op: "I"} for row in rows] if drop.op else rows


def _changes(drop: Drop) -> list[dict[str, str | None]]:
    """What a file between two full ones holds: a row; a stream without such files drops all."""
    return _rows(drop)[-1:] if drop.later == "inc" else _rows(drop)


def _put(drop: Drop, name: str, rows: list[dict[str, str | None]], states: frozenset[str]) -> None:
    mapped: dict[str, str] = drop.world.wire[drop.code]["streams"][drop.stream]["columns"]
    rows = bent(rows, mapped, states - {"late"})
    if "changed_file" in states:
        rows = rows[:-1]
    encoding = drop.encoding
    if "other_encoding" in states:
        encoding = "gb18030" if encoding in (None, "utf-8") else "utf-8"
    data = drop.write(_columns(drop, mapped, states), rows, encoding)
    drop.place.put(name, data[: len(data) // 2] if "half_file" in states else data)
    if "unsigned_file" not in states:
        drop.sign(name, data)


def _columns(drop: Drop, mapped: dict[str, Any], states: frozenset[str]) -> list[str]:
    """The columns that bent rows have."""
    columns = list(drop.columns)
    if states & {"missing_column", "renamed_column"}:
        columns.remove(last_mapped(mapped))
    if states & {"new_column", "renamed_column"}:
        columns.append(NEW_COLUMN)
    return columns
