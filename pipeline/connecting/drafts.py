"""Contracts that were handed on: what waits for whom, what one of them changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select

from kernel.canonical import digest
from kernel.errors import BadInput
from kernel.house import House
from pipeline.connecting.rows import DraftPage, DraftRow
from pipeline.connecting.shown import checked, trial_row
from registry import sketches
from registry.applied import in_force
from registry.draft_text import whole_text
from registry.tables import draft, system_version
from registry.versions import differences

SHOWN = 20


def waiting(house: House, conn: Connection) -> list[DraftRow]:
    """Those that nobody has decided yet, the longest first."""
    query = select(draft).where(draft.c.decision.is_(None)).order_by(draft.c.id)
    newest = {row.system: row for row in conn.execute(query)}  # of one system the last counts
    return _rows(house, sorted(newest.values(), key=lambda row: int(row.id)))


def of_system(house: House, conn: Connection, code: str) -> list[DraftRow]:
    """Those of one system, the newest first."""
    query = select(draft).where(draft.c.system == code).order_by(draft.c.id.desc()).limit(SHOWN)
    return _rows(house, conn.execute(query))


def page(house: House, conn: Connection, code: str, version: int) -> DraftPage:
    """The newest draft for that version. Raises BadInput when there is none."""
    query = select(draft).where(draft.c.system == code, draft.c.version == version)
    row = conn.execute(query.order_by(draft.c.id.desc()).limit(1)).one_or_none()
    if row is None:
        raise BadInput("没有这一份待批的约定")
    _, contract = checked(row.text)
    before = _contract(conn, code, version - 1)
    made_by = sketches.load(house, conn, code)
    trial = trial_row(made_by.trial, contract) if made_by else None
    fits = trial if trial is not None and trial.fits else None
    return DraftPage(_rows(house, [row])[0], row.text, tuple(differences(before, contract)), fits)


def settled(house: House, code: str) -> None:
    """Forget the sketch that is in force now, with the rows that it showed."""
    with house.engine.begin() as conn:
        kept = sketches.load(house, conn, code)
        if kept is None:
            return
        _, contract = checked(whole_text(kept.said))
        if contract and digest(contract) == in_force(conn, code)[1]:
            sketches.drop(conn, code)


def _contract(conn: Connection, code: str, version: int) -> dict[str, Any]:
    """The contract of a version; empty where there is none, or it was taken out."""
    t = system_version.c
    query = select(t.contract).where(t.system == code, t.version == version)
    found = conn.execute(query).scalar_one_or_none() or {}
    return {} if "gone" in found else dict(found)


def _rows(house: House, rows: Iterable[Any]) -> list[DraftRow]:
    now = house.clock()
    return [
        DraftRow(
            r.system, r.version, r.by, r.at, (now - r.at).days, r.decision, r.decided_by, r.why
        )
        for r in rows
    ]
