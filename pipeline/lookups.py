"""Asks look-up systems live, for one case, within their hours; in the ledger before it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from certs.waive import ToAsk
from connectors import Question
from kernel.clock import CITY_TIME
from kernel.errors import NotAuthorised, PersonMustAct, RetryLater, Stop
from kernel.house import House
from landing import asked
from landing.asked import Answer
from landing.read import case_by_number, case_secret
from ledger import log
from ledger.events import event
from pipeline.sync import opened
from registry.applied import read as read_registry
from registry.contract import System


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
    if not in_hours(system.hours, house.clock()):
        return f"服务时间为 {system.hours}"
    with house.engine.begin() as conn:
        case = case_by_number(conn, case_number)
        if case is None:
            return "办件已不在"
        log.append(
            conn,
            event(
                house.clock(),
                "lookup.asked",
                actor,
                case=case_number,
                holder=case.holder_hash,
                system=one.system,
                stream=one.stream,
                types=list(one.types),
                purpose=purpose,
            ),
        )
    stream = system.streams[one.stream]
    number = case_secret(house, case)["applicant_number"]
    try:
        with opened(house, system) as connector:
            frame = connector.ask(stream, Question(number, case_number, case.item_code, purpose))
    except NotAuthorised:
        return "该系统未接受本平台的授权"
    except RetryLater:
        return "该系统暂未应答或额度已用完"
    except (PersonMustAct, Stop):
        return "该系统的连接需要运维人员处理"
    return asked.store(house, one.system, stream, case_number, case.holder_hash, frame)


def in_hours(hours: str | None, now: datetime) -> bool:
    """Whether a system with hours `HH:MM-HH:MM` (city time) answers now; None: always."""
    if hours is None:
        return True
    first, last = hours.split("-")
    return first <= now.astimezone(CITY_TIME).strftime("%H:%M") < last
