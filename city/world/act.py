"""What happens in the city after it was made: one Actor a transaction."""

from __future__ import annotations

import json
import sqlite3
from random import Random
from typing import Any

from city.world.clock import now_text
from city.world.errors import CityError
from city.world.keys import raw_key
from city.world.render import Shape
from city.world.store import COLUMNS, Record, load, log, put, read_meta, write_meta

ROW = f"SELECT {COLUMNS} FROM record"  # noqa: S608


def case_record(conn: sqlite3.Connection, number: str) -> Record:
    """The live case with this number. Raises CityError when there is none."""
    for row in conn.execute(f"{ROW} WHERE ref = ? AND deleted = 0", (number,)):
        one = load(row)
        if one.data.get("case_number") == number:
            return one
    raise CityError(f"the city has no case {number}")


def case_truth(conn: sqlite3.Connection, one: Record) -> dict[str, Any]:
    """number, state, post, item_code and the licences that the applicant holds."""
    data = one.data
    holds = []
    for row in conn.execute(
        f"{ROW} WHERE (holder = ? OR co_holder = ?) AND deleted = 0 ORDER BY system, id",
        (data["applicant_number"], data["applicant_number"]),
    ):
        licence = load(row).data
        if "type" in licence:
            holds.append({name: licence.get(name) for name in ("type", "status", "valid_to")})
    names = {"number": "case_number", "state": "state", "post": "post", "item_code": "item_code"}
    return {**{name: data[field] for name, field in names.items()}, "holds": holds}


def personal_numbers(conn: sqlite3.Connection) -> list[str]:
    """Citizen numbers of holders and applicants as written, right or mistyped."""
    found: set[str] = set()
    for text, fault in conn.execute("SELECT data, fault FROM record"):
        data = json.loads(text)
        for kind, name in (("holder_kind", "holder_number"), ("applicant_kind", "applicant_number")):
            if data.get(kind) == "person":
                found.add(data[name])
        if data.get("co_holder_number"):
            found.add(data["co_holder_number"])
        for raw in (json.loads(fault) if fault else {}).values():
            if raw and len(raw) >= 15 and raw[:14].isdigit():
                found.add(raw)
    return sorted(found)


class Actor:
    """Changes records in one open transaction; remembers the streams that it touched."""

    def __init__(
        self,
        conn: sqlite3.Connection,
        shapes: dict[tuple[str, str], Shape],
        wire: dict[str, Any],
        seed: int,
    ) -> None:
        self.conn, self.shapes, self.wire, self.seed = conn, shapes, wire, seed
        self.touched: dict[tuple[str, str], None] = {}
        self.now = max(now_text(), read_meta(conn, "clock") or "")
        write_meta(conn, "clock", self.now)

    def save(self, op: str, one: Record) -> None:
        """Store a record as changed now; op is I, U or D."""
        one.updated, one.deleted = self.now, op == "D"
        put(self.conn, [one])
        if self.shapes[one.system, one.stream].deletes == "change":
            log(self.conn, [(op, one)])
        self.touched[one.system, one.stream] = None

    def new(self, system: str, stream: str, data: dict[str, Any]) -> Record:
        """A record with the next raw key of its stream, saved."""
        place = f"{system}/{stream}"
        count = int(read_meta(self.conn, f"last/{place}") or 0) + 1
        write_meta(self.conn, f"last/{place}", str(count))
        key = raw_key(self.seed, self.wire[system]["dialect"], place, count)
        one = Record(system, stream, key, self.now, data)
        self.save("I", one)
        return one

    def licence(self, system: str, key: str) -> Record:
        """The live licence with this raw key."""
        row = self.conn.execute(
            f"{ROW} WHERE system = ? AND stream = 'licence' AND id = ? AND deleted = 0",
            (system, key),
        ).fetchone()
        if row is None:
            raise CityError(f"{system} has no live licence with that key")
        return load(row)

    def revoke(self, system: str, key: str) -> None:
        """Set the licence's status to revoked."""
        one = self.licence(system, key)
        one.data["status"] = "revoked"
        self.save("U", one)

    def delete(self, system: str, key: str) -> None:
        """Take the licence away."""
        self.save("D", self.licence(system, key))

    def close_case(self, one: Record) -> None:
        """Grant the case and close it now."""
        one.data.update(state="granted", closed=self.now)
        self.save("U", one)

    def accept_case(
        self, item_code: str, applicant: tuple[str, str, str], post: str
    ) -> tuple[str, str]:
        """A new case in xzsp_window: (case number, raw key)."""
        kind, number, name = applicant
        count = int(read_meta(self.conn, "last/xzsp_window/case") or 0) + 1
        data = {
            "case_number": f"GZ01-{self.now[:10].replace('-', '')}-{count:05d}",
            "item_code": item_code,
            "department": None,
            "post": post,
            "state": "accepted",
            "opened": self.now,
            "closed": None,
            "applicant_name": name,
            "applicant_number": number,
            "applicant_kind": kind,
        }
        one = self.new("xzsp_window", "case", data)
        return str(data["case_number"]), one.id

    def many(self, count: int, seed: int) -> dict[str, int]:
        """thin"""
        rng = Random(f"changes/{seed}")
        done = {"new": 0, "changed": 0, "revoked": 0, "deleted": 0}
        streams = [key for key, shape in self.shapes.items() if shape.copies]
        for n in range(count):
            system, stream = streams[n % len(streams)]
            keys = [r[0] for r in self.conn.execute("SELECT id FROM record WHERE system=? AND stream=? AND deleted=0 AND reason IS NULL", (system, stream))]
            if len(keys) < 3:
                continue
            one = load(self.conn.execute(f"{ROW} WHERE system=? AND stream=? AND id=?", (system, stream, rng.choice(keys))).fetchone())
            if rng.random() < 0.2:
                self.save("D", one)
                done["deleted"] += 1
            else:
                self.save("U", one)
                done["changed"] += 1
        return done
