"""A CSV of names and a CSV of canonical items in, a CSV of verdicts out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from catalog.items.match import Canonical, Index, Local, Verdict
from catalog.items.weigh import judge_all
from kernel import csvfiles
from kernel.errors import BadInput

QUERY = ("query_id", "query_name")
CANONICAL = ("canonical_id", "name")
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
    csvfiles.check_target(target, queries, canonical)
    items, id_of_code = _items(canonical)
    rows = csvfiles.rows_of(queries, QUERY)
    locals_ = [_local(row, id_of_code) for row in rows]
    verdicts = judge_all(Index(items), locals_, candidates=True)
    lines = [
        (row["query_id"], *_columns(verdicts[local]))
        for row, local in zip(rows, locals_, strict=True)
    ]
    csvfiles.write(target, GIVEN, lines)
    found = [verdicts[local] for local in locals_]
    return MatchCounts(
        len(rows), sum(v.relation == "same" for v in found), sum(not v.auto for v in found)
    )


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
    for row in csvfiles.rows_of(file, CANONICAL):
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
