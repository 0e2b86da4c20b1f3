"""What the city really holds, for tests and reports."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from city.world.act import ROW
from city.world.errors import CityError
from city.world.numbers import BETWEEN, long_form
from city.world.store import OF_HOLDER, Record, load


def case_record(conn: sqlite3.Connection, number: str) -> Record:
    """The live case with this number. Raises CityError when there is none."""
    for row in conn.execute(f"{ROW} WHERE ref = ? AND deleted = 0", (number,)):
        one = load(row)
        if one.data.get("case_number") == number:
            return one
    raise CityError(f"the city has no case {number}")


def case_truth(conn: sqlite3.Connection, one: Record) -> dict[str, Any]:
    """number, state, post, item_code, and `holds`: type, status, valid_to of what the applicant
    holds or co-holds anywhere, bad rows left out."""
    data, holds = one.data, []
    asked = long_form(data["applicant_number"])
    for row in conn.execute(
        f"{ROW} WHERE {OF_HOLDER} AND deleted = 0 AND reason IS NULL ORDER BY system, id",
        (asked, asked, asked),
    ):
        licence = load(row).data
        if "type" in licence:
            holds.append({name: licence.get(name) for name in ("type", "status", "valid_to")})
    return {
        "number": data["case_number"],
        "state": data["state"],
        "post": data["post"],
        "item_code": data["item_code"],
        "holds": holds,
    }


def personal_numbers(conn: sqlite3.Connection) -> list[str]:
    """Citizen numbers in every form in which they occur: 18 and 15 digits, mistyped ones."""
    found: set[str] = set()
    for text, fault in conn.execute("SELECT data, fault FROM record WHERE holder IS NOT NULL"):
        data = json.loads(text)
        if "person" in (data.get("holder_kind"), data.get("applicant_kind")):
            found.add(data.get("holder_number") or data["applicant_number"])
            wrong = json.loads(fault) if fault else {}
            found.update(raw for field, raw in wrong.items() if raw and field.endswith("_number"))
        if data.get("co_holder_number"):
            found.update(data["co_holder_number"].split(BETWEEN))
    long = {text for number in found if (text := long_form(number)) is not None}
    short = {text[:6] + text[8:17] for text in long if len(text) == 18 and text[6:8] == "19"}
    return sorted(found | long | short)
