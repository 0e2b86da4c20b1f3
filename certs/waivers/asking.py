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
from certs.waivers.lines import StreamName, material_facts
from certs.waivers.relatives import HOUSEHOLD, relatives, said_of
from certs.waivers.sources import Source, of_type
from kernel.house import House
from landing.asked import Answer, recall
from landing.read import case_secret

__all__ = ["Related", "ToAsk", "answers_of", "asks", "number_of", "related", "wanted"]

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


def answers_of(house: House, now: Scene, asked: Sequence[Answer]) -> dict[StreamName, Answer]:
    """Answers about the applicant kept for this case and not too old; those just got first."""
    if now.case is None:
        return {}
    about = lookups(house, about_applicant(wanted(now)))
    kept = kept_answers(house, now, about, now.case.holder_hash)
    return {**kept, **{(one.system, one.stream): one for one in asked}}


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
    types = wanted(now)
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


def asks(house: House, conn: Connection, now: Scene) -> list[ToAsk]:
    """The look-up systems whose answer the plan needs next and does not have."""
    if now.case is None:
        return []
    types = wanted(now)
    have = answers_of(house, now, ())
    missing = [
        _to_ask(one, None)
        for one in lookups(house, about_applicant(types))
        if (one.system, one.stream) not in have
    ]
    roles = types.keys() - {"applicant"}
    if not roles:
        return missing
    own = candidates(house, conn, now.case.holder_hash, with_ends(now.uses), have.values())
    known = related(house, conn, now, own)
    for role in sorted(roles):
        missing += _about(house, now, role, types[role], own, known)
    return list(dict.fromkeys(missing))


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
            for side in ("holder", "co_holder"):
                if one.get(f"{side}_hash") == holder:
                    return str(one[f"{side}_number"])
    return None
