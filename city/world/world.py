"""The city as its servers see it: rows as each system writes them, changes, and the truth."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from city.world import desk, make, truth
from city.world.act import Actor
from city.world.changes import Day
from city.world.desk import OpenCase
from city.world.errors import CityError
from city.world.people import make_people
from city.world.rows import Rows
from city.world.store import Store, read_meta


class World(Rows):
    """A made city. Safe to call from many threads."""

    def __init__(self, store: Store, seed: int, people: int) -> None:
        super().__init__(store)
        self._listeners: list[Callable[[str, str], None]] = []
        self.seed, self.people = seed, people

    @classmethod
    def open(cls, home: Path, seed: int, people: int) -> World:
        """The city in `home`; made there when there is none.

        Raises CityError when the folder holds a city of another seed or size.
        """
        file = make.ensure(home, seed, people)
        return cls(Store(file), seed, people)

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()

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
            one = truth.case_record(conn, number)
            return truth.case_truth(conn, one)

    def open_cases(self, limit: int, posts: Collection[str] = ()) -> list[OpenCase]:
        """Open cases of the one-window, at these posts or at any: the worked example first."""
        with self._store.reading() as conn:
            return desk.open_cases(conn, limit, posts)

    def open_case(self, number: str) -> OpenCase:
        """One of them. Raises CityError where there is none of that number."""
        with self._store.reading() as conn:
            return desk.open_case(conn, number)

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
            return truth.personal_numbers(conn)

    def on_change(self, callback: Callable[[str, str], None]) -> None:
        """Call back with (system, stream) after each commit that changed that stream."""
        self._listeners.append(callback)

    def _act(self, work: Callable[[Actor], Any]) -> Any:
        with self._store.writing() as conn:
            actor = Actor(conn, self.shapes, self.wire, self.seed)
            result = work(actor)
        for system, stream in actor.touched:
            for callback in self._listeners:
                callback(system, stream)
        return result

    def apply_changes(self, count: int, seed: int) -> dict[str, int]:
        """`count` changes over every stream that gives copies: how many new, changed, revoked,
        deleted. A bad row mended and a good one gone bad count as changed."""
        people = make_people(self.seed, self.people)
        done: dict[str, int] = self._act(lambda actor: Day(actor, people, seed).run(count))
        return done

    def revoke(self, system: str, key: str) -> None:
        """The licence with this raw key is revoked from now on."""
        self._act(lambda actor: actor.revoke(actor.licence(system, key)))

    def delete(self, system: str, key: str) -> None:
        """The licence with this raw key is gone from its system."""
        self._act(lambda actor: actor.save("D", actor.licence(system, key)))

    def close_case(self, number: str) -> None:
        """The case is granted and closed."""
        self._act(lambda actor: actor.close_case(truth.case_record(actor.conn, number)))

    def accept_case(
        self,
        item_code: str,
        applicant_kind: str,
        applicant_number: str,
        applicant_name: str,
        post: str,
    ) -> tuple[str, str]:
        """A new case at the one-window: (case number, raw key of its row).

        Raises CityError for an item that nobody offers or an applicant that cannot be.
        """
        applicant = (applicant_kind, applicant_number, applicant_name)
        made: tuple[str, str] = self._act(
            lambda actor: actor.accept_case(item_code, applicant, post)
        )
        return made
