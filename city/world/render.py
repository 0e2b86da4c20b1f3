"""How a system writes its rows: wire.yml made into one writer a stream.

A row's canonical form is a dict of standard field names (`number`, `holder_kind`, `issued` …)
to text; dates are ISO, times `YYYY-MM-DD HH:MM:SS`, categories the English names of wire.yml.
A fault is a dict of fields to the wrong raw text that stands in the row instead.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib.resources import files
from typing import Any

import yaml

from city.world.clock import write_date, write_time

WireRow = dict[str, str | None]
DATE_FIELDS = {"issued", "valid_from", "valid_to"}
TIME_FIELDS = {"updated", "opened", "closed"}


def load_wire() -> dict[str, Any]:
    """The `systems` of city/data/wire.yml, by code."""
    text = (files("city") / "data" / "wire.yml").read_text(encoding="utf-8")
    systems: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)["systems"]  # noqa: S506
    return systems


def gbk_text(text: str) -> str:
    """What an old system keeps of a name: a rare character that GBK lacks becomes 〓."""
    return "".join(c if c.encode("gbk", "ignore") else "〓" for c in text)


class Shape:
    """One stream's way of writing: columns, forms and categories."""

    def __init__(self, system: str, stream: str, wire: dict[str, Any], gbk: bool = False) -> None:
        self.system, self.stream = system, stream
        self.gbk = gbk
        self.kind: str = wire["kind"]
        self.dates: str = wire["dates"]
        self.times: str = wire["times"]
        self.deletes: str = wire["deletes"]
        self.copies: bool = wire["mode"] != "lookup"
        self.types: list[str] = wire.get("types", [])
        self.columns: dict[str, str] = wire["columns"]
        self.details: dict[str, str] = wire.get("details", {})
        self.flag: str | None = wire["deleted_column"] if self.deletes == "flag" else None
        self.enums: dict[str, dict[str, str]] = wire["enums"]
        self._writers = [(field, col, self._writer(field)) for field, col in self.columns.items()]

    def _writer(self, field: str) -> Callable[[str], str] | None:
        if field in self.enums:
            return self.enums[field].__getitem__
        if field in DATE_FIELDS:
            return partial(write_date, self.dates)
        if field in TIME_FIELDS:
            return partial(write_time, self.times)
        if self.gbk and field.endswith("_name"):
            return gbk_text
        return None

    def write(
        self, data: dict[str, Any], fault: dict[str, str | None] | None, deleted: bool
    ) -> WireRow:
        """The row as the system gives it; `data` holds `id` and `updated` too."""
        row: WireRow = {}
        for field, column, writer in self._writers:
            value = data.get(field)
            row[column] = writer(value) if writer and value is not None else value
        own = data.get("details") or {}
        for name, column in self.details.items():
            row[column] = own.get(name)
        if fault:
            for field, raw in fault.items():
                row[self.columns[field]] = raw
        if self.flag:
            row[self.flag] = "1" if deleted else "0"
        return row


def shapes(wire: dict[str, Any]) -> dict[tuple[str, str], Shape]:
    """Every stream's shape by (system, stream), in the order of wire.yml."""
    return {
        (code, stream): Shape(code, stream, one, system.get("encoding") == "gbk")
        for code, system in wire.items()
        for stream, one in system["streams"].items()
    }
