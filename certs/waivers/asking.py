"""Look-up systems that a case's plan needs, about whom, and what they have answered for it.

About the applicant by the case's own number. About the spouse only once a marriage licence proves
who that is; about a guardian whom the clerk named, first what proves the relation, and their own
papers only once it is proved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from certs.rights import naming, right
from certs.rights.relations import CHILD, PROVES_RELATION, roles_of, with_ends
from certs.rights.scene import Scene
from certs.waivers.candidates import ANSWER_AGE, Candidate, candidates
from certs.waivers.evidence import StreamName
from certs.waivers.lines import material_facts
from certs.waivers.relatives import HOUSEHOLD, relatives, said_of
from certs.waivers.sources import Source, of_type
from kernel.house import House
from kernel.numbers import split
from landing.asked import Answer, holders_in, recall
from landing.read import case_secret

__all__ = [
    "Held",
    "Needed",
    "Related",
    "ToAsk",
    "answers_of",
    "asks",
    "held",
    "held_now",
    "needed",
    "number_of",
    "related",
    "wanted",
]

BIRTH = "出生医学证明"


@dataclass(frozen=True)
class ToAsk:
    """A look-up system to ask live before a case is planned. `holder`: keyed hash of whom it is
    asked about; None: the applicant."""

    system: str
    stream: str
    types: tuple[str, ...]
    holder: str | None = None


@dataclass(frozen=True)
class Related:
    """Who stands to the applicant, and the licences of theirs that are there."""

    relations: Mapping[str, right.RelationFacts]  # by role
    found: Sequence[Candidate]  # of those of a proved relation, or whom a licence names
    answered: Mapping[str, frozenset[StreamName]]  # by holder: what was asked about them


@dataclass(frozen=True)
class Needed:
    """What a case's plan is made of, before anything is read of a licence."""

    types: Mapping[str, set[str]]  # by role
    answers: Mapping[StreamName, Answer]  # of look-ups about the applicant


@dataclass(frozen=True)
class Held:
    """What there is of it: the applicant's licences, and who stands to them with theirs."""

    needed: Needed
    own: Sequence[Candidate]
    related: Related


def needed(house: House, now: Scene, asked: Sequence[Answer] = ()) -> Needed:
    """What the case needs; `asked`: answers got just now, taken before those kept for it."""
    types = wanted(now)
    if now.case is None:
        return Needed(types, {})
    kept = kept_answers(house, now, lookups(house, about_applicant(types)), now.case.holder_hash)
    return Needed(types, {**kept, **{(one.system, one.stream): one for one in asked}})


def held(
    house: House, conn: Connection, now: Scene, needs: Needed, own: Sequence[Candidate]
) -> Held:
    """With who stands to the applicant, as these licences of theirs say."""
    return Held(needs, own, _related(house, conn, now, own, needs.types))


def wanted(now: Scene) -> dict[str, set[str]]:
    """Role -> licence types that a provable material of the case asks of who has it."""
    found: dict[str, set[str]] = {}
    for material in now.materials:
        facts = replace(material_facts(now, material), material_role="applicant")
        if right.material_detail(facts) is None:
            for role in roles_of(material.role):
                found.setdefault(role, set()).update(material.licence_types)
    return found


def about_applicant(types: Mapping[str, set[str]]) -> set[str]:
    """What is asked about the applicant: papers, and what proves who stands to them."""
    asked = set(types.get("applicant", ()))
    if "spouse" in types:
        asked |= with_ends(PROVES_RELATION["spouse"])
    if "guardian" in types:
        asked.add(HOUSEHOLD)
    return asked


def answers_of(house: House, now: Scene) -> Mapping[StreamName, Answer]:
    """Answers about the applicant kept for this case and not too old."""
    return needed(house, now).answers


def kept_answers(
    house: House, now: Scene, about: Iterable[Source], holder: str
) -> dict[StreamName, Answer]:
    """What these sources answered about a person (keyed hash) for this case, not too old."""
    kept = [recall(house, one.system, one.stream, now.number, holder) for one in about]
    young = [one for one in kept if one is not None and now.now - one.asked_at <= ANSWER_AGE]
    return {(one.system, one.stream): one for one in young}


def lookups(house: House, types: Iterable[str]) -> list[Source]:
    """Look-up streams that give one of the types."""
    found = {one for name in types for one in of_type(house.settings.home, name) if one.lookup}
    return sorted(found, key=lambda one: (one.system, one.stream))


def related(house: House, conn: Connection, now: Scene, own: Sequence[Candidate]) -> Related:
    """Who stands to the applicant in a role that a material asks for, as licences say."""
    return _related(house, conn, now, own, wanted(now))


def _related(
    house: House,
    conn: Connection,
    now: Scene,
    own: Sequence[Candidate],
    types: Mapping[str, set[str]],
) -> Related:
    roles = types.keys() - {"applicant"}
    if not roles or now.case is None:
        return Related({}, (), {})
    theirs: dict[str, list[Candidate]] = {}
    answered: dict[str, frozenset[StreamName]] = {}
    for role in sorted(roles & now.named.keys()):
        of = now.named[role]
        _gather(house, conn, now, of, types[role] | PROVES_RELATION[role], theirs, answered)
    found = relatives(house, conn, now, own, {role: theirs[now.named[role]] for role in
                                              roles & now.named.keys()})  # fmt: skip
    for role in sorted(roles & found.keys() - now.named.keys()):
        _gather(house, conn, now, found[role].to, types[role], theirs, answered)
    return Related(found, [one for group in theirs.values() for one in group], answered)


def _gather(
    house: House,
    conn: Connection,
    now: Scene,
    holder: str,
    types: Iterable[str],
    theirs: dict[str, list[Candidate]],
    answered: dict[str, frozenset[StreamName]],
) -> None:
    """One person's licences of these types, landed and answered."""
    kept = kept_answers(house, now, lookups(house, types), holder)
    theirs[holder] = candidates(house, conn, holder, types, kept.values())
    answered[holder] = frozenset(kept)


def asks(house: House, now: Scene, there: Held) -> list[ToAsk]:
    """The look-up systems whose answer the plan needs next and does not have."""
    types = there.needed.types
    missing = [
        _to_ask(one, None)
        for one in lookups(house, about_applicant(types))
        if (one.system, one.stream) not in there.needed.answers
    ]
    for role in sorted(types.keys() - {"applicant"}):
        missing += _about(house, now, role, types[role], there.own, there.related)
    return list(dict.fromkeys(missing))


def held_now(house: House, conn: Connection, now: Scene) -> Held:
    """What is there of what the case needs. Raises ValueError without a case."""
    if now.case is None:
        raise ValueError("there is nothing to hold without a case")
    needs = needed(house, now)
    answers = needs.answers.values()
    own = candidates(house, conn, now.case.holder_hash, with_ends(now.uses), answers)
    return held(house, conn, now, needs, own)


def _about(
    house: House, now: Scene, role: str, types: set[str], own: Sequence[Candidate], known: Related
) -> list[ToAsk]:
    """What to ask about who has a role: their papers if the relation is proved, else the proof."""
    relation = known.relations.get(role)
    facts = replace(now.facts(), material_role=role, relation=relation)
    holder = relation.to if relation is not None else now.named.get(role)
    if holder is None:
        return []
    asked = known.answered.get(holder, frozenset())
    if relation is not None and right.relation_detail(facts) is None:
        wanted_ = types
    elif role == "guardian":
        wanted_ = _proof_of_guardian(house, own, asked)
    else:
        wanted_ = types if role == "legal_representative" else set()
    return [
        _to_ask(one, holder)
        for one in lookups(house, wanted_)
        if (one.system, one.stream) not in asked
    ]


def _proof_of_guardian(
    house: House, own: Sequence[Candidate], asked: frozenset[StreamName]
) -> set[str]:
    """The birth register first; the household only of whom the applicant is a child in one."""
    if any((one.system, one.stream) not in asked for one in lookups(house, [BIRTH])):
        return {BIRTH}
    return {HOUSEHOLD} if any(said_of(one) in CHILD for one in own) else set()


def _to_ask(source: Source, holder: str | None) -> ToAsk:
    return ToAsk(source.system, source.stream, tuple(sorted(source.types)), holder)


def number_of(house: House, conn: Connection, case: Any, holder: str) -> str | None:
    """The number by which a person is asked about: named at the case, or the other holder of a
    licence that a look-up gave for it. None: nobody is known by that hash any more."""
    if holder == case.holder_hash:
        return str(case_secret(house, case)["applicant_number"])
    named = naming.number_of(house, conn, case.case_number, holder)
    if named is not None:
        return named
    for source in lookups(house, PROVES_RELATION["spouse"]):
        kept = recall(house, source.system, source.stream, case.case_number, case.holder_hash)
        for one in kept.licences if kept is not None else ():
            numbers = [one["holder_number"], *split(one.get("co_holder_number"))]
            for hashed, number in zip(holders_in(one), numbers, strict=False):
                if hashed == holder:
                    return str(number)
    return None
