"""Asks look-up systems live, for one case, within their hours; in the ledger before it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Row

from certs.rights import right
from certs.waivers.asking import ToAsk, number_of
from connectors import Question
from kernel.clock import CITY_TIME
from kernel.errors import NotAuthorised, PersonMustAct, Resting, RetryLater, Stop
from kernel.house import House
from landing import asked, calls, pauses
from landing.asked import Answer
from landing.read import case_by_number
from ledger import log, watch
from ledger.events import event
from pipeline import gateway
from pipeline.sync import opened
from registry.applied import read as read_registry
from registry.contract import System
from registry.rest_times import in_hours, in_maintenance, resting_until


class Answers(NamedTuple):
    """What came back, and for each system that did not answer why, in Chinese."""

    found: list[Answer]
    resting: dict[str, str]


def ask_all(
    house: House, questions: list[ToAsk], case_number: str, purpose: str, actor: str
) -> Answers:
    """Ask each system that the plan of a case needs. The caller has checked the right to plan."""
    systems = read_registry(house.settings.home) if questions else {}
    answers = Answers([], {})
    for one in questions:
        why = _ask(house, systems, one, case_number, purpose, actor)
        if isinstance(why, str):
            answers.resting[one.system] = why
        else:
            answers.found.append(why)
    return answers


def _ask(
    house: House,
    systems: Mapping[str, System],
    one: ToAsk,
    case_number: str,
    purpose: str,
    actor: str,
) -> Answer | str:
    system = systems[one.system]
    why = _past_exchange(house, system, case_number, actor) or _resting(house, system)
    if why is not None:
        return why
    known = _logged(house, system, one, case_number, purpose, actor)
    if isinstance(known, str):
        return known
    case, holder, number = known
    stream = system.streams[one.stream]
    try:
        with opened(house, system) as connector:
            frame = connector.ask(stream, Question(number, case_number, case.item_code, purpose))
    except NotAuthorised:
        return "该系统未接受本平台的授权"
    except RetryLater:
        return "该系统暂未应答或额度已用完"
    except (PersonMustAct, Stop):
        return "该系统的连接需要运维人员处理"
    return asked.store(house, one.system, stream, case_number, holder, frame)


def _logged(
    house: House, system: System, one: ToAsk, case_number: str, purpose: str, actor: str
) -> tuple[Row[Any], str, str] | str:
    """Count and log the question, in one transaction. Gives the case, whom it is about (keyed hash,
    number), or why it is not asked.

    When our own count says that the quota is used up, nothing is logged.
    """
    try:
        with house.engine.begin() as conn:
            case = case_by_number(conn, case_number)
            if case is None:
                return "办件已不在"
            holder = one.holder or case.holder_hash
            number = number_of(house, conn, case, holder)
            if number is None:
                return "办件已不再登记该关系人"
            now = house.clock()
            calls.spend(conn, system, now)
            log.append(
                conn,
                event(
                    now,
                    "lookup.asked",
                    actor,
                    case=case_number,
                    holder=holder,
                    system=one.system,
                    stream=one.stream,
                    types=list(one.types),
                    purpose=purpose,
                ),
            )
    except Resting:
        return f"额度已用完（{_quota(system)}）"
    return case, holder, number


def _past_exchange(house: House, system: System, case_number: str, actor: str) -> str | None:
    """In exchange mode no other department is asked directly; that is on record."""
    if not gateway.past_it(house, system):
        return None
    with house.engine.begin() as conn:
        if case_by_number(conn, case_number) is not None:
            about = {"case": case_number, "system": system.code, "reason": gateway.REASON}
            log.append(conn, event(house.clock(), "lookup.refused", actor, **about))
    return "跨部门核验须经省数据共享交换平台，该系统尚未经交换平台接入"


def _resting(house: House, system: System) -> str | None:
    """Why a system is not asked now, in Chinese."""
    now = house.clock()
    with house.engine.begin() as conn:
        stopped = watch.no_look(conn, now)
        if stopped is not None:
            return right.SENTENCES[stopped]
        if system.code in pauses.read_all(conn):
            return "该系统的接入已由运维人员暂停"
    until = resting_until(system, now)
    if until is not None and in_maintenance(system, now):
        return f"该系统维护中，预计 {until.astimezone(CITY_TIME):%m-%d %H:%M} 恢复"
    if not in_hours(system.hours, now):
        return f"服务时间为 {system.hours}"
    return None


def _quota(system: System) -> str:
    quota = system.quota
    if quota is None:
        return "无额度"
    return f"每{'小时' if quota.per == 'hour' else '日'} {quota.calls} 次"
