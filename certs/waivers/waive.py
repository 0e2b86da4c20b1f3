"""The waiver plan of a case: per material, what stands for it, or why it must be brought.

The plan, and a refusal too, is in the ledger before the answer returns.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from catalog.situations import lexicon
from catalog.versions.read import open_names
from certs.rights import right
from certs.rights.refusal import refuse
from certs.rights.relations import with_ends
from certs.rights.scene import Scene, scene
from certs.waivers import asking, promises, recorded, scans
from certs.waivers.asking import ToAsk
from certs.waivers.candidates import asked_for, landed_read, with_waivers
from certs.waivers.evidence import LATER, Evidence, StreamName
from certs.waivers.lines import PlanLine, Verdict, line, not_of_situation
from certs.waivers.situation import Answer as Said
from certs.waivers.situation import Known, of_case_alone, situation_of
from certs.waivers.sources import of_type
from kernel.db import is_one_of
from kernel.house import House
from kernel.reads import Read, Rows, together
from landing.asked import Answer
from landing.tables import cursor
from ledger import log, watch
from ledger.events import event
from registry import waivers
from registry.accounts import Account

__all__ = ["Plan", "PlanLine", "ToAsk", "plan", "to_ask"]

COMPLETE = select(cursor.c.system, cursor.c.stream, cursor.c.complete_at).where(
    cursor.c.complete_at.is_not(None), is_one_of(cursor.c.system, "systems")
)


@dataclass(frozen=True)
class Plan:
    """What an applicant need not bring."""

    case_number: str
    item: str
    item_id: str
    catalogue_version: int
    lines: tuple[PlanLine, ...]
    answers: tuple[Said, ...] = ()  # what is known of the situation, and who said it
    next: lexicon.ToAsk | None = None  # the question that still changes the lines
    fetching_stopped: bool = False  # what is waived is supplied later (容缺): heads are not signed


def plan(
    house: House,
    account: Account,
    case_number: str,
    asked: Sequence[Answer] = (),
    resting: Mapping[str, str] | None = None,
    said: Mapping[str, str] | None = None,
) -> Plan:
    """The waiver plan. Raises Refused (`facts["reason"]`), which is in the ledger as well.

    `asked`: answers of look-up systems got just now; those kept for the case are taken too.
    `resting`: look-up systems (codes) that did not answer, and why, in Chinese.
    `said`: what the applicant answered, question -> answer. Raises BadInput on one that is none.
    """
    with house.engine.begin() as conn:
        now = scene(house, conn, account.name, case_number)
        decision = right.check(now.facts(), "plan")
        if isinstance(decision, right.Allowed):
            found = _found(house, conn, now, asked)
            return _made(house, conn, now, decision.post, found, resting or {}, said or {})
        refused = refuse(house, conn, "plan.refused", now, decision)
    raise refused


def line_of(house: House, conn: Connection, now: Scene, material_id: str) -> PlanLine | None:
    """The line of one material as the case alone gives it; None: the case does not ask for it."""
    asked = [one for one in of_case_alone(house, now) if one.material_id == material_id]
    if not asked or now.case is None:
        return None
    return line(now, asked[0], _evidence(house, now, _found(house, conn, now, ()), {}))


def plan_or_ask(
    house: House, account: Account, case_number: str, said: Mapping[str, str] | None = None
) -> Plan | list[ToAsk]:
    """The plan at once where no look-up system needs to be asked, else which do (`to_ask`).

    Raises as `plan` does.
    """
    with house.engine.begin() as conn:
        now = scene(house, conn, account.name, case_number)
        decision = right.check(now.facts(), "plan")
        if isinstance(decision, right.Allowed):
            found = _found(house, conn, now, ())
            asks = asking.asks(house, now, found.held)
            return asks or _made(house, conn, now, decision.post, found, {}, said or {})
        refused = refuse(house, conn, "plan.refused", now, decision)
    raise refused


def _made(
    house: House,
    conn: Connection,
    now: Scene,
    post: str,
    found: Found,
    resting: Mapping[str, str],
    said: Mapping[str, str],
) -> Plan:
    """The plan, on record in the caller's transaction."""
    evidence = _evidence(house, now, found, resting)
    known = situation_of(house, now, evidence.own, said)
    signing = watch.standing(conn, found.unsigned, now.now)
    lines = _promised(conn, now, post, _lines(now, known, evidence), found.promised)
    made = _plan(now, known, lines, signing.state == "stopped")
    recorded.keep(conn, house.settings.home, now, post, lines)
    log.append(conn, _event(now, post, made))
    return made


def to_ask(house: House, account: Account, case_number: str) -> list[ToAsk]:
    """The look-up systems whose answer the plan of this case needs and does not have.

    Only for who may plan it: else raises Refused, which is in the ledger as well.
    """
    with house.engine.begin() as conn:
        now = scene(house, conn, account.name, case_number)
        decision = right.check(now.facts(), "plan")
        if isinstance(decision, right.Allowed):
            return asking.asks(house, now, asking.held_now(house, conn, now))
        refused = refuse(house, conn, "plan.refused", now, decision)
    raise refused


@dataclass(frozen=True)
class Found:
    """What a plan reads, in one round trip, once it may."""

    held: asking.Held
    complete: Mapping[StreamName, datetime]
    scans: Mapping[str, scans.Scan]
    open_names: frozenset[str]
    unsigned: str | None  # the first entry of the ledger without a head
    promised: Sequence[Row[Any]]  # the case's open promises


def _found(house: House, conn: Connection, now: Scene, asked: Sequence[Answer]) -> Found:
    if now.case is None:
        raise ValueError("there is no evidence without a case")
    needs = asking.needed(house, now, asked)
    wanted, holder = with_ends(now.uses), now.case.holder_hash
    types = {name for one in now.materials for name in one.licence_types}
    with together(conn) as ask:
        landed = ask(landed_read(house, holder, wanted))
        said = ask(waivers.current_read(wanted))
        complete = ask(_complete(house, types))
        scanned = ask(scans.usable(holder, types, now.today))
        names = ask(open_names([one.material_id for one in now.materials]))
        unsigned = ask(watch.FIRST_UNSIGNED)
        promised = ask(promises.open_read(now.case.case_number))
    own = with_waivers([*landed(), *asked_for(house, needs.answers.values(), wanted)], said())
    return Found(
        asking.held(house, conn, now, needs, own),
        complete(),
        scanned(),
        names(),
        unsigned(),
        promised(),
    )


def _evidence(house: House, now: Scene, found: Found, resting: Mapping[str, str]) -> Evidence:
    own, related = found.held.own, found.held.related
    return Evidence(
        home=house.settings.home,
        own=own,
        found=[*own, *related.found],
        relations=related.relations,
        answered=related.answered,
        answers=found.held.needed.answers,
        resting=resting,
        complete=found.complete,
        sees_data=right.may_decide(now.facts()),
        scans=found.scans,
        open_names=found.open_names,
    )


def _promised(
    conn: Connection,
    now: Scene,
    post: str,
    lines: Sequence[PlanLine],
    open_: Sequence[Row[Any]],
) -> list[PlanLine]:
    """The lines with what the case is promised. Only what would be waived at once is promised."""
    if now.case is None or now.item is None:
        raise ValueError("a plan needs a case and its item")
    late = {one.material_id for one in lines if one.detail in LATER}
    waived = _waived(conn, now, late) if late else set()
    about = promises.About(
        now.case.case_number, now.item.item_id, post, now.asker, now.now, now.today
    )
    return promises.promised(conn, about, lines, waived, open_)


def _waived(conn: Connection, now: Scene, late: Collection[str]) -> set[str]:
    """Of these materials, those that a licence would waive, were its source there."""
    wanted = [one for one in now.materials if one.material_id in late]
    types = {name for one in wanted for name in one.licence_types}
    said = waivers.current(conn, types)
    in_force = {name for name in types if waivers.standing(said.get(name), now.today) == "in_force"}
    return {one.material_id for one in wanted if in_force & set(one.licence_types)}


def _complete(house: House, types: Collection[str]) -> Read[dict[StreamName, datetime]]:
    """How far the streams are complete that may give one of these types."""
    systems = {one.system for name in types for one in of_type(house.settings.home, name)}
    return Read(COMPLETE, {"systems": sorted(systems)}, _as_of)


def _as_of(rows: Rows) -> dict[StreamName, datetime]:
    return {(row.system, row.stream): row.complete_at for row in rows}


def _lines(now: Scene, known: Known, evidence: Evidence) -> list[PlanLine]:
    """A line for each that may hold; one for each material that the situation rules out."""
    holding = {one.material_id for one, holds in known.lines() if holds}
    made: dict[str, PlanLine] = {}
    for number, (material, holds) in enumerate(known.lines()):
        if holds:
            made[str(number)] = line(now, material, evidence)
        elif material.material_id not in holding:
            made.setdefault(material.material_id, not_of_situation(material))
    return list(made.values())


def _plan(now: Scene, known: Known, lines: Sequence[PlanLine], stopped: bool) -> Plan:
    if now.case is None or now.item is None:
        raise ValueError("a plan needs a case and its item")
    return Plan(
        now.case.case_number,
        now.item.name,
        now.item.item_id,
        now.version,
        tuple(lines),
        known.answers,
        known.next(),
        stopped,
    )


def _event(now: Scene, post: str, made: Plan) -> dict[str, Any]:
    def ids(*verdicts: Verdict) -> list[str]:
        return sorted({one.material_id for one in made.lines if one.verdict in verdicts})

    return event(
        now.now,
        "plan.made",
        now.asker,
        post=post,
        case=made.case_number,
        item=made.item_id,
        catalogue_version=made.catalogue_version,
        holder=now.case.holder_hash if now.case is not None else None,
        materials=sorted({one.material_id for one in made.lines}),
        waived=ids("waived"),
        could_be_waived=ids("could_be_waived"),
    )
