"""Yes or no, without handing data over: is the applicant an adult, holds the applicant a valid X.

A receiving window may ask too. Absence is never claimed: what was not found, or is too old to
tell, is answered with null and why. Every answer is in the ledger before it leaves, without itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from certs.rights import right
from certs.rights.refusal import refuse
from certs.rights.relations import roles_of
from certs.rights.scene import Scene, scene
from certs.waivers.asking import answers_of
from certs.waivers.candidates import Candidate, candidates
from certs.waivers.lines import best, licence_facts, material_facts
from certs.waivers.situation import birth_of, minor, of_case_alone
from kernel.errors import BadInput
from kernel.house import House
from kernel.numbers import normalise_citizen
from landing.read import case_secret
from ledger import log
from ledger.events import event
from registry import licence_types, waivers
from registry.accounts import Account

ADULT, HOLDS = "is_adult", "holds_valid:"
#: What is wrong with a licence that is there: it is held, and does not count.
NO: frozenset[right.Detail] = frozenset(
    {"licence_revoked", "licence_suspended", "licence_expired", "licence_not_yet_valid"}
)
#: What cannot be told now.
UNKNOWN: frozenset[right.Detail] = frozenset(
    {"licence_not_found", "holder_not_applicant", "licence_withdrawn", "licence_not_published",
     "under_correction", "stale", "grant_expired"}
)  # fmt: skip


@dataclass(frozen=True)
class Answered:
    """`answer`: null where it cannot be told; `reason`: the code of why not yes."""

    question: str
    answer: bool | None
    reason: str | None
    as_of: datetime | None


def ask(house: House, account: Account, case_number: str, question: str) -> Answered:
    """The answer to `is_adult` or `holds_valid:<licence type>` about the applicant of a case.

    Raises BadInput on another question, Refused (in the ledger as well).
    """
    name = question.removeprefix(HOLDS) if question.startswith(HOLDS) else None
    if question != ADULT and name not in licence_types.load():
        raise BadInput(f"a question is {ADULT}, or {HOLDS} and a licence type of the registry")
    with house.engine.begin() as conn:
        now = scene(house, conn, account.name, case_number)
        made = _adult(house, now) if name is None else _holds(house, conn, now, name)
        if isinstance(made, right.Denied):
            refused = refuse(house, conn, "answer.refused", now, made)
        else:
            _log(conn, now, made)
            return made
    raise refused


def _log(conn: Connection, now: Scene, made: Answered) -> None:
    """Who asked what: the holder sees it as any look, by office and item."""
    if now.case is None or now.item is None:
        raise ValueError("an answer is about a case and its item")
    allowed = right.check(now.facts(), "plan")
    name = made.question.removeprefix(HOLDS)
    about = {
        "post": allowed.post if isinstance(allowed, right.Allowed) else None,
        "licence_type": name if name != made.question else None,
        "holder": now.case.holder_hash, "catalogue_version": now.version,
    }  # fmt: skip
    log.append(
        conn,
        event(
            now.now, "answer.given", now.asker, case=now.number, item=now.item.item_id,
            question=made.question, **about,
        ),
    )  # fmt: skip


def _adult(house: House, now: Scene) -> Answered | right.Denied:
    """By the number in the case itself: nobody's licence is looked at."""
    decision = right.check(now.facts(), "plan")
    if isinstance(decision, right.Denied):
        return decision
    if now.case is None or now.case.applicant_kind != "person":
        raise BadInput("is_adult is about a person; the applicant of this case is an organisation")
    number = normalise_citizen(case_secret(house, now.case)["applicant_number"])
    return Answered(ADULT, not minor(birth_of(number), now.today), None, now.now)


def _holds(house: House, conn: Connection, now: Scene, name: str) -> Answered | right.Denied:
    facts, chosen = _facts(house, conn, now, name)
    decision = right.check(facts, "answer")
    question = HOLDS + name
    as_of = chosen.as_of if chosen is not None else None
    if isinstance(decision, right.Allowed):
        return Answered(question, True, None, as_of)
    if decision.detail in NO:
        return Answered(question, False, decision.detail, as_of)
    if decision.detail in UNKNOWN:
        return Answered(question, None, decision.detail, as_of)
    return decision


def _own(facts: right.Facts) -> right.Facts:
    """The applicant's part of a paper of several persons."""
    own = "applicant" in roles_of(facts.material_role)
    return replace(facts, material_role="applicant") if own else facts


def _facts(
    house: House, conn: Connection, now: Scene, name: str
) -> tuple[right.Facts, Candidate | None]:
    """Of the applicant's own paper that the item asks for and this type proves."""
    lines = [
        one
        for one in (of_case_alone(house, now) if now.case is not None else ())
        if name in one.licence_types
    ]
    if now.case is None or not lines:
        return now.facts(), None
    tried = [_own(material_facts(now, one)) for one in lines]
    facts = min(tried, key=lambda one: right.material_detail(one) is not None)
    answers = answers_of(house, now).values()
    found = candidates(house, conn, now.case.holder_hash, [name], answers)
    picked = best(replace(facts, proving_types=frozenset({name})), found)
    if picked is not None:
        return licence_facts(facts, picked[0]), picked[0]
    waiver = waivers.standing(waivers.current(conn, [name]).get(name), now.today)
    return replace(facts, licence_type=name, waiver=waiver), None
