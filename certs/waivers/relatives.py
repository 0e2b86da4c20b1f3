"""Who stands to the applicant in a role, as a licence of theirs says; nothing is assumed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from certs.rights import right
from certs.rights.facts import Facts, RelationFacts
from certs.rights.relations import ENDS_RELATION, PROVES_RELATION
from certs.rights.validity import validity_detail
from certs.waivers.candidates import Candidate

#: Roles whose licence has both as holders: the licence alone says who the other one is.
OF_TWO_HOLDERS = ("spouse",)


def relatives(facts: Facts, found: Sequence[Candidate]) -> dict[str, RelationFacts]:
    """Role -> the relation that the applicant's own licences (`found`) prove or fail to prove.

    Of several licences a valid one counts before others, then the newest.
    """
    made = {}
    for role in OF_TWO_HOLDERS:
        tried = [_of_two(facts, role, one, found) for one in found]
        known = [one for one in tried if one is not None]
        if known:
            made[role] = min(known, key=lambda one: _holds(facts, one) is not None)
    return made


def _holds(facts: Facts, relation: RelationFacts) -> right.Detail | None:
    return validity_detail(relation.proof, facts) or (
        "relation_not_proved" if relation.ended else None
    )


def _of_two(
    facts: Facts, role: str, one: Candidate, found: Iterable[Candidate]
) -> RelationFacts | None:
    """The other holder of a licence that the applicant holds with one other."""
    if facts.case is None or one.type not in PROVES_RELATION[role]:
        return None
    applicant = facts.case.applicant
    others = one.facts.holders - {applicant}
    if applicant not in one.facts.holders or len(others) != 1:
        return None
    (other,) = others
    return RelationFacts(
        role=role,
        licence_type=one.type,
        of=applicant,
        to=other,
        linked=True,
        ended=_ended(one, found),
        proof=one.facts,
    )


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
