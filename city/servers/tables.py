"""SQL systems: which tables they have, and keeping them as the world is.

A `Database` (PostgreSQL, MariaDB or the stand-in) does what it is told; what to do is decided
here, the same for all three. A mirrored stream is a table behind a view; an exchange stream is an
append-only change table, with a table of faults where the platform tells back what it refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from city.servers.distort import NEW_COLUMN, bent, last_mapped
from city.servers.misbehave import Misbehaviour
from city.world import World

TIME_FIELDS = ("updated", "opened", "closed")
CHUNK = 5000
#: The position of a table that is not as the world: it is made anew, after a restart too.
BENT = "bent"

Cells = Sequence[Any]


@dataclass(frozen=True)
class Table:
    """One stream's table. `columns` are names with their type: text, time, batch or state.

    `keyed`: no two rows have one key.
    """

    system: str
    stream: str
    name: str
    view: str | None
    key: str
    columns: tuple[tuple[str, str], ...]
    oracle_style: bool
    state: str | None
    faults: str | None = None
    keyed: bool = True

    @property
    def names(self) -> list[str]:
        """The columns' names."""
        return [name for name, _ in self.columns]


class Database(Protocol):
    """One system's database."""

    def position(self, table: Table) -> str | None:
        """How far the table was filled, or None when it has to be made."""

    def load(self, table: Table, rows: Iterable[Cells], position: str) -> None:
        """Make the table anew with these rows and that position, in one transaction."""

    def put(self, table: Table, rows: Iterable[Cells], gone: Iterable[str], position: str) -> None:
        """Insert or replace rows, delete keys and set the position, in one transaction."""

    def keys(self, table: Table) -> set[str]:
        """The keys that the table holds, as text."""


def tables_of(code: str, system: dict[str, Any]) -> list[Table]:
    """The tables of one SQL or exchange system of wire.yml."""
    return [_table(code, system, name, stream) for name, stream in system["streams"].items()]


def _table(code: str, system: dict[str, Any], name: str, stream: dict[str, Any]) -> Table:
    fields: dict[str, str] = stream["columns"]
    columns = [(col, "time" if field in TIME_FIELDS else "text") for field, col in fields.items()]
    columns += [(col, "text") for col in stream.get("details", {}).values()]
    oracle = bool(system["oracle_style"])
    if stream["mode"] == "change":
        batch, state = stream["sequence_column"], stream["ack_column"]
        columns += [(stream["deleted_column"], "text"), (batch, "batch"), (state, "state")]
        faults = stream.get("fault_table")
        return Table(code, name, stream["path"], None, batch, tuple(columns), oracle, state, faults)
    if stream["deletes"] == "flag":
        columns.append((stream["deleted_column"], "text"))
    base = f"t_{name}"
    return Table(code, name, base, stream["path"], fields["id"], tuple(columns), oracle, None)


def refresh(world: World, database: Database, table: Table, misbehaviour: Misbehaviour) -> None:
    """Bring one table up to the world, or to what its system gives wrongly just now."""
    states = misbehaviour.states(table.system)
    if states:
        _bend(world, database, table, states)
        return
    position = database.position(table)
    if position == BENT:
        position = None
    if table.state is not None:
        _append(world, database, table, position)
    elif position is None or not _catch_up(world, database, table, position):
        rows = world.rows(table.system, table.stream)
        database.load(table, _cells(table, rows), _newest(world, table, rows, ""))


def _bend(world: World, database: Database, table: Table, states: frozenset[str]) -> None:
    """The whole table anew, wrongly."""
    columns = world.wire[table.system]["streams"][table.stream]["columns"]
    rows: list[dict[str, Any]] = []
    if table.state is None:
        rows = world.rows(table.system, table.stream)
    else:
        for found in _changes(world, table, 0):
            rows += found
    wrong = replace(table, columns=_bent_columns(table, columns, states), keyed=False)
    database.load(wrong, _cells(wrong, bent(rows, columns, states)), BENT)


def _bent_columns(
    table: Table, mapped: dict[str, str], states: frozenset[str]
) -> tuple[tuple[str, str], ...]:
    """The columns that bent rows have."""
    columns, gone = list(table.columns), last_mapped(mapped)
    if "retyped_column" in states:
        columns = [(n, "batch" if n == mapped["updated"] else kind) for n, kind in columns]
    if states & {"missing_column", "renamed_column"}:
        columns = [one for one in columns if one[0] != gone]
    if states & {"new_column", "renamed_column"}:
        columns.append((NEW_COLUMN, "text"))
    return tuple(columns)


def _append(world: World, database: Database, table: Table, position: str | None) -> None:
    """New changes at the end of an exchange table."""
    if position is None:
        position = "0"
        database.load(table, [], position)
    for rows in _changes(world, table, int(position)):
        position = str(rows[-1][table.key])
        database.put(table, _cells(table, rows), [], position)


def _changes(world: World, table: Table, after: int) -> Iterable[list[dict[str, Any]]]:
    """The changes after that number, as rows of an exchange table."""
    stream = world.wire[table.system]["streams"][table.stream]
    extra = (stream["deleted_column"], stream["sequence_column"], stream["ack_column"])
    while found := world.changes(table.system, table.stream, after, CHUNK):
        after = found[-1][0]
        yield [{**row, **dict(zip(extra, (op, seq, "0"), strict=True))} for seq, op, row in found]


def _catch_up(world: World, database: Database, table: Table, position: str) -> bool:
    """Put the rows changed since the position. Whether the keys agree afterwards."""
    rows = world.rows(table.system, table.stream, since=position or None)
    held = database.keys(table)
    flagged = world.wire[table.system]["streams"][table.stream]["deletes"] == "flag"
    live = {key for key, _, _ in world.keys(table.system, table.stream)}
    gone = set() if flagged else held - live
    database.put(table, _cells(table, rows), gone, _newest(world, table, rows, position))
    after = (held - gone) | {str(row[table.key]) for row in rows}
    return live <= after and (flagged or after == live)


def _newest(world: World, table: Table, rows: list[dict[str, str | None]], before: str) -> str:
    """The position after these rows: the newest update time among them."""
    column = world.wire[table.system]["streams"][table.stream]["columns"]["updated"]
    return max([before, *(row[column] or "" for row in rows)])


def _cells(table: Table, rows: Iterable[dict[str, Any]]) -> Iterable[Cells]:
    names = table.names
    return ([row[name] for name in names] for row in rows)
