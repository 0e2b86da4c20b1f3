"""Lists of outside issuers, and the licences that they sealed, handed in at a window."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import Connection

from certs.rights import right
from certs.rights.refusal import refuse
from certs.rights.scene import scene
from certs.seals import outside
from certs.seals.outside import ListShown
from certs.verifying.file import Verdict, verify_file
from certs.verifying.outside import trust_now
from certs.waivers import scans
from kernel.errors import Refused
from kernel.house import House
from ledger import log
from ledger.events import event
from pipeline.on_record import act
from registry.accounts import Account

__all__ = ["ListShown", "Outside", "Recognised"]


@dataclass(frozen=True)
class Recognised:
    """A file handed in. `grade`: A, usable at once; C, a clerk must see the original.

    `scan`: under what it is kept for the next window; None where it is not kept.
    """

    grade: Literal["A", "C"]
    verdict: Verdict
    scan: str | None


class Outside:
    """Every method may raise BadInput and Refused (on record)."""

    def __init__(self, house: House) -> None:
        self.house = house

    def lists(self) -> list[ListShown]:
        """The newest list of each authority."""
        with self.house.engine.connect() as conn:
            return outside.lists(self.house, conn)

    def take(self, who: Account, data: bytes) -> ListShown:
        """Take a signed list of issuers: operations and the bureau."""

        def work(conn: Connection) -> ListShown:
            if who.role not in ("ops", "bureau"):
                raise Refused("只有运维人员和审批局可以导入外部发证机构名单。", reason="role")
            made = outside.take(self.house, conn, who.name, data)
            shown = outside.lists(self.house, conn)
            return next(one for one in shown if one.authority == made.authority)

        return act(self.house, who.name, "trust.refused", work)

    def recognise(
        self, who: Account, case_number: str, licence_type: str, data: bytes,
        last_day: date | None,
    ) -> Recognised:  # fmt: skip
        """A licence from outside for a case, as the applicant hands it in.

        The clerk sees to it that it is the applicant's. A PDF of grade A is kept for the next
        window. Raises Refused, in the ledger as well, for who may not plan the case; BadInput for
        a type that it does not ask for.
        """
        with self.house.engine.begin() as conn:
            now = scene(self.house, conn, who.name, case_number)
            decision = right.check(now.facts(), "plan")
            if isinstance(decision, right.Denied):
                error = refuse(self.house, conn, "plan.refused", now, decision)
        if isinstance(decision, right.Denied):
            raise error
        scans.check_asked(now, licence_type)
        verdict = verify_file(data, trust_now(self.house), self.house.clock())
        good = verdict.genuine and verdict.status == "valid"
        facts = {
            "case": case_number, "licence_type": licence_type, "post": decision.post,
            "sha256": hashlib.sha256(data).hexdigest(), "outcome": verdict.status,
            "kind": "grade_a" if good else "grade_c",
        }  # fmt: skip
        with self.house.engine.begin() as conn:
            log.append(conn, event(now.now, "file.recognised", who.name, **facts))
        scan = None
        if good and verdict.kind == "pdf":
            scan = scans.keep(self.house, who, case_number, licence_type, data, last_day)
        return Recognised("A" if good else "C", verdict, scan)
