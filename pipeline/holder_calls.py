"""Signed calls of the city's app for a signed-in holder: own licences, and what is wrong there."""

from __future__ import annotations

from collections.abc import Mapping

from certs.corrections import own
from certs.corrections.correct import report_by_holder
from certs.corrections.own import OwnLicence
from kernel.house import House
from pipeline.bodies import SentHolder, Short
from pipeline.window_calls import proved


class SentReport(SentHolder):
    """What is wrong: `licence` as the list gives it, a field, and why; no one's number in it."""

    licence: Short
    field: Short
    why: str


def licences(house: House, headers: Mapping[str, str], body: bytes) -> list[OwnLicence]:
    """The holder's licences and their corrections. Raises NotAuthorised, BadInput, SkipRow."""
    sent = proved(house, headers, body, SentHolder)
    holder = house.holder_hash(sent.holder_kind, sent.holder_number)
    with house.engine.begin() as conn:
        return own.own(house, conn, holder)


def report(house: House, headers: Mapping[str, str], body: bytes) -> int:
    """An own licence is wrong; the correction's number. Raises as `licences` does."""
    sent = proved(house, headers, body, SentReport)
    holder = house.holder_hash(sent.holder_kind, sent.holder_number)
    return report_by_holder(house, holder, sent.licence, sent.field, sent.why)
