"""What a licence is here, on a day: the authority's own, made under a mandate, or data only."""

from __future__ import annotations

from datetime import date

from registry import mandates
from registry.licence_types import LicenceType

DATA_ONLY = "data only"


def standing_on(kind: LicenceType, day: date) -> str:
    """issuer-sealed | delegated | data only. Without a mandate in force nothing is delegated:
    what would be made by us is then no licence but data."""
    if kind.standing == "delegated" and mandates.in_force(kind.name, day) is None:
        return DATA_ONLY
    return kind.standing
