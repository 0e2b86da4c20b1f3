"""A plan's lines, kept for the bureau's sums: one row a plan, in the plan's own transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import Connection, insert

from certs.rights.reasons import NOT_VALID
from certs.rights.scene import Scene
from certs.waivers.lines import VERDICTS, PlanLine
from certs.waivers.sources import of_type
from certs.waivers.tables import planned
from registry import divisions

#: Reasons that lie with a source: it is named beside them.
OF_SOURCE = NOT_VALID | {
    "source_resting", "stale", "never_complete", "not_asked", "licence_not_found",
    "under_correction",
}  # fmt: skip

KEEP = insert(planned)  # built once


def keep(conn: Connection, home: Path, now: Scene, post: str, lines: Sequence[PlanLine]) -> None:
    """One row, and no lock: plans of one case do not wait for each other here."""
    if now.case is None or now.item is None:
        raise ValueError("a plan needs a case and its item")
    place = divisions.resolve(now.item.division) if now.item.division else None
    row = {
        "case_number": now.case.case_number,
        "item_id": now.item.item_id,
        "division": place.name if place else "",
        "department": now.facts().item_department or "",
        "post": post,
        "at": now.now,
        "lines": _once(home, now, lines),
    }
    conn.execute(KEEP, row)


def _once(home: Path, now: Scene, lines: Sequence[PlanLine]) -> list[dict[str, str]]:
    """Each material once: of several situations' lines the one that asks most."""
    types = {one.material_id: one.licence_types for one in now.materials}
    worst: dict[str, PlanLine] = {}
    for one in lines:
        other = worst.get(one.material_id, one)
        worst[one.material_id] = min(other, one, key=lambda line: VERDICTS.index(line.verdict))
    return [_said(home, types, one) for one in worst.values()]


def _said(home: Path, types: Mapping[str, Sequence[str]], one: PlanLine) -> dict[str, str]:
    own = one.detail == "applicants_own"
    verdict = "own" if own else one.verdict if one.promised_until is None else "promised"
    return {
        "material_id": one.material_id,
        "material": one.name,
        "verdict": verdict,
        "detail": one.detail or "",
        "source": _source(home, types.get(one.material_id, ()), one),
    }


def _source(home: Path, types: Sequence[str], one: PlanLine) -> str:
    """The system that the line is about; where none is connected, the types that none gives."""
    if one.system is not None:
        return one.system
    if one.detail == "not_connected":
        return "、".join(types)
    if one.detail in OF_SOURCE:
        systems = sorted({source.system for name in types for source in of_type(home, name)})
        return systems[0] if systems else ""
    return ""
