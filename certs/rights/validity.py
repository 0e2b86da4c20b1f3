"""Whether a licence counts today: its state, its dates, how fresh its data is."""

from __future__ import annotations

from datetime import date, timedelta

from certs.rights.facts import Facts, LicenceFacts
from certs.rights.reasons import Detail

AHEAD = timedelta(minutes=5)  # how far two clocks may differ


def validity_detail(licence: LicenceFacts, facts: Facts) -> Detail | None:
    """Why a licence cannot be given as valid at `facts.now`; None when it can."""
    if not licence.live:
        return "licence_withdrawn"
    return (
        _state_detail(licence, facts.today)
        or ("under_correction" if licence.marked else None)
        or (None if licence.published else "licence_not_published")
        or (None if fresh(licence, facts) else "stale")
        or (None if _granted(licence, facts.today) else "grant_expired")
    )


def state_on(status: str, valid_to: date | None, today: date) -> str:
    """The state that counts on a day: valid | suspended | revoked | expired."""
    if status == "valid" and valid_to is not None and valid_to < today:
        return "expired"
    return status


def fresh(licence: LicenceFacts, facts: Facts) -> bool:
    """Whether the data is no older than its type allows. A future time is not fresh."""
    if licence.complete_at is None:
        return False
    return -AHEAD <= facts.now - licence.complete_at <= licence.longest_age


def _granted(licence: LicenceFacts, today: date) -> bool:
    return licence.granted_until is not None and today <= licence.granted_until


def _state_detail(licence: LicenceFacts, today: date) -> Detail | None:
    state = state_on(licence.status, licence.valid_to, today)
    if state == "valid":
        early = licence.valid_from is not None and licence.valid_from > today
        return "licence_not_yet_valid" if early else None
    if state == "suspended":
        return "licence_suspended"
    if state == "expired":
        return "licence_expired"
    if state == "revoked":
        return "licence_revoked"
    raise ValueError("a licence's state is valid, suspended, revoked or expired")
