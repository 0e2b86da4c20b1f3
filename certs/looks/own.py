"""A holder's own licences, for a holder who has proved who they are. No case: it is theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from certs.looks.opening import document_of
from certs.rights import right
from certs.rights.scene import Scene
from certs.waivers.candidates import Candidate, candidates
from kernel.house import House
from registry import licence_types


@dataclass(frozen=True)
class Own:
    """A published licence of the holder's, as it may be chosen; nothing that tells who it is of."""

    licence: str
    licence_type: str
    standing: str
    issued: date | None
    valid_to: date | None


def listed(house: House, conn: Connection, holder: str) -> list[Own]:
    """The licences that this holder (keyed hash) may be given now, by type and day of issue."""
    found = [
        Own(str(one.licence_id), one.type, one.standing, one.issued, one.facts.valid_to)
        for one in _theirs(house, conn, holder)
        if isinstance(right.check(_facts(house, holder, one), "own"), right.Allowed)
    ]
    return sorted(found, key=lambda one: (one.licence_type, one.issued or date.min, one.licence))


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
    return document_of(house, conn, chosen, holder)


def _theirs(house: House, conn: Connection, holder: str) -> list[Candidate]:
    found = candidates(house, conn, holder, licence_types.load(), ())
    return [one for one in found if one.licence_id is not None]


def _facts(house: House, holder: str, one: Candidate | None) -> right.Facts:
    bare = Scene("holder", "", None, None, False, 0, None, None, house.clock()).facts()
    if one is None:
        return replace(bare, holder=holder)
    return replace(bare, holder=holder, licence_type=one.type, licence=one.facts)
