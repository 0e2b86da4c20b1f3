"""What happens in the city after it was made: one Actor a transaction."""

from __future__ import annotations

import sqlite3
from typing import Any

from city.world.cases import case_number
from city.world.clock import now_text
from city.world.errors import CityError
from city.world.keys import raw_key
from city.world.numbers import valid_citizen, valid_credit_code
from city.world.render import Shape
from city.world.store import COLUMNS, Record, load, log, put, read_meta, write_meta

ROW = f"SELECT {COLUMNS} FROM record"  # noqa: S608 - a constant list of columns
WINDOW = "xzsp_window"


class Actor:
    """Changes records in one open transaction; `touched` are the streams that it changed."""

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

    def next_count(self, system: str, stream: str) -> int:
        """The running number of the stream's next new row."""
        return int(read_meta(self.conn, f"last/{system}/{stream}") or 0) + 1

    def add(self, system: str, stream: str, data: dict[str, Any]) -> Record:
        """A record with the next raw key of its stream, saved."""
        place, count = f"{system}/{stream}", self.next_count(system, stream)
        write_meta(self.conn, f"last/{place}", str(count))
        key = raw_key(self.seed, self.wire[system]["dialect"], place, count)
        one = Record(system, stream, key, self.now, data)
        self.save("I", one)
        return one

    def licence(self, system: str, key: str) -> Record:
        """The live licence with this raw key. Raises CityError when there is none."""
        row = self.conn.execute(
            f"{ROW} WHERE system = ? AND stream = 'licence' AND id = ? AND deleted = 0",
            (system, key),
        ).fetchone()
        if row is None:
            raise CityError(f"{system} has no live licence with that key")
        return load(row)

    def revoke(self, one: Record) -> None:
        """Set a licence's status to revoked."""
        one.data["status"] = "revoked"
        self.save("U", one)

    def close_case(self, one: Record) -> None:
        """Grant a case and close it now."""
        one.data.update(state="granted", closed=self.now)
        self.save("U", one)

    def new_number(self, system: str) -> str:
        """The number of the system's next case."""
        order = list(self.wire).index(system) + 1
        return case_number(order, self.now, self.next_count(system, "case"))

    def accept_case(
        self, item_code: str, applicant: tuple[str, str, str], post: str
    ) -> tuple[str, str]:
        """A new case in the one-window: (case number, raw key).

        `applicant` is (kind, number, name). Raises CityError for an item that nobody offers, an
        unknown kind and a number that cannot be.
        """
        kind, number, name = applicant
        checks = {"person": valid_citizen, "organisation": valid_credit_code}
        if kind not in checks:
            raise CityError("the applicant's kind is neither person nor organisation")
        if not checks[kind](number) or not name or not post:
            raise CityError("the applicant's number, the name or the post is not right")
        data = {
            "case_number": self.new_number(WINDOW),
            "item_code": item_code,
            "department": self._department(item_code),
            "post": post,
            "state": "accepted",
            "opened": self.now,
            "closed": None,
            "applicant_name": name,
            "applicant_number": number,
            "applicant_kind": kind,
        }
        return str(data["case_number"]), self.add(WINDOW, "case", data).id

    def _department(self, item_code: str) -> str:
        for row in self.conn.execute(f"{ROW} WHERE ref = ? AND deleted = 0", (item_code,)):
            data = load(row).data
            if data.get("code") == item_code:
                return str(data["department"])
        raise CityError(f"nobody in the city offers the item {item_code}")
