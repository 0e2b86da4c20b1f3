"""A system's way in: the officer's form, its states, the summary that the officer confirms."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, insert, select

from kernel.errors import BadInput, Refused
from kernel.house import House
from ledger import log
from ledger.events import EventName, event
from pipeline import approval, standing
from pipeline.approval import Submitted, person
from pipeline.samples import Sample, samples
from pipeline.standing import ConnectionRow
from pipeline.steps import CONTRACTS, check_systems
from registry import departments, states
from registry.accounts import Account
from registry.applied import in_force
from registry.contract import System
from registry.form import Wrong
from registry.form import text as one_line
from registry.formread import read_form
from registry.formwrite import write_form
from registry.states import Change, State
from registry.summary import summary
from registry.tables import confirmation, form
from registry.versions import Difference, Version, differences, of_number, versions

Answer = Literal["confirmed", "sent_back"]
ANSWERS: dict[Answer, EventName] = {
    "confirmed": "system.confirmed",
    "sent_back": "system.sent_back",
}


@dataclass(frozen=True)
class SummaryPage:
    """What the officer confirms: sentences and sample rows of the contract of that digest."""

    code: str
    name: str
    department: str
    version: int
    digest: str
    sentences: tuple[str, ...]
    samples: tuple[Sample, ...]
    answer: str | None
    answered_by: str | None
    answered_at: datetime | None
    reason: str | None


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
        filled = read_form(data)
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
                "sha256": hashlib.sha256(data).hexdigest(),
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
        """The summary with sample rows, masked unless the account is an officer of its department.

        Plain rows are in the ledger before they are returned. Raises Refused for other officers.
        """
        system = self._contract(code)
        own = account is not None and _is_own(account, system)
        if account is not None and account.role == "officer" and not own:
            raise Refused("这个系统属于别的部门", reason="other_department")
        shown = samples(self.house, system, own)
        with self.house.engine.begin() as conn:
            number, digest, _ = in_force(conn, code)
            said = standing.newest_answer(conn, code, digest)
            if own and account is not None:
                rows = sum(len(one.rows) for one in shown)
                fact = event(
                    self.house.clock(), "system.sampled", account.name, system=code, rows=rows
                )
                log.append(conn, fact)
        return SummaryPage(
            code, system.name, system.department, number, digest,
            tuple(summary(system)), tuple(shown),
            said and said.answer, said and said.by, said and said.at, said and said.reason,
        )  # fmt: skip

    def confirm(self, account: Account, code: str, digest: str, answer: str, reason: str) -> None:
        """The officer's yes or no to the contract of that digest; it may move the state.

        Raises Refused for another department, BadInput when the contract changed meanwhile.
        """
        system = self._contract(code)
        if not _is_own(account, system):
            raise Refused("只有该部门的数据专员可以确认", reason="other_department")
        if answer not in ANSWERS:
            raise BadInput(f"no answer {answer}; allowed are {', '.join(ANSWERS)}")
        given = answer
        why = _reason(reason) if given == "sent_back" else "数据专员已确认"
        with self.house.engine.begin() as conn:
            states.only_one(conn, code)
            if in_force(conn, code)[1] != digest:
                raise BadInput("配置在您查看以后又改过，请重新查看再确认")
            row = {
                "system": code, "digest": digest, "answer": given, "reason": why,
                "summary": "\n".join(summary(system)), "by": account.name,
                "at": self.house.clock(),
            }  # fmt: skip
            now = standing.state_of(self.house, standing.facts(conn), code).state
            conn.execute(insert(confirmation), [row])
            to: dict[tuple[Answer, State], State] = {
                ("confirmed", "testing"): "live",
                ("sent_back", "live"): "testing",
            }
            if (given, now) in to:
                states.write(conn, code, to[given, now], account.name, why, self.house.clock())
            log.append(conn, event(self.house.clock(), ANSWERS[given], account.name, system=code))

    def submit(self, text: str, by: str) -> Submitted:
        """Hand a contract on for approval."""
        return approval.submit(self.house, text, by)

    def approve(self, code: str, version: int, by: str) -> None:
        """Approve another person's draft and put it in force."""
        approval.approve(self.house, self.folder, code, version, by)

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

    def _contract(self, code: str) -> System:
        systems = standing.applied(self.house)
        if code not in systems:
            raise BadInput(f"no contract of {code} is in force: `zhongtai systems apply`")
        return systems[code]

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


def _reason(said: str) -> str:
    """Why it is sent back, as the officer typed it. Raises BadInput in the officer's words."""
    if not said.strip():
        raise BadInput("退回原因不能为空，请写明哪里不对")
    try:
        return one_line(said)
    except Wrong as error:
        raise BadInput(f"退回原因：{error}") from None


def _is_own(account: Account, system: System) -> bool:
    return account.role == "officer" and account.department == system.department


def _new_code(conn: Connection, department: str) -> str:
    """`<the department's prefix>_new<n>`, the first that is free."""
    prefix = departments.load()[department].prefix
    taken = set(conn.execute(select(form.c.system)).scalars())
    return next(c for n in range(1, 10_000) if (c := f"{prefix}_new{n}") not in taken)
