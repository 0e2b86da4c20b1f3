"""A holder's own licences, for a holder who has proved who they are. No case: it is theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from sqlalchemy import Connection

from certs.looks.opening import document_of
from certs.rights import right
from certs.rights.scene import Scene
from certs.waivers.candidates import Candidate, candidates
from kernel.house import House
from ledger import watch
from registry import licence_types

Row: TypeAlias = tuple[str, str, str]  # system, stream, key hash


def offerable(house: House, conn: Connection, holder: str) -> dict[Row, str]:
    """The published licences that this holder (keyed hash) may be given now: the row that each
    landed as, and its id."""
    return {
        (one.source.system, one.source.stream, one.row[0]): one.licence_id
        for one in _theirs(house, conn, holder)
        if one.row is not None and one.licence_id is not None
        if isinstance(right.check(_facts(house, holder, one), "own"), right.Allowed)
    }


def open_own(
    house: House, conn: Connection, holder: str, licence_id: str
) -> Mapping[str, Any] | right.Denied:
    """The document of a holder's own licence, or why they may not be given it now."""
    chosen = next(
        (one for one in _theirs(house, conn, holder) if one.licence_id == licence_id), None
    )
    decision = right.check(_facts(house, holder, chosen), "own")
    if isinstance(decision, right.Denied) or chosen is None:
        return decision if isinstance(decision, right.Denied) else right.Denied("licence_not_found")
    stopped = watch.no_look(conn, house.clock())
    return right.Denied(stopped) if stopped else document_of(house, conn, chosen, holder)


def _theirs(house: House, conn: Connection, holder: str) -> list[Candidate]:
    found = candidates(house, conn, holder, licence_types.load(), ())
    return [one for one in found if one.licence_id is not None]


def _facts(house: House, holder: str, one: Candidate | None) -> right.Facts:
    bare = Scene("holder", "", None, None, False, 0, None, None, house.clock()).facts()
    if one is None:
        return replace(bare, holder=holder)
    return replace(bare, holder=holder, licence_type=one.type, licence=one.facts)
