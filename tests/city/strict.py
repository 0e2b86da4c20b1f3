"""A strict reader of wire rows, written apart from the city: is a row good?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from city.world.numbers import BETWEEN
from kernel.errors import SkipRow
from kernel.numbers import normalise_holder

FORMS = {"iso": "%Y-%m-%d", "compact": "%Y%m%d", "slash": "%Y/%m/%d", "chinese": "%Y年%m月%d日"}
REQUIRED = {
    "licence": "number type holder_name holder_number holder_kind issuer issued status",
    "case": "case_number item_code applicant_name applicant_number applicant_kind state opened",
    "item": "code name level",
    "material": "item_code name need purpose",
}
NUMBERS = (("holder_number", "holder_kind"), ("applicant_number", "applicant_kind"))


def is_good(stream: dict[str, Any], row: dict[str, str | None]) -> bool:
    """Whether every cell is there, readable, of a known category, and in order."""
    cells = {field: row[column] for field, column in stream["columns"].items()}
    if any(not cells[field] for field in REQUIRED[stream["kind"]].split()):
        return False
    for field, values in stream["enums"].items():
        if cells[field] is not None and cells[field] not in values.values():
            return False
    if "type" in cells and cells["type"] not in stream["types"]:
        return False
    return _times_good(stream, cells) and _numbers_good(stream, cells)


def _times_good(stream: dict[str, Any], cells: dict[str, str | None]) -> bool:
    try:
        days = [
            datetime.strptime(str(cells[field]), FORMS[stream["dates"]]).replace(tzinfo=UTC)
            for field in ("issued", "valid_from", "valid_to")
            if cells.get(field)
        ]
        for field in ("updated", "opened", "closed"):
            if cells.get(field):
                read_time(stream["times"], str(cells[field]))
    except ValueError:
        return False
    return days == sorted(days)


def read_time(form: str, text: str) -> datetime:
    """Raises ValueError when the text is not in the form."""
    if form == "text":
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    if form == "iso":
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z")
    return datetime.fromtimestamp(int(text) / 1000, UTC)


def _numbers_good(stream: dict[str, Any], cells: dict[str, str | None]) -> bool:
    try:
        for field, kind in NUMBERS:
            if field in cells:
                kinds = {text: name for name, text in stream["enums"][kind].items()}
                normalise_holder(kinds[str(cells[kind])], str(cells[field]))
        if cells.get("co_holder_number"):
            for one in str(cells["co_holder_number"]).split(BETWEEN):
                normalise_holder("person", one)
    except SkipRow:
        return False
    return True
