"""Reads a schema as CSV, writes the proposals as CSV.

In: `table_name,table_comment,column_name,type,column_comment`, a line a column, in UTF-8 (with or
without BOM) or GB 18030. Out: `table_name,column_name,field,confidence,reason`, a line for each
line that came in, in its order.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from kernel.csvfiles import text_of
from kernel.errors import BadInput
from registry.propose import Column, TableProposal, propose, tables

SCHEMA = ("table_name", "table_comment", "column_name", "type", "column_comment")
PROPOSED = ("table_name", "column_name", "field", "confidence", "reason")
BYTES_ALLOWED = 64 * 1024 * 1024

Line = tuple[str, str, Column]


def read(file: Path) -> list[Line]:
    """Table, its comment and a column for every line. Raises BadInput naming file and line."""
    lines = csv.reader(io.StringIO(text_of(file, BYTES_ALLOWED), newline=""), strict=True)
    try:
        header = [name.strip() for name in next(lines, [])]
        _header(file, header)
        places = [header.index(name) for name in SCHEMA]
        return [_line(file, lines.line_num, row, places) for row in lines if row]
    except csv.Error as error:
        raise BadInput(f"{file.name}, line {lines.line_num}: not CSV ({error})") from None


def write(file: Path, lines: Sequence[Line], found: dict[str, TableProposal]) -> None:
    """The proposals in the order of the lines. Raises BadInput when the file cannot be written."""
    by_name = {table: {one.column: one for one in made.columns} for table, made in found.items()}
    try:
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(PROPOSED)
            for table, _, column in lines:
                one = by_name[table][column.name]
                writer.writerow(
                    [table, column.name, one.field, f"{one.confidence:.2f}", one.reason]
                )
    except OSError as error:
        raise BadInput(f"{file} cannot be written: {error.strerror}") from None


def proposals(lines: Sequence[Line]) -> dict[str, TableProposal]:
    """A proposal for each table."""
    return {
        name: propose(name, comment, columns) for name, (comment, columns) in tables(lines).items()
    }


def _header(file: Path, header: list[str]) -> None:
    missing = [name for name in SCHEMA if name not in header]
    if missing:
        raise BadInput(
            f"{file.name}, line 1: {', '.join(missing)} missing; "
            f"the first line must name {','.join(SCHEMA)}"
        )


def _line(file: Path, number: int, row: list[str], places: list[int]) -> Line:
    if len(row) <= max(places):
        raise BadInput(
            f"{file.name}, line {number}: {len(row)} values where the first line has more"
        )
    table, comment, column, type_, said = (row[place].strip() for place in places)
    if not table or not column:
        name = "column_name" if table else "table_name"
        raise BadInput(f"{file.name}, line {number}: {name} is empty, every line needs one")
    return table, comment, Column(column, type_, said)
