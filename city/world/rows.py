"""Rows as each system writes them, read out of the city's memory."""

from __future__ import annotations

import json
from typing import Any

from city.world.act import ROW
from city.world.clock import read_time
from city.world.errors import CityError
from city.world.numbers import long_form
from city.world.probe import test_subject
from city.world.render import Shape, WireRow, load_wire, shapes
from city.world.store import OF_HOLDER, Record, Store, load


class Rows:
    """The reading side of a city. Safe to call from many threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.wire: dict[str, Any] = load_wire()
        self.shapes: dict[tuple[str, str], Shape] = shapes(self.wire)

    def shape(self, system: str, stream: str) -> Shape:
        """How a stream is written. Raises CityError for one that is not there."""
        one = self.shapes.get((system, stream))
        if one is None:
            raise CityError(f"the city has no stream {system}/{stream}")
        return one

    def rows(
        self,
        system: str,
        stream: str,
        *,
        since: str | None = None,
        after: tuple[str, str] | None = None,
        limit: int | None = None,
    ) -> list[WireRow]:
        """Wire rows ordered by (updated, id).

        `since`: updated at or after, in the stream's own time form. `after`: past this
        (updated, id), updated as `YYYY-MM-DD HH:MM:SS`. Deleted rows come along, marked, only
        where the stream flags them.
        """
        where, args = self._where(system, stream, since)
        if after is not None:
            where += " AND (updated, id) > (?, ?)"
            args += list(after)
        return self._select(system, stream, where, args, limit, 0)

    def total(self, system: str, stream: str, since: str | None = None) -> int:
        """How many rows `rows` would give."""
        where, args = self._where(system, stream, since)
        with self._store.reading() as conn:
            row = conn.execute(f"SELECT count(*) FROM record {where}", args).fetchone()  # noqa: S608
        return int(row[0])

    def page(
        self, system: str, stream: str, offset: int, limit: int, since: str | None = None
    ) -> list[WireRow]:
        """`limit` rows from `offset` in the order of `rows`."""
        where, args = self._where(system, stream, since)
        return self._select(system, stream, where, args, limit, offset)

    def _where(self, system: str, stream: str, since: str | None) -> tuple[str, list[Any]]:
        shape = self.shape(system, stream)
        where, args = "WHERE system = ? AND stream = ?", [system, stream]
        if shape.flag is None:
            where += " AND deleted = 0"
        if since is not None:
            where += " AND updated >= ?"
            args.append(read_time(shape.times, since))
        return where, args

    def _select(
        self, system: str, stream: str, where: str, args: list[Any], limit: int | None, offset: int
    ) -> list[WireRow]:
        sql = (
            f"SELECT id, updated, deleted, data, fault FROM record {where}"  # noqa: S608
            " ORDER BY updated, id LIMIT ? OFFSET ?"
        )
        with self._store.reading() as conn:
            found = conn.execute(sql, [*args, -1 if limit is None else limit, offset]).fetchall()
        write, rows = self.shape(system, stream).write, []
        for key, updated, deleted, text, fault in found:
            data = json.loads(text)
            data["id"], data["updated"] = key, updated
            rows.append(write(data, json.loads(fault) if fault else None, bool(deleted)))
        return rows

    def changes(
        self, system: str, stream: str, after: int, limit: int
    ) -> list[tuple[int, str, WireRow]]:
        """(sequence, I, U or D, the row as it was then) past `after`; deletes == change only."""
        shape = self.shape(system, stream)
        if shape.deletes != "change":
            raise CityError(f"{system}/{stream} has no change table")
        with self._store.reading() as conn:
            found = conn.execute(
                "SELECT seq, op, id, updated, data, fault FROM change"
                " WHERE system = ? AND stream = ? AND seq > ? ORDER BY seq LIMIT ?",
                (system, stream, after, limit),
            ).fetchall()
        changes = []
        for seq, op, key, updated, text, fault in found:
            data = {**json.loads(text), "id": key, "updated": updated}
            row = shape.write(data, json.loads(fault) if fault else None, op == "D")
            changes.append((int(seq), str(op), row))
        return changes

    def last_change(self, system: str, stream: str) -> int:
        """The sequence number of the stream's newest change; 0 when there is none."""
        with self._store.reading() as conn:
            row = conn.execute(
                "SELECT coalesce(max(seq), 0) FROM change WHERE system = ? AND stream = ?",
                (system, stream),
            ).fetchone()
        return int(row[0])

    def find(self, system: str, stream: str, number: str) -> list[WireRow]:
        """The live rows of one person or organisation, as holder or as co-holder."""
        shape = self.shape(system, stream)
        asked = long_form(number.strip().upper())
        with self._store.reading() as conn:
            found = conn.execute(
                f"{ROW} WHERE system = ? AND stream = ? AND deleted = 0"
                f" AND {OF_HOLDER} ORDER BY updated, id",
                (system, stream, asked, asked, asked),
            ).fetchall()
        return [self._write(shape, load(row)) for row in found]

    def test_subject(self, system: str, stream: str) -> WireRow:
        """The row that a probe gets: of an invented test subject, not of the city's people."""
        shape = self.shape(system, stream)
        department = self.wire[system]["department"]
        return shape.write(test_subject(shape, department), None, False)

    def _write(self, shape: Shape, one: Record) -> WireRow:
        return shape.write(one.full(), one.fault, one.deleted)
