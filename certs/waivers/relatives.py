"""Who stands to the applicant in a role, as a licence of theirs says; nothing is assumed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection

from certs.licences.holders import says
from certs.rights import right
from certs.rights.facts import Facts, RelationFacts
from certs.rights.relations import CHILD, ENDS_RELATION, HEAD, NAMES_OTHER, PROVES_RELATION
from certs.rights.scene import Scene
from certs.rights.validity import validity_detail
from certs.waivers.candidates import Candidate
from certs.waivers.situation import birth_of, minor
from kernel.house import House
from kernel.numbers import normalise_citizen
from landing.read import case_secret

#: The household book, and its fields that say who belongs to whose.
HOUSEHOLD, BOOK, RELATION = "居民户口簿", "户号", "与户主关系"
BORN = "新生儿出生日期"


def relatives(
    house: House,
    conn: Connection,
    now: Scene,
    own: Sequence[Candidate],
    theirs: Mapping[str, Sequence[Candidate]],
) -> dict[str, RelationFacts]:
    """Role -> the relation that licences prove or fail to prove.

    `own`: the applicant's; `theirs`: by role, of whom a clerk named. Of several licences one that
    holds counts before others, then the newest.
    """
    facts = now.facts()
    tried = [one for licence in own for one in _spouse(facts, licence, own)]
    if theirs.get("guardian") and now.case is not None and now.case.applicant_kind == "person":
        tried += _guardian(house, now, own, theirs["guardian"])
    if "legal_representative" in theirs:
        tried += _representative(house, conn, now, own, theirs["legal_representative"])
    made: dict[str, RelationFacts] = {}
    for one in sorted(tried, key=lambda one: _wrong(facts, one) is not None):
        made.setdefault(one.role, one)
    return made


def said_of(one: Candidate) -> str | None:
    """What a person's entry in a household book says of the head; None for another licence."""
    return _details(one).get(RELATION) if one.type == HOUSEHOLD else None


def _wrong(facts: Facts, one: RelationFacts) -> right.Detail | None:
    bad = next((why for proof in one.proofs if (why := validity_detail(proof, facts))), None)
    return bad or (None if one.linked and not one.ended else "relation_not_proved")


def _spouse(facts: Facts, one: Candidate, found: Iterable[Candidate]) -> list[RelationFacts]:
    """The other holder of a licence that the applicant holds with one other."""
    if facts.case is None or one.type not in PROVES_RELATION["spouse"]:
        return []
    applicant = facts.case.applicant
    others = one.facts.holders - {applicant}
    if applicant not in one.facts.holders or len(others) != 1:
        return []
    (other,) = others
    ended = _ended(one, found)
    return [RelationFacts("spouse", one.type, applicant, other, True, ended, (one.facts,))]


def _ended(one: Candidate, found: Iterable[Candidate]) -> bool:
    """Whether a later licence of the same two ended it. Of one day, the end counts."""
    ends = ENDS_RELATION.get(one.type)
    begun = one.issued or date.min
    return any(
        other.type == ends
        and other.facts.holders == one.facts.holders
        and (other.issued or date.max) >= begun
        for other in found
    )


def _guardian(
    house: House, now: Scene, own: Sequence[Candidate], theirs: Sequence[Candidate]
) -> list[RelationFacts]:
    """A parent of a minor: by the birth certificate, or as head of the household book in which the
    applicant stands as their child. Of age, nobody is anybody's ward by these."""
    if now.case is None:
        return []
    secret = case_secret(house, now.case)
    child, name = normalise_citizen(secret["applicant_number"]), secret["applicant_name"]
    applicant, to, born = now.case.holder_hash, now.named["guardian"], birth_of(child)
    of_age = not minor(born, now.today)
    made = []
    for one in theirs:
        if one.type == "出生医学证明" and to in one.facts.holders:
            said = _details(one)
            linked = (said.get(NAMES_OTHER[one.type]), said.get(BORN)) == (name, born.isoformat())
            made.append(
                RelationFacts("guardian", one.type, applicant, to, linked, of_age, (one.facts,))
            )
        for other in own:
            if {one.type, other.type} == {HOUSEHOLD}:
                proofs = (other.facts, one.facts)
                linked = _child_of(_details(other), _details(one))
                made.append(
                    RelationFacts("guardian", HOUSEHOLD, applicant, to, linked, of_age, proofs)
                )
    return made


def _child_of(child: Mapping[str, str], head: Mapping[str, str]) -> bool:
    same = bool(child.get(BOOK)) and child.get(BOOK) == head.get(BOOK)
    return same and child.get(RELATION) in CHILD and head.get(RELATION) == HEAD


def _representative(
    house: House,
    conn: Connection,
    now: Scene,
    own: Sequence[Candidate],
    theirs: Sequence[Candidate],
) -> list[RelationFacts]:
    """Whom the firm's licence names: the name must be that of a licence of the person's own.

    Two names are compared, only where the firm's licence holds and its use is approved.
    """
    if now.case is None:
        return []
    facts, to = now.facts(), now.named["legal_representative"]
    role, made = "legal_representative", []
    for one in own:
        if one.type in PROVES_RELATION[role]:
            bare = RelationFacts(
                role, one.type, now.case.holder_hash, to, True, False, (one.facts,)
            )
            sound = _wrong(facts, bare) is None
            sound = sound and right.use_detail(facts.uses.get(one.type), one.facts) is None
            linked = sound and any(_names(house, conn, now, one, other) for other in theirs)
            made.append(RelationFacts(role, one.type, bare.of, to, linked, False, (one.facts,)))
    return made


def _names(house: House, conn: Connection, now: Scene, one: Candidate, other: Candidate) -> bool:
    """Whether the firm's licence names the holder of the other one."""
    if now.case is None or one.licence_id is None or validity_detail(other.facts, now.facts()):
        return False
    field = NAMES_OTHER[one.type]
    if other.answer is not None:
        known = str(other.answer["holder_name"])
        return says(house, conn, (one.licence_id, now.case.holder_hash), field, known)
    if other.licence_id is None:
        return False
    theirs = (other.licence_id, now.named["legal_representative"])
    return says(house, conn, (one.licence_id, now.case.holder_hash), field, theirs)


def _details(one: Candidate) -> Mapping[str, str]:
    """The detail fields of a look-up's answer; a published licence is not opened here."""
    return (one.answer or {}).get("details") or {}
