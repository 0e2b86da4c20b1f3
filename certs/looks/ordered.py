"""A look under an order of a court, auditor or discipline inspector: no case, two persons.

Loud inside: an entry a licence and an alarm. Left out of the holder's view where the order says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from certs.licences.face import city_time
from certs.looks.opening import document_of
from certs.rights import alarms, orders, right
from certs.rights.scene import Scene
from certs.waivers.candidates import Candidate, candidates
from kernel.errors import Refused
from kernel.house import House
from ledger import log, watch
from ledger.events import event
from registry.accounts import Account

#: What a reader of a document has no use for.
HIDDEN = ("blind",)


@dataclass(frozen=True)
class Ordered:
    """A licence given under an order. `document`: as `certs.licences.document` says.

    `under_correction`: somebody says that this version is wrong, and that is not refuted. A court
    is to see what the register says; it is told that the register is in question.
    """

    licence: str
    licence_type: str
    system: str
    document: dict[str, Any]
    under_correction: bool


def look(house: House, who: Account, number: int, holder: str, licence_type: str) -> list[Ordered]:
    """The published licences of a type of one of the order's subjects (keyed hash), of any state.

    Raises Refused (in the ledger as well). The entries are committed before anything is returned.
    """
    with house.engine.begin() as conn:
        found = orders.facts_of(conn, number)
        facts = _facts(house, who, found, holder, licence_type)
        licences = candidates(house, conn, holder, [licence_type], ())
        given = [one for one in licences if _allowed(facts, one)]
        stopped = watch.no_look(conn, facts.now) if given else None
        if given and stopped is None:
            until = found[1] if found is not None else None
            return [_give(house, conn, who, number, holder, one, until) for one in given]
        wrong = _wrong(facts, licences, stopped)
        at = house.clock()
        about = {"order": number, "reason": wrong.detail}
        log.append(conn, event(at, "order.refused", who.name, **about))
        refused = Refused(wrong.sentence, reason=wrong.reason, detail=wrong.detail)
    raise refused


def _wrong(
    facts: right.Facts, licences: list[Candidate], stopped: right.Detail | None
) -> right.Denied:
    if stopped is not None:
        return right.Denied(stopped)
    wrong = right.check(_of(facts, licences[0]) if licences else facts, "order")
    if isinstance(wrong, right.Allowed):
        raise ValueError("what may be given was given")
    return wrong


def _allowed(facts: right.Facts, one: Candidate) -> bool:
    return isinstance(right.check(_of(facts, one), "order"), right.Allowed)


def _of(facts: right.Facts, one: Candidate) -> right.Facts:
    return replace(facts, licence=one.facts)


def _facts(
    house: House, who: Account, found: tuple[right.OrderFacts, datetime | None] | None, holder: str,
    licence_type: str,
) -> right.Facts:  # fmt: skip
    now = house.clock()
    bare = Scene(who.name, "", who, None, False, 0, None, None, now).facts()
    return replace(
        bare,
        order=found[0] if found is not None else None,
        order_subject=holder,
        licence_type=licence_type,
    )


def _give(
    house: House, conn: Connection, who: Account, number: int, holder: str, one: Candidate,
    until: datetime | None,
) -> Ordered:  # fmt: skip
    at = house.clock()
    document = document_of(house, conn, one, holder)
    shown = {name: value for name, value in document.items() if name not in HIDDEN}
    about = {
        "holder": holder,
        "licence": one.licence_id,
        "licence_type": one.type,
        "system": one.source.system,
        "outcome": "under_correction" if one.facts.marked else None,
    }
    orders.note(conn, who, "order.looked", number, until, at, about)
    alarms.sound(conn, at, "order_look", str(number), f"{city_time(at)} 起按文书调取证照")
    return Ordered(str(one.licence_id), one.type, one.source.system, shown, one.facts.marked)
