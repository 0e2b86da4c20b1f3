"""A system's way in: the officer's form, its states, the summary that the officer confirms."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select

from kernel.canonical import digest
from kernel.errors import BadInput, Refused
from kernel.house import House
from ledger import log
from ledger.events import event
from pipeline import approval, confirming, standing
from pipeline.approval import Submitted, person
from pipeline.confirming import SummaryPage
from pipeline.connecting import drafts
from pipeline.standing import ConnectionRow
from pipeline.steps import CONTRACTS, check_systems
from registry import departments, states
from registry.accounts import Account
from registry.formread import Filled, read_form
from registry.formtyped import lines, read_typed
from registry.formwrite import write_form
from registry.states import Change
from registry.tables import form
from registry.versions import Difference, Version, differences, of_number, versions


class Registering:
    """Over one installation and the folder that holds its contracts."""

    def __init__(self, house: House, folder: Path = CONTRACTS) -> None:
        self.house, self.folder = house, folder

    def blank_form(self) -> bytes:
        """The empty form, .xlsx."""
        return write_form()

    def take_form(self, data: bytes, by: str, department: str | None) -> str:
        """Keep a filled form; the system's code. `department`: an officer's own, None for ops.

        Raises BadInput with every mistake, Refused for another department's form.
        """
        return self._take(read_form(data), hashlib.sha256(data).hexdigest(), by, department)

    def take_typed(
        self, said: Mapping[str, str], gives: Sequence[str], by: str, department: str | None
    ) -> str:
        """The same form, typed into the page: the same record, the same refusals."""
        filled, wrong = read_typed(said, gives)
        if wrong:
            raise BadInput(lines(wrong))
        return self._take(filled, digest(filled.as_json()), by, department)

    def filled(self, code: str, department: str | None) -> dict[str, Any]:
        """The form that counts of a system, as stored. `department`: an officer's own.

        Raises BadInput when there is none, Refused for another department's.
        """
        with self.house.engine.connect() as conn:
            found = standing.newest_form(conn, code)
        if found is None:
            raise BadInput("这个系统还没有登记表")
        if department is not None and found.department != department:
            raise Refused("这个系统属于别的部门", reason="other_department")
        return dict(found.filled)

    def _take(self, filled: Filled, sha256: str, by: str, department: str | None) -> str:
        said = filled.answers
        if department is not None and said["department"] != department:
            raise Refused(
                f"登记表写的是{said['department']}，您只能为{department}登记",
                reason="other_department",
            )
        with self.house.engine.begin() as conn:
            person(conn, by, ("officer", "ops", "bureau"))
            code = said.get("code") or _new_code(conn, said["department"])
            states.only_one(conn, code)
            self._same_department(conn, code, said["department"])
            now = standing.state_of(self.house, standing.facts(conn), code)
            row = {
                "system": code,
                "department": said["department"],
                "filled": filled.as_json(),
                "sha256": sha256,
                "by": by,
                "at": self.house.clock(),
            }
            conn.execute(insert(form), [row])
            if now.state == "not_applied":
                states.write(conn, code, "applied", by, "登记表已提交", self.house.clock())
            fact = event(self.house.clock(), "system.form_filled", by, system=code)
            log.append(conn, fact)
        return code

    def rows(self) -> list[ConnectionRow]:
        """Every system that is known: by a contract, a form or a state; in the order of codes."""
        with self.house.engine.connect() as conn:
            known, there = standing.known(self.house, conn), standing.facts(conn)
            return [
                standing.row(self.house, there, code, facts)
                for code, facts in sorted(known.items())
            ]

    def history(self, code: str) -> list[Change]:
        """Its changes, the newest first. Raises BadInput when nothing is known of it."""
        with self.house.engine.connect() as conn:
            if code not in standing.known(self.house, conn):
                raise BadInput(f"no system {code}: `zhongtai systems states` shows the codes")
            return states.history(conn, code)

    def move(self, code: str, to: str, by: str, why: str) -> None:
        """One step, if its evidence is there. Raises BadInput, Refused."""
        unreached = self._unreached(code) if to == "testing" else None
        with self.house.engine.begin() as conn:
            person(conn, by)
            states.only_one(conn, code)
            if to == "not_applied" and code not in standing.known(self.house, conn):
                standing.department_of(code)
                states.write(conn, code, "not_applied", by, why, self.house.clock())
                return
            now = standing.state_of(self.house, standing.facts(conn), code).state
            wanted = states.check_move(
                code, now, to, standing.evidence(self.house, conn, code, unreached)
            )
            states.write(conn, code, wanted, by, why, self.house.clock())

    def summary(self, code: str, account: Account | None) -> SummaryPage:
        """What the officer confirms; plain rows for that department's officer only."""
        return confirming.summary(self.house, code, account)

    def confirm(self, account: Account, code: str, digest: str, answer: str, reason: str) -> None:
        """The officer's yes or no to the contract of that digest."""
        confirming.confirm(self.house, account, code, digest, answer, reason)

    def submit(self, text: str, by: str) -> Submitted:
        """Hand a contract on for approval."""
        return approval.submit(self.house, text, by)

    def approve(self, code: str, version: int, by: str) -> None:
        """Approve another person's draft and put it in force."""
        approval.approve(self.house, self.folder, code, version, by)
        drafts.settled(self.house, code)

    def rollback(self, code: str, version: int, by: str) -> int:
        """Put an old version in force again, as a new one; its number."""
        return approval.rollback(self.house, self.folder, code, version, by)

    def versions(self, code: str) -> list[Version]:
        """All versions, the newest first."""
        with self.house.engine.connect() as conn:
            return versions(conn, code)

    def diff(self, code: str, old: int | None, new: int | None) -> list[Difference]:
        """Two versions compared: the newest with the one before it unless named."""
        found = self.versions(code)
        after = found[0] if new is None else of_number(found, code, new)
        number = after.number - 1 if old is None else old
        before: Any = {} if number == 0 else of_number(found, code, number).contract
        return differences(before, after.contract)

    def _unreached(self, code: str) -> str | None:
        systems = standing.applied(self.house)
        if code not in systems:
            return "none applied"
        return next(check_systems(self.house, systems, [code]))[1]

    def _same_department(self, conn: Connection, code: str, department: str) -> None:
        system, filled = standing.applied(self.house).get(code), standing.newest_form(conn, code)
        there = system.department if system else filled.department if filled else department
        if there != department:
            raise BadInput(f"系统代号 {code} 已经属于{there}：请换一个代号或留空")


def _new_code(conn: Connection, department: str) -> str:
    """`<the department's prefix>_new<n>`, the first that is free."""
    prefix = departments.load()[department].prefix
    taken = set(conn.execute(select(form.c.system)).scalars())
    return next(c for n in range(1, 10_000) if (c := f"{prefix}_new{n}") not in taken)
