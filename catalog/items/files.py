"""A CSV of names and a CSV of canonical items in, a CSV of verdicts out."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from catalog.items.match import Canonical, Index, Local, Verdict
from catalog.items.weigh import judge_all
from kernel.errors import BadInput

QUERY = ("query_id", "query_name")
CANONICAL = ("canonical_id", "name")
#: The longest text that a column of a name may hold; the longest real name has 200 characters.
LONGEST = 1000
#: The most bytes of a file: a million names.
MOST = 200 * 1024**2
GIVEN = ("query_id", "relation", "canonical_ids", "confidence", "auto", "reason", "candidates")


@dataclass(frozen=True)
class MatchCounts:
    """Rows judged, of these the same as a canonical item, and rows that a person should see."""

    rows: int
    same: int
    to_a_person: int


def match_files(queries: Path, canonical: Path, target: Path) -> MatchCounts:
    """Write `target` with one row for each of `queries`, in order.

    Columns that may be missing or empty: parent, department, base_code of the queries; department,
    main_item, task_type, base_code of the canonical items. Others are left aside. Raises BadInput
    for a file that is no CSV in UTF-8 or GB 18030, is too large, lacks a needed column, has no
    canonical item or one id of them twice; then nothing is written.
    """
    if not target.parent.is_dir():
        raise BadInput(f"{target.parent} is no folder: name a file in a folder that is there")
    if target.is_dir():
        raise BadInput(f"{target} is a folder: name a file in it")
    if target.resolve() in (queries.resolve(), canonical.resolve()):
        raise BadInput(f"{target} is a file that is read: name another one to write")
    items, id_of_code = _items(canonical)
    rows = _rows(queries, QUERY)
    locals_ = [_local(row, id_of_code) for row in rows]
    verdicts = judge_all(Index(items), locals_, candidates=True)
    lines = [
        (row["query_id"], *_columns(verdicts[local]))
        for row, local in zip(rows, locals_, strict=True)
    ]
    try:
        _write(target, lines)
    except OSError as error:
        raise BadInput(f"{target} cannot be written: {error.strerror}") from None
    found = [verdicts[local] for local in locals_]
    return MatchCounts(
        len(rows), sum(v.relation == "same" for v in found), sum(not v.auto for v in found)
    )


def _write(target: Path, lines: Sequence[Sequence[str]]) -> None:
    """The answers beside the target, then in its place: a broken run leaves what was there."""
    part = target.with_name(target.name + ".part")
    with part.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(GIVEN)
        out.writerows(lines)
    part.replace(target)


def _columns(verdict: Verdict) -> tuple[str, ...]:
    return (
        verdict.relation,
        " ".join(verdict.item_ids),
        f"{verdict.confidence:.3f}",
        "true" if verdict.auto else "false",
        verdict.why,
        " ".join(candidate.id for candidate in verdict.candidates),
    )


def _local(row: Mapping[str, str], id_of_code: Mapping[str, str]) -> Local:
    code = id_of_code.get(_text(row, "base_code"), "")
    return Local(row["query_name"].strip(), code, _text(row, "department"), _text(row, "parent"))


def _items(file: Path) -> tuple[list[Canonical], dict[str, str]]:
    """The canonical items, and the id of each base code that names one item alone."""
    items: dict[str, Canonical] = {}
    of_code: dict[str, set[str]] = {}
    for row in _rows(file, CANONICAL):
        key = row["canonical_id"].strip()
        if not key or " " in key:
            raise BadInput(f"{file}: canonical_id {key!r} must be text without spaces")
        if key in items:
            raise BadInput(f"{file}: canonical_id {key} is there twice")
        items[key] = Canonical(
            key,
            row["name"].strip(),
            _text(row, "main_item"),
            _text(row, "task_type"),
            _text(row, "department"),
        )
        if code := _text(row, "base_code"):
            of_code.setdefault(code, set()).add(key)
    if not items:
        raise BadInput(f"{file}: no canonical item: at least one line is needed below the header")
    return list(items.values()), {c: next(iter(k)) for c, k in of_code.items() if len(k) == 1}


def _text(row: Mapping[str, str | None], column: str) -> str:
    return (row.get(column) or "").strip()


def _rows(file: Path, needed: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a CSV that has the needed columns."""
    try:
        reader = csv.DictReader(io.StringIO(_text_of(file), newline=""), strict=True)
        missing = [name for name in needed if name not in (reader.fieldnames or ())]
        if missing:
            raise BadInput(
                f"{file}: the column {missing[0]} is missing; needed: {', '.join(needed)}"
            )
        rows = []
        for row in reader:
            if any(row[name] is None for name in needed):
                raise BadInput(f"{file}: line {reader.line_num} has too few columns")
            if any(len(value) > LONGEST for value in row.values() if isinstance(value, str)):
                raise BadInput(
                    f"{file}: line {reader.line_num} has a text of more than {LONGEST} characters"
                )
            rows.append(row)
        return rows
    except csv.Error as error:
        raise BadInput(f"{file}: no CSV: {error}") from None


def _text_of(file: Path) -> str:
    """The file's text, from UTF-8 or GB 18030."""
    try:
        if file.stat().st_size > MOST:
            raise BadInput(f"{file} is larger than {MOST // 1024**2} MB: cut it in parts")
        raw = file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}") from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput(f"{file} is neither UTF-8 nor GB 18030: save it as CSV UTF-8")
