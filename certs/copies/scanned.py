"""Hand out a scan that was compared with its original before (grade B), on record first."""

from __future__ import annotations

from sqlalchemy import Connection

from certs.copies.share import AnnotatedCopy
from certs.looks.recording import keep_scan
from certs.rights import right
from certs.rights.refusal import refuse
from certs.rights.scene import Scene, scene
from certs.waivers import scans
from certs.waivers.waive import PlanLine, line_of
from kernel.errors import Refused
from kernel.house import House
from ledger import log, watch
from ledger.events import event
from registry.accounts import Account


def take(
    house: House, account: Account, case_number: str, material_id: str
) -> AnnotatedCopy | None:
    """The scan that stands for a material in the plan of a case; None where none does.

    Only for the post that decides the case, as its plan says now. The entry is committed before
    the bytes are returned. Raises Refused while no licence is given out (`ledger.watch.no_look`).
    """
    with house.engine.begin() as conn:
        now = scene(house, conn, account.name, case_number)
        facts = now.facts()
        allowed = right.check(facts, "plan")
        if isinstance(allowed, right.Denied) or not right.may_decide(facts):
            return None
        line = line_of(house, conn, now, material_id)
        if line is None or line.scan is None or now.case is None:
            return None
        stopped = watch.no_look(conn, now.now)
        if stopped is None:
            return _handed(house, conn, now, allowed.post, line)
        refused = refuse(house, conn, "look.refused", now, right.Denied(stopped), material_id)
    raise refused


def _handed(house: House, conn: Connection, now: Scene, post: str, line: PlanLine) -> AnnotatedCopy:
    """The scan, on record in the caller's transaction."""
    if now.case is None or line.scan is None:
        raise ValueError("a line with a scan is of a case")
    pdf = scans.open_(house, conn, line.scan)
    kind, item = line.licence_type or "", now.item.item_id if now.item else None
    about = {"post": post, "licence_type": kind, "file": line.scan, "item": item}
    facts = {"case": now.number, "material": line.material_id, "holder": now.case.holder_hash}
    seq = log.append(conn, event(now.now, "scan.used", now.asker, **about, **facts))
    keep_scan(conn, now, post, line.material_id, kind, seq)
    return AnnotatedCopy(pdf, f"扫描件-{now.number}.pdf", line.scan)


def instead(
    house: House, account: Account, case_number: str, material_id: str, refused: Refused
) -> AnnotatedCopy:
    """A scan where a look was refused because the data says nothing; else the refusal goes on."""
    if refused.facts.get("reason") in SILENT:
        found = take(house, account, case_number, material_id)
        if found is not None:
            return found
    raise refused


#: What a look says where a scan may stand for a licence that the data does not have.
SILENT = frozenset(
    {
        "licence_not_found",
        "stale",
        "waiver_not_confirmed",
        "waiver_not_published",
        "waiver_withdrawn",
    }
)
