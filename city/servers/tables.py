"""SQL systems: which tables they have, and keeping them as the world is.

A `Database` (PostgreSQL, MariaDB or the stand-in) does what it is told; what to do is decided
here, the same for all three. A mirrored stream is a table behind a view; an exchange stream is an
append-only change table, with a table of faults where the platform tells back what it refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from city.world import World

TIME_FIELDS = ("updated", "opened", "closed")
CHUNK = 5000

Cells = Sequence[Any]


@dataclass(frozen=True)
class Table:
    """One stream's table. `columns` are names with their type: text, time, batch or state."""

    system: str
    stream: str
    name: str
    view: str | None
    key: str
    columns: tuple[tuple[str, str], ...]
    oracle_style: bool
    state: str | None
    faults: str | None = None

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


def refresh(world: World, database: Database, table: Table) -> None:
    """Bring one table up to the world, with the least that does it."""
    if table.state is not None:
        _append(world, database, table)
        return
    position = database.position(table)
    if position is None or not _catch_up(world, database, table, position):
        rows = world.rows(table.system, table.stream)
        database.load(table, _cells(table, rows), _newest(world, table, rows, ""))


def _append(world: World, database: Database, table: Table) -> None:
    """New changes at the end of an exchange table."""
    stream = world.wire[table.system]["streams"][table.stream]
    position = database.position(table)
    if position is None:
        position = "0"
        database.load(table, [], position)
    extra = (stream["deleted_column"], stream["sequence_column"], stream["ack_column"])
    while found := world.changes(table.system, table.stream, int(position), CHUNK):
        position = str(found[-1][0])
        rows = [{**row, **dict(zip(extra, (op, seq, "0"), strict=True))} for seq, op, row in found]
        database.put(table, _cells(table, rows), [], position)


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
