"""A holder sees who looked: names of offices, items and licences beside the ledger's entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from catalog.versions import read as catalogue
from certs.rights import right
from certs.rights.refusal import refuse
from certs.rights.scene import scene
from kernel.house import House
from ledger import log, views
from ledger.events import event
from registry import accounts
from registry.accounts import Account


@dataclass(frozen=True)
class HolderEntry:
    """One look, plan or refusal about a holder, in words; no person's name or number."""

    seq: int
    at: datetime
    event: str
    office: str | None  # the post's name
    item: str | None  # the item's name
    case: str | None
    licence_type: str | None
    system: str | None
    reason: str | None
    copy: str | None


def of_holder(
    house: House, holder: str, before: int | None = None, limit: int = 200
) -> list[HolderEntry]:
    """For a holder who has proved who they are; `holder`: the keyed hash of their number.

    The caller has checked that proof (the provincial identity service's signed result).
    """
    with house.engine.begin() as conn:
        found = _entries(house, conn, holder, before, limit)
        log.append(conn, event(house.clock(), "holder.shown", "holder", holder=holder))
    return found


def of_case(
    house: House, account: Account, case_number: str, before: int | None = None, limit: int = 200
) -> list[HolderEntry]:
    """For the applicant of an open case who stands at the window of its post.

    Raises Refused unless the account handles the case; that is in the ledger as well.
    """
    with house.engine.begin() as conn:
        now = scene(house, conn, account.name, case_number)
        decision = right.check(now.facts(), "plan")
        if isinstance(decision, right.Allowed) and now.case is not None:
            holder = now.case.holder_hash
            found = _entries(house, conn, holder, before, limit)
            facts = {"post": decision.post, "case": case_number, "holder": holder}
            log.append(conn, event(now.now, "holder.shown", account.name, **facts))
            return found
        denied = decision if isinstance(decision, right.Denied) else right.Denied("case_unknown")
        refused = refuse(house, conn, "look.refused", now, denied)
    raise refused


def _entries(
    house: House, conn: Connection, holder: str, before: int | None, limit: int
) -> list[HolderEntry]:
    seen = views.of_holder(conn, [holder], house.clock(), before=before, limit=limit)
    version, posts = catalogue.current_version(conn), accounts.posts()
    items = catalogue.names_of(conn, version, {one.item for one in seen if one.item})
    return [
        HolderEntry(
            seq=one.seq,
            at=one.at,
            event=one.event,
            office=posts[one.office].name if one.office in posts else one.office,
            item=items.get(one.item, one.item) if one.item else None,
            case=one.case,
            licence_type=one.licence_type,
            system=one.system,
            reason=one.reason,
            copy=one.copy,
        )
        for one in seen
    ]
