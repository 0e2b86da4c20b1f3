"""The papers that licences could stand for: published lines that prove, with their cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from catalog.questions.cases import NONE, cases_by_item
from registry.contract import System

#: The applicant's own papers that prove, and are needed: what could be waived at all.
_PAPERS = text(
    "SELECT item_id, material_id, name, licence_types FROM catalog.published_material"
    " WHERE version = :version AND purpose = 'prove' AND role = 'applicant' AND need"
    " AND cardinality(licence_types) > 0 ORDER BY item_id, material_id, situation"
)
#: Copies that were complete once, and look-ups that answered once.
_GIVING = text(
    "SELECT system, stream FROM landing.cursor WHERE complete_at IS NOT NULL"
    " UNION SELECT system, stream FROM landing.probe WHERE answered"
)


@dataclass(frozen=True)
class Paper:
    """One material of one item, asked in `cases` cases a year; any one of `types` stands for it."""

    item_id: str
    material_id: str
    name: str
    types: frozenset[str]
    cases: int


def papers(conn: Connection, version: int, since: datetime) -> list[Paper]:
    """Every such paper once, by item and material. `since`: cases opened from then on count."""
    cases = cases_by_item(conn, version, since)
    found: dict[tuple[str, str], Paper] = {}
    for item_id, material_id, name, types in conn.execute(_PAPERS, {"version": version}):
        times = cases.get(item_id, NONE).since
        one = Paper(item_id, material_id, name, frozenset(types), times)
        found.setdefault((item_id, material_id), one)
    return list(found.values())


def types_by_system(systems: Mapping[str, System]) -> dict[str, frozenset[str]]:
    """The licence types that each system's contract gives; systems that give none are left out."""
    found: dict[str, set[str]] = {}
    for code, system in systems.items():
        for stream in system.streams.values():
            if stream.kind == "licence":
                found.setdefault(code, set()).update(stream.meanings("type"))
    return {code: frozenset(types) for code, types in found.items()}


def giving(conn: Connection, systems: Mapping[str, System]) -> dict[str, frozenset[str]]:
    """The licence types of the systems that are connected: whose licences have come or answered."""
    there = {(system, stream) for system, stream in conn.execute(_GIVING)}
    found: dict[str, set[str]] = {}
    for code, system in systems.items():
        for name, stream in system.streams.items():
            if stream.kind == "licence" and (code, name) in there:
                found.setdefault(code, set()).update(stream.meanings("type"))
    return {code: frozenset(types) for code, types in found.items()}


@dataclass(frozen=True)
class Step:
    """A system of the greedy order. `papers`: a year's, that it adds; `lines`: of so many lines."""

    system: str
    types: frozenset[str]  # that count: those by which it adds something
    papers: int
    lines: int


def greedy(
    wanted: list[Paper], offered: Mapping[str, frozenset[str]], have: Set[str]
) -> list[Step]:
    """Systems in the order of what each adds to those before it; those that add nothing are left
    out. Most papers first, then most lines, then by code. `have`: types that are there already.
    """
    by_types: Counter[frozenset[str]] = Counter()
    lines: Counter[frozenset[str]] = Counter()
    for one in wanted:
        if not one.types & have:
            by_types[one.types] += one.cases
            lines[one.types] += 1
    steps: list[Step] = []
    left = dict(offered)
    while left:
        gains = {code: [group for group in lines if group & types] for code, types in left.items()}
        best = min(
            left,
            key=lambda code: (
                -sum(by_types[one] for one in gains[code]),
                -sum(lines[one] for one in gains[code]),
                code,
            ),
        )
        met = gains[best]
        if not met:
            break
        counted = left.pop(best) & frozenset().union(*met)
        steps.append(
            Step(best, counted, sum(by_types[one] for one in met), sum(lines[one] for one in met))
        )
        for group in met:
            del lines[group], by_types[group]
    return steps
