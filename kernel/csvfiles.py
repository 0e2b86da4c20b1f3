"""CSV files that people hand in and take away: UTF-8 (with or without BOM) or GB 18030, bounded."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from kernel.errors import BadInput

#: The most bytes of a file: a million names.
MOST = 200 * 1024**2
#: The longest text of a cell.
LONGEST = 1000


def decoded(data: bytes) -> str | None:
    """The text of bytes; None when they are neither UTF-8 nor GB 18030."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def text_of(file: Path, most: int = MOST) -> str:
    """A file's text. Raises BadInput when it cannot be read, is larger than `most` bytes or is in
    another encoding."""
    try:
        if file.stat().st_size > most:
            raise BadInput(f"{file} is larger than {most // 1024**2} MB: cut it in parts")
        data = file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}") from None
    text = decoded(data)
    if text is None:
        raise BadInput(f"{file} is neither UTF-8 nor GB 18030: save it as CSV UTF-8")
    return text


def rows_of(file: Path, needed: Sequence[str]) -> list[dict[str, str]]:
    """The rows by heading. Raises BadInput when it is no CSV, lacks a needed column or cell, or
    holds a text beyond `LONGEST`."""
    reader = csv.DictReader(io.StringIO(text_of(file), newline=""), strict=True)
    rows = []
    try:
        missing = [name for name in needed if name not in (reader.fieldnames or ())]
        if missing:
            raise BadInput(
                f"{file}: the column {missing[0]} is missing; needed: {', '.join(needed)}"
            )
        for row in reader:
            if any(row[name] is None for name in needed):
                raise BadInput(f"{file}: line {reader.line_num} has too few columns")
            if any(len(value) > LONGEST for value in row.values() if isinstance(value, str)):
                raise BadInput(
                    f"{file}: line {reader.line_num} has a text of more than {LONGEST} characters"
                )
            rows.append(row)
    except csv.Error as error:
        raise BadInput(f"{file}: no CSV: {error}") from None
    return rows


def check_target(target: Path, *sources: Path) -> None:
    """Raise BadInput where no file can be written, or it is one of those that are read."""
    if not target.parent.is_dir():
        raise BadInput(f"{target.parent} is no folder: name a file in a folder that is there")
    if target.is_dir():
        raise BadInput(f"{target} is a folder: name a file in it")
    if target.resolve() in [one.resolve() for one in sources]:
        raise BadInput(f"{target} is a file that is read: name another one to write")


def write(target: Path, heading: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write beside the target, then in its place: a broken run leaves what was there."""
    part = target.with_name(target.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(heading)
            out.writerows(rows)
        part.replace(target)
    except OSError as error:
        raise BadInput(f"{target} cannot be written: {error.strerror}") from None
