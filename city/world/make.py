"""Making a city: once, into an empty folder, in order of systems."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from city.world import faults
from city.world.cases import CaseMaker, Holders
from city.world.clock import ANCHOR, CANONICAL
from city.world.errors import CityError
from city.world.items import Catalogue, make_catalogue
from city.world.keys import raw_key
from city.world.licences import EXAMPLE_TYPES, Licences
from city.world.people import People, make_people
from city.world.render import Shape, load_wire, shapes
from city.world.store import INDEXES, SCHEMA, Record, dump, log, put, read_meta, write_meta

FORMAT = "1"  # a city made by another way of making is not opened
CATALOGUE_FROM, CATALOGUE_DAYS = date(2026, 3, 1), 200
Rows = list[dict[str, Any]]


def ensure(home: Path, seed: int, people: int) -> Path:
    """The city's file in `home`, made if need be. Refuses a city of another seed or size."""
    if people < 50:
        raise CityError(f"a city has at least 50 people, not {people}")
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
        held = [read_meta(conn, name) for name in ("seed", "people", "format")]
    finally:
        conn.close()
    if held != [str(seed), str(people), FORMAT]:
        raise CityError(
            f"{home} holds a city of seed {held[0]} and {held[1]} people (format {held[2]}), not"
            f" of seed {seed} and {people} people: use another folder, or remove this one"
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
        types = [name for shape in self.shapes.values() for name in shape.types]
        self.catalogue: Catalogue = make_catalogue(seed, count, types)
        self.orders = {system: order for order, system in enumerate(self.wire, 1)}

    def run(self) -> None:
        """Every stream of every system: licences first, cases lean on them."""
        licences = {
            key: list(self._licence_maker(shape).all())
            for key, shape in self.shapes.items()
            if shape.kind == "licence"
        }
        holders = self._holders(licences)
        for key, shape in self.shapes.items():
            rng = Random(f"{shape.system}/{shape.stream}/{self.seed}")
            if shape.kind == "licence":
                rows = licences[key]
                times = [_moment(one["issued"], rng) for one in rows]
            elif shape.kind == "case":
                rows = self._cases(shape.system, holders, rng)
                times = [one["closed"] or one["opened"] for one in rows]
            else:
                rows = self._catalogue_rows(shape)
                first = CATALOGUE_FROM
                days = [first + timedelta(days=rng.randrange(CATALOGUE_DAYS)) for _ in rows]
                times = [_moment(day.isoformat(), rng) for day in days]
            self._save(shape, rows, times, rng)
        write_meta(self.conn, "example", dump(self._example()))

    def _licence_maker(self, shape: Shape) -> Licences:
        rng = Random(f"licences/{shape.system}/{self.seed}")
        return Licences(shape, self.wire[shape.system]["department"], self.people, rng)

    def _holders(self, licences: dict[tuple[str, str], Rows]) -> Holders:
        """Who holds a valid licence of a type that some system gives copies of."""
        everybody = {one.number: one for one in self.people.persons} | {
            one.code: one for one in self.people.firms
        }
        holders: Holders = {}
        for key, rows in licences.items():
            if self.shapes[key].copies:
                for one in rows:
                    who = everybody.get(one["holder_number"])
                    if who is not None and one["status"] == "valid":
                        holders.setdefault(one["type"], []).append(who)
        return holders

    def _cases(self, system: str, holders: Holders, rng: Random) -> Rows:
        department, order = self.wire[system]["department"], self.orders[system]
        maker = CaseMaker(system, order, department, self.people, self.catalogue, holders)
        return maker.many(self.count // (2 if system == "xzsp_window" else 10), rng)

    def _catalogue_rows(self, shape: Shape) -> Rows:
        held = self.catalogue
        streams: dict[tuple[str, str], Rows] = {
            ("xzsp_items", "item"): [
                *held.canonical_rows,
                *(one.row for one in held.city),
                *(one.row for one in held.county),
                *held.local_rows,
            ],
            ("xzsp_items", "material"): held.item_materials,
            ("xzsp_window", "material"): held.city_materials,
            ("xzsp_policy", "item"): [one.row for one in held.policy],
        }
        rows = streams.get((shape.system, shape.stream))
        if rows is None:
            raise CityError(f"the city makes nothing for {shape.system}/{shape.stream}")
        return rows

    def _save(self, shape: Shape, rows: Rows, times: list[str], rng: Random) -> None:
        dialect, place = self.wire[shape.system]["dialect"], f"{shape.system}/{shape.stream}"
        records = [
            Record(
                *(shape.system, shape.stream, raw_key(self.seed, dialect, place, number)),
                *(updated, data),
                pinned=self._pinned(data),
            )
            for number, (data, updated) in enumerate(zip(rows, times, strict=True), 1)
        ]
        if shape.copies:
            faults.spoil(shape, records, rng)
        write_meta(self.conn, f"last/{place}", str(len(records)))
        put(self.conn, records)
        if shape.deletes == "change":
            in_time = sorted(records, key=lambda one: (one.updated, one.id))
            log(self.conn, (("I", one) for one in in_time))

    def _pinned(self, data: dict[str, Any]) -> bool:
        """Whether the worked example leans on this row."""
        example = self.catalogue.example
        codes = (example.code, example.canonical.code)
        if data.get("code") in codes or data.get("item_code") in codes:
            return "case_number" not in data or data["case_number"].endswith("-00001")
        firm = self.people.firms[0].code
        return data.get("holder_number") == firm and data.get("type") in EXAMPLE_TYPES

    def _example(self) -> dict[str, Any]:
        item = self.catalogue.example
        row = self.conn.execute(
            "SELECT json_extract(data, '$.case_number') FROM record"
            " WHERE system = 'xzsp_window' AND stream = 'case' AND pinned = 1"
        ).fetchone()
        materials = []
        for one in self.catalogue.materials[item.canonical.index]:
            waived = one["name"] in EXAMPLE_TYPES
            licence = one["name"] if waived else None
            materials.append({"name": one["name"], "waived": waived, "licence_type": licence})
        return {"case": row[0], "post": "sc-02", "materials": materials}


def _moment(day: str, rng: Random) -> str:
    """A moment of office hours at or soon after a day, before the city's anchor."""
    at = datetime.fromisoformat(day) + timedelta(
        days=rng.randrange(4), hours=8 + rng.randrange(10), seconds=rng.randrange(3600)
    )
    return min(at, ANCHOR - timedelta(seconds=rng.randrange(60))).strftime(CANONICAL)
