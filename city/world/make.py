"""Making a city: once, in one transaction, into an empty folder."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from city.world import cases, faults, items
from city.world.clock import ANCHOR, CANONICAL
from city.world.errors import CityError
from city.world.keys import raw_key
from city.world.licences import Licences, load_rules
from city.world.people import People, Person, citizen_number, make_people
from city.world.places import County
from city.world.render import Shape, load_wire, shapes
from city.world.store import INDEXES, SCHEMA, Record, log, put, read_meta, write_meta

FORMAT = "1"


def ensure(home: Path, seed: int, people: int) -> Path:
    """The city's file in `home`, made if need be. Refuses a city of another seed or size."""
    file = home / "world.db"
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        fresh = home / "world.db.new"
        fresh.unlink(missing_ok=True)
        _make(fresh, seed, people)
        fresh.rename(file)
        return file
    conn = sqlite3.connect(file)
    try:
        held = (read_meta(conn, "seed"), read_meta(conn, "people"), read_meta(conn, "format"))
    finally:
        conn.close()
    if held != (str(seed), str(people), FORMAT):
        raise CityError(
            f"{home} holds a city of seed {held[0]} and {held[1]} people, not of seed {seed} and"
            f" {people}: use another folder, or remove this one"
        )
    return file


def _make(file: Path, seed: int, people: int) -> None:
    conn = sqlite3.connect(file, isolation_level=None)
    try:
        conn.execute("PRAGMA journal_mode = OFF")
        conn.execute("PRAGMA synchronous = OFF")
        conn.executescript(SCHEMA)
        conn.execute("BEGIN")
        Making(conn, seed, people).run()
        for name, value in (("seed", seed), ("people", people), ("format", FORMAT)):
            write_meta(conn, name, str(value))
        conn.execute("COMMIT")
        conn.executescript(INDEXES)
        conn.execute("PRAGMA journal_mode = WAL")
    finally:
        conn.close()


class Making:
    """One run of making."""

    def __init__(self, conn: sqlite3.Connection, seed: int, count: int) -> None:
        self.conn, self.seed, self.count = conn, seed, count
        self.wire: dict[str, Any] = load_wire()
        self.shapes = shapes(self.wire)
        self.people: People = make_people(seed, count)

    def run(self) -> None:
        """Every stream of every system."""
        catalogue = items.make_catalogue(self.seed, self.count)
        held: dict[str, list[dict[str, Any]]] = {}
        for (system, stream), shape in self.shapes.items():
            rng = Random(f"{system}/{stream}/{self.seed}")
            if shape.kind == "licence":
                maker = Licences(shape, self.wire[system]["department"], self.people, rng)
                rows: list[dict[str, Any]] = list(maker.all())
                held[system] = rows
                moments = [one["issued"] for one in rows]
            elif shape.kind == "case":
                rows = cases.make_cases(system, self.count, self.people, catalogue, rng)
                moments = [(one["closed"] or one["opened"])[:10] for one in rows]
            elif shape.kind in ("item", "material"):
                rows = items.rows_of(system, shape.kind, catalogue)
                moments = ["2026-05-01"] * len(rows)
            else:
                raise CityError(f"no kind of stream {shape.kind}")
            self._save(shape, rows, moments, rng)
        write_meta(self.conn, "example", "{}")

    def _save(
        self, shape: Shape, rows: list[dict[str, Any]], moments: list[str], rng: Random
    ) -> None:
        dialect = self.wire[shape.system]["dialect"]
        place = f"{shape.system}/{shape.stream}"
        records = [
            Record(
                shape.system,
                shape.stream,
                raw_key(self.seed, dialect, place, number),
                _moment(day, rng),
                data,
            )
            for number, (data, day) in enumerate(zip(rows, moments, strict=True), 1)
        ]
        if shape.copies:
            faults.spoil(shape, records, rng)
        write_meta(self.conn, f"last/{place}", str(len(records)))
        put(self.conn, records)
        if shape.deletes == "change":
            log(self.conn, _loads(records))


def _loads(records: list[Record]) -> Iterator[tuple[str, Record]]:
    for one in sorted(records, key=lambda r: (r.updated, r.id)):
        yield "I", one


def _moment(day: str, rng: Random) -> str:
    """A working-day moment at or soon after a day, before the city's anchor."""
    at = datetime.strptime(day, "%Y-%m-%d") + timedelta(  # noqa: DTZ007
        days=rng.randrange(4), hours=8 + rng.randrange(10), seconds=rng.randrange(3600)
    )
    return min(at, ANCHOR - timedelta(seconds=rng.randrange(60))).strftime(CANONICAL)


def test_subject(shape: Shape) -> dict[str, Any]:
    """The canonical row of the test subject: nobody, with a valid number."""
    rng = Random("test subject")
    day = ANCHOR.date() - timedelta(days=400)
    number = citizen_number(rng, "360702", day.replace(year=1990), False)
    county = County("章贡区", "360702")
    nobody = Person(0, "测试对象", number, day.replace(year=1990), False, county, "测试地址")
    other = Person(1, "测试对象二", citizen_number(rng, "360702", nobody.born, True), nobody.born,
                   True, county, "测试地址")
    for one, two in ((nobody, other), (other, nobody)):
        one.spouse, one.married, one.mother, one.father = two.index, day, 1, 0
        one.divorced = two.index
    licences = Licences(shape, "市公安局", People([nobody, other], []), rng)
    rule = load_rules()[shape.types[0]]
    made = licences.grant(rule.type, nobody)
    if made is None:
        raise CityError(f"no test subject for {rule.type}")
    made.update(status="valid", holder_number=nobody.number)
    return {**made, "id": "TEST-SUBJECT", "updated": ANCHOR.strftime(CANONICAL)}
