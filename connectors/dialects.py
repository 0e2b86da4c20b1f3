"""What databases say differently: quotes, places for values, row limits, "behind this row".

Statements are built from names of the contract, quoted, and places for values; a value is never
part of a statement.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from kernel.errors import BadContract

#: What a column holds, as far as comparing with a text needs to know it.
Kind = Literal["number", "inexact", "time", "bytes", "text"]

_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("text", re.compile(r"interval|\[\]$")),
    ("inexact", re.compile(r"^(float|double|real|binary_(float|double))")),
    ("number", re.compile(r"^(big|small|tiny|medium)?int|num|dec|serial|money|^(bit|year|oid)$")),
    ("time", re.compile(r"date|time")),
    ("bytes", re.compile(r"bytea|blob|binary|raw|image")),
)
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def kind_of(type_name: str) -> Kind:
    """What a column of that type (the source's own name of it) holds."""
    lower = type_name.lower()
    return next((kind for kind, shape in _KINDS if shape.search(lower)), "text")


@dataclass(frozen=True)
class Dialect:
    """One database's SQL. `mark`: a place for a value, numbered where it ends with a colon."""

    name: str
    quotes: tuple[str, str]
    mark: Literal["%s", "?", ":"]
    limit: Literal["limit", "fetch", "top"] = "limit"
    row_values: bool = False
    as_time: str = "{}"

    def quoted(self, path: str) -> str:
        """A table's or column's name, quoted; a dot divides schema and table."""
        return ".".join(self.column(part) for part in path.split("."))

    def column(self, name: str) -> str:
        """A name, quoted. Raises BadContract for one that no database can have."""
        if not name or "\0" in name:
            raise BadContract("a table's or column's name is empty or holds a zero byte")
        first, last = self.quotes
        inner = name.replace(last, last * 2)
        return first + (inner.replace("%", "%%") if self.mark == "%s" else inner) + last

    def place(self, number: int, kind: Kind) -> str:
        """The place of the value with that number (from 1) that a column of `kind` is held to."""
        mark = f":{number}" if self.mark == ":" else self.mark
        return self.as_time.format(mark) if kind == "time" else mark

    def value(self, text: object, kind: Kind) -> object:
        """A value for such a place: what a cell's text stands for in a column of `kind`."""
        if not isinstance(text, str):
            return text
        if kind == "bytes":
            return bytes.fromhex(text)
        if kind in ("number", "inexact") and _NUMBER.fullmatch(text):
            return Decimal(text) if "." in text else int(text)
        return text


DIALECTS = {
    one.name: one
    for one in (
        Dialect("postgresql", ('"', '"'), "%s", row_values=True),
        Dialect("kingbase", ('"', '"'), "%s", row_values=True),
        Dialect("mysql", ("`", "`"), "%s"),
        Dialect("sqlite", ('"', '"'), "?", row_values=True),
        Dialect(
            "oracle",
            ('"', '"'),
            ":",
            "fetch",
            as_time="TO_TIMESTAMP({}, 'YYYY-MM-DD HH24:MI:SS.FF')",
        ),
        Dialect("mssql", ("[", "]"), "%s", "top", as_time="CONVERT(datetime2, {}, 121)"),
        Dialect("dameng", ('"', '"'), "?"),
    )
}


@dataclass
class Statement:
    """A statement being written: text and the values of its places, in their order.

    `kinds`: what each column holds; a column that is not there is held to be text.
    """

    dialect: Dialect
    kinds: dict[str, Kind] = field(default_factory=dict)
    values: list[object] = field(default_factory=list)

    def put(self, column: str, value: object) -> str:
        """A place for a value that this column is compared with."""
        kind = self.kinds.get(column, "text")
        self.values.append(self.dialect.value(value, kind))
        return self.dialect.place(len(self.values), kind)

    def compared(self, column: str, sign: str, value: object) -> str:
        """The column compared with a value: `"a" >= %s`."""
        return f"{self.dialect.column(column)} {sign} {self.put(column, value)}"

    def largest(self, column: str, table: str) -> str:
        """The column is the largest of its table."""
        name = self.dialect.column(column)
        return f"{name} = (SELECT MAX({name}) FROM {self.dialect.quoted(table)})"  # noqa: S608

    def among(self, column: str, values: Sequence[object]) -> str:
        """The column is one of these values."""
        places = ", ".join(self.put(column, one) for one in values)
        return f"{self.dialect.column(column)} IN ({places})"

    def behind(self, columns: Sequence[str], last: Sequence[object]) -> str:
        """Rows behind this one in the order of the columns.

        As a row value where the database can walk an index to it; else written out, with the
        first column's bound apart, so that an index on it serves.
        """
        if self.dialect.row_values:
            names = ", ".join(self.dialect.column(one) for one in columns)
            places = [self.put(one, value) for one, value in zip(columns, last, strict=True)]
            return f"({names}) > ({', '.join(places)})"
        first = self.compared(columns[0], ">=", last[0])
        parts = []
        for i, column in enumerate(columns):
            same = [self.compared(columns[j], "=", last[j]) for j in range(i)]
            parts.append(f"({' AND '.join([*same, self.compared(column, '>', last[i])])})")
        return f"{first} AND ({' OR '.join(parts)})"

    def select(
        self, what: str, table: str, where: Sequence[str], order: Sequence[str], limit: int | None
    ) -> str:
        """The whole SELECT. `what`: columns or expressions, quoted; the others: names."""
        top = f"TOP {limit} " if limit is not None and self.dialect.limit == "top" else ""
        parts = [f"SELECT {top}{what} FROM {self.dialect.quoted(table)}"]  # noqa: S608
        if where:
            parts.append("WHERE " + " AND ".join(where))
        if order:
            parts.append("ORDER BY " + ", ".join(self.dialect.column(one) for one in order))
        if limit is not None and self.dialect.limit == "limit":
            parts.append(f"LIMIT {limit}")
        if limit is not None and self.dialect.limit == "fetch":
            parts.append(f"FETCH FIRST {limit} ROWS ONLY")
        return " ".join(parts)
