"""The city as its servers see it: rows as each system writes them, changes, and the truth."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from city.world import act, make
from city.world.clock import read_time
from city.world.errors import CityError
from city.world.probe import test_subject
from city.world.render import Shape, WireRow, load_wire, shapes
from city.world.store import COLUMNS, Record, Store, load, long_form, read_meta

Key = tuple[str, str]
ROW = f"SELECT {COLUMNS} FROM record"  # noqa: S608


class World:
    """A made city. Safe to call from many threads."""

    def __init__(self, store: Store, seed: int) -> None:
        self._store = store
        self._listeners: list[Callable[[str, str], None]] = []
        self.seed = seed
        self.wire: dict[str, Any] = load_wire()
        self.shapes: dict[Key, Shape] = shapes(self.wire)

    @classmethod
    def open(cls, home: Path, seed: int, people: int) -> World:
        """The city in `home`; made there when there is none.

        Raises CityError when the folder holds a city of another seed or size.
        """
        file = make.ensure(home, seed, people)
        return cls(Store(file), seed)

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()

    def shape(self, system: str, stream: str) -> Shape:
        """How a stream is written. Raises CityError for one that is not there."""
        one = self.shapes.get((system, stream))
        if one is None:
            raise CityError(f"the city has no stream {system}/{stream}")
        return one

    # ---- rows, as a system gives them

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

    def _select(  # noqa: PLR0913
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

    def find(self, system: str, stream: str, number: str) -> list[WireRow]:
        """The live rows of one person or organisation, as holder or as co-holder."""
        shape = self.shape(system, stream)
        asked = long_form(number.strip().upper())
        with self._store.reading() as conn:
            found = conn.execute(
                f"{ROW} WHERE system = ? AND stream = ? AND deleted = 0"
                " AND (holder = ? OR co_holder = ?) ORDER BY updated, id",
                (system, stream, asked, asked),
            ).fetchall()
        return [self._write(shape, load(row)) for row in found]

    def test_subject(self, system: str, stream: str) -> WireRow:
        """The row that a probe gets: of an invented test subject, not of the city's people."""
        shape = self.shape(system, stream)
        department = self.wire[system]["department"]
        return shape.write(test_subject(shape, department), None, False)

    def _write(self, shape: Shape, one: Record) -> WireRow:
        return shape.write(one.full(), one.fault, one.deleted)

    # ---- the truth

    def keys(self, system: str, stream: str) -> list[tuple[str, bool, str | None]]:
        """Every live raw key: (key, is the row bad, why)."""
        self.shape(system, stream)
        with self._store.reading() as conn:
            found = conn.execute(
                "SELECT id, reason FROM record WHERE system = ? AND stream = ? AND deleted = 0"
                " ORDER BY id",
                (system, stream),
            ).fetchall()
        return [(key, reason is not None, reason) for key, reason in found]

    def counts(self) -> list[dict[str, Any]]:
        """Live keys and bad ones of every stream that gives copies (look-ups give none)."""
        with self._store.reading() as conn:
            found = conn.execute(
                "SELECT system, stream, count(*), count(reason) FROM record"
                " WHERE deleted = 0 GROUP BY system, stream"
            ).fetchall()
        held = {(system, stream): (live, bad) for system, stream, live, bad in found}
        counts = []
        for (system, stream), shape in self.shapes.items():
            if shape.copies:
                live, bad = held.get((system, stream), (0, 0))
                one = {"system": system, "stream": stream, "kind": shape.kind}
                counts.append({**one, "live": live, "bad": bad})
        return counts

    def case(self, number: str) -> dict[str, Any]:
        """A case and what its applicant holds: number, state, post, item_code, holds."""
        with self._store.reading() as conn:
            one = act.case_record(conn, number)
            return act.case_truth(conn, one)

    def example(self) -> dict[str, Any]:
        """The worked example: case, post, and each material with what stands for it."""
        with self._store.reading() as conn:
            text = read_meta(conn, "example")
        if text is None:
            raise CityError("this city has no worked example")
        example: dict[str, Any] = json.loads(text)
        return example

    def personal_numbers(self) -> list[str]:
        """Every citizen number there is in any form, mistyped ones too; for leak tests."""
        with self._store.reading() as conn:
            return act.personal_numbers(conn)

    # ---- what happens in the city

    def on_change(self, callback: Callable[[str, str], None]) -> None:
        """Call back with (system, stream) after each commit that changed that stream."""
        self._listeners.append(callback)

    def _act(self, work: Callable[[sqlite3.Connection, act.Actor], Any]) -> Any:
        with self._store.writing() as conn:
            actor = act.Actor(conn, self.shapes, self.wire, self.seed)
            result = work(conn, actor)
        for system, stream in actor.touched:
            for callback in self._listeners:
                callback(system, stream)
        return result

    def apply_changes(self, count: int, seed: int) -> dict[str, int]:
        """`count` changes over every stream that gives copies: counts by sort of change."""
        done: dict[str, int] = self._act(lambda _, actor: actor.many(count, seed))
        return done

    def revoke(self, system: str, key: str) -> None:
        """The licence with this raw key is revoked from now on."""
        self._act(lambda _, actor: actor.revoke(system, key))

    def delete(self, system: str, key: str) -> None:
        """The licence with this raw key is gone from its system."""
        self._act(lambda _, actor: actor.delete(system, key))

    def close_case(self, number: str) -> None:
        """The case is granted and closed."""
        self._act(lambda conn, actor: actor.close_case(act.case_record(conn, number)))

    def accept_case(
        self,
        item_code: str,
        applicant_kind: str,
        applicant_number: str,
        applicant_name: str,
        post: str,
    ) -> tuple[str, str]:
        """A new case at the one-window: (case number, raw key of its row)."""
        applicant = (applicant_kind, applicant_number, applicant_name)
        made: tuple[str, str] = self._act(
            lambda _, actor: actor.accept_case(item_code, applicant, post)
        )
        return made
