"""What is on record of a case's rights, read as facts. Small reads by case, post or person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, Result, bindparam, select

from certs.rights.facts import AssignmentFacts, ConsentFacts, DutyFacts, MandateFacts, PostFacts
from certs.rights.tables import assignment, consent, mandate, presenter, relative
from kernel.reads import Read, Rows
from registry.accounts import Post
from registry.roster import Duty

#: Read at each decision, hence built once.
ASSIGNED = select(
    assignment.c.post,
    assignment.c.rights,
    assignment.c.mode,
    assignment.c.begins,
    assignment.c.ends,
).where(assignment.c.case_number == bindparam("number"))
CAME = (
    select(presenter.c.agent_hash)
    .where(presenter.c.case_number == bindparam("number"))
    .order_by(presenter.c.id.desc())
    .limit(1)
)
NAMED = (
    select(relative.c.role, relative.c.holder_hash)
    .where(relative.c.case_number == bindparam("number"))
    .order_by(relative.c.id)
)


def posts_of(held: Sequence[Post], duties: Iterable[Duty]) -> tuple[PostFacts, ...]:
    """The posts of an account with their duties."""
    found: dict[str, set[DutyFacts]] = {one.code: set() for one in held}
    for line in duties:
        if line.post in found:
            found[line.post].add(DutyFacts(line.item, line.begins, line.until))
    return tuple(
        PostFacts(one.code, one.department, frozenset(one.rights), frozenset(found[one.code]))
        for one in held
    )


def assigned_to(case_number: str) -> Read[frozenset[AssignmentFacts]]:
    """The posts that the case was given to."""
    return Read(ASSIGNED, {"number": case_number}, _assigned)


def _assigned(rows: Rows) -> frozenset[AssignmentFacts]:
    return frozenset(
        AssignmentFacts(row.post, frozenset(row.rights), row.mode, row.begins, row.ends)
        for row in rows
    )


def presenter_of(case_number: str) -> Read[str | None]:
    """The agent who came for the case (keyed hash); None: nobody but the applicant did."""
    return Read(CAME, {"number": case_number}, Result.scalar)


def mandates_of(conn: Connection, principal: str, agent: str) -> frozenset[MandateFacts]:
    """What the principal lets the agent do, and let once."""
    m = mandate.c
    rows = conn.execute(select(mandate).where(m.principal_hash == principal, m.agent_hash == agent))
    return frozenset(
        MandateFacts(
            row.principal_hash,
            row.agent_hash,
            frozenset(row.items),
            row.begins,
            row.until,
            row.revoked_at is not None,
        )
        for row in rows
    )


def named_for(case_number: str) -> Read[dict[str, str]]:
    """Role -> whom a clerk named for the case (keyed hash); it proves nothing."""
    return Read(NAMED, {"number": case_number}, _named)


def _named(rows: Rows) -> dict[str, str]:
    return {row.role: row.holder_hash for row in rows}


def consents_of(
    conn: Connection, case_number: str, types: Iterable[str]
) -> frozenset[ConsentFacts]:
    """What holders consented to for this case, and took back."""
    c = consent.c
    rows = conn.execute(
        select(consent).where(c.case_number == case_number, c.licence_type.in_(sorted(set(types))))
    )
    return frozenset(
        ConsentFacts(
            row.holder_hash,
            row.licence_type,
            row.begins,
            row.ends,
            row.withdrawn_at is not None,
            row.way == "code_brought",
        )
        for row in rows
    )
