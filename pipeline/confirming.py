"""The officer's confirmation: a contract in plain words with sample rows; yes, or back with why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import insert

from kernel.errors import BadInput, Refused
from kernel.house import House
from ledger import log
from ledger.events import EventName, event
from pipeline import standing
from pipeline.samples import Sample, samples
from registry import states
from registry.accounts import Account
from registry.applied import in_force
from registry.contract import System
from registry.form import Wrong
from registry.form import text as one_line
from registry.states import State
from registry.summary import summary as sentences_of
from registry.tables import confirmation

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


def summary(house: House, code: str, account: Account | None) -> SummaryPage:
    """The summary with sample rows, masked unless the account is an officer of its department.

    Plain rows are in the ledger before they are returned. Raises Refused for other officers.
    """
    system = _contract(house, code)
    own = account is not None and _is_own(account, system)
    if account is not None and account.role == "officer" and not own:
        raise Refused("这个系统属于别的部门", reason="other_department")
    shown = samples(house, system, own)
    with house.engine.begin() as conn:
        number, digest, _ = in_force(conn, code)
        said = standing.newest_answer(conn, code, digest)
        if own and account is not None:
            rows = sum(len(one.rows) for one in shown)
            fact = event(house.clock(), "system.sampled", account.name, system=code, rows=rows)
            log.append(conn, fact)
    return SummaryPage(
        code, system.name, system.department, number, digest,
        tuple(sentences_of(system)), tuple(shown),
        said and said.answer, said and said.by, said and said.at, said and said.reason,
    )  # fmt: skip


def confirm(
    house: House, account: Account, code: str, digest: str, answer: str, reason: str
) -> None:
    """The officer's yes or no to the contract of that digest; it may move the state.

    Raises Refused for another department, BadInput when the contract changed meanwhile.
    """
    system = _contract(house, code)
    if not _is_own(account, system):
        raise Refused("只有该部门的数据专员可以确认", reason="other_department")
    if answer not in ANSWERS:
        raise BadInput(f"no answer {answer}; allowed are {', '.join(ANSWERS)}")
    given = answer
    why = _reason(reason) if given == "sent_back" else "数据专员已确认"
    with house.engine.begin() as conn:
        states.only_one(conn, code)
        if in_force(conn, code)[1] != digest:
            raise BadInput("配置在您查看以后又改过，请重新查看再确认")
        row = {
            "system": code, "digest": digest, "answer": given, "reason": why,
            "summary": "\n".join(sentences_of(system)), "by": account.name,
            "at": house.clock(),
        }  # fmt: skip
        now = standing.state_of(house, standing.facts(conn), code).state
        conn.execute(insert(confirmation), [row])
        to: dict[tuple[Answer, State], State] = {
            ("confirmed", "testing"): "live",
            ("sent_back", "live"): "testing",
        }
        if (given, now) in to:
            states.write(conn, code, to[given, now], account.name, why, house.clock())
        log.append(conn, event(house.clock(), ANSWERS[given], account.name, system=code))


def _contract(house: House, code: str) -> System:
    systems = standing.applied(house)
    if code not in systems:
        raise BadInput(f"no contract of {code} is in force: `zhongtai systems apply`")
    return systems[code]


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
