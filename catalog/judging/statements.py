"""What persons said of a name, read back: who said it, whether it counts, which of several counts.

A statement is never changed but for what became of it. What holds of a row follows from the
statements in force and the rules' verdict alone, so that taking one back restores what was before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select, text

from catalog.judging.keys import question_key
from catalog.judging.tables import statement
from kernel.errors import BadInput

#: Relations that settle a row; `different` only says what it is not, `unsure` asks another person.
SETTLING = ("same", "narrower", "broader", "none")
RELATIONS = {
    "item": (*SETTLING, "different", "unsure"),
    "material": ("same", "different", "unsure"),
}
#: Of these a statement is still under way; one that counts is in force.
WAITING = ("proposed", "pending")


@dataclass(frozen=True)
class Statement:
    """One thing that a person said.

    `left`: only that row (a local code); None: every row of the question. `waives`: it touches a
    material that data may stand for. `state`: proposed (a department's, not decided yet), pending
    (waits for a second person), in_force, rejected.
    """

    id: int
    subject: str
    key: str
    left: str | None
    name: str
    office: str
    relation: str
    rights: tuple[str, ...]
    by: str
    why: str
    at: datetime
    waives: bool
    state: str
    decided_by: str | None
    decided_why: str | None
    decided_at: datetime | None
    undone_by: str | None
    undone_why: str | None
    undone_at: datetime | None

    @property
    def counts(self) -> bool:
        """Whether it is in force and not undone."""
        return self.state == "in_force" and self.undone_at is None


@dataclass(frozen=True)
class Said:
    """What counts for a row: the statement that settles it, and what it is known not to be."""

    settled: Statement | None
    nots: frozenset[str]


class InForce:
    """The statements of a subject that count, by question and by row."""

    def __init__(self, found: Sequence[Statement]) -> None:
        self.found = found
        self._by: dict[str, list[Statement]] = defaultdict(list)
        for one in found:
            self._by[_place(one)].append(one)

    def of(self, left: str, key: str) -> Said:
        """Of a row: what was said of itself counts before what was said of its question."""
        own, its = self._by.get(f"row/{left}", []), self._by.get(f"key/{key}", [])
        settling = [one for one in (*its, *own) if one.relation in SETTLING]
        nots = {item for one in (*its, *own) if one.relation == "different" for item in one.rights}
        return Said(settling[-1] if settling else None, frozenset(nots))


def _place(one: Statement) -> str:
    return f"key/{one.key}" if one.left is None else f"row/{one.left}"


def in_force(conn: Connection, subject: str) -> InForce:
    """All that count, in the order in which they were said."""
    return InForce([one for one in of_subject(conn, subject, ("in_force",)) if one.counts])


def of_subject(
    conn: Connection, subject: str | None, states: Collection[str], key: str | None = None
) -> list[Statement]:
    """Statements in these states that are not undone, in the order in which they were said."""
    t = statement.c
    query = select(statement).where(t.undone_at.is_(None), t.state.in_(states)).order_by(t.id)
    if subject is not None:
        query = query.where(t.subject == subject)
    if key is not None:
        query = query.where(t.key == key)
    return [_of_row(row) for row in conn.execute(query).mappings()]


def history(conn: Connection, subject: str, key: str, lefts: Collection[str]) -> list[Statement]:
    """Everything that was said of a question and its rows, the newest first; undone ones too."""
    t = statement.c
    about = or_(t.key == key, t.left.in_(lefts))
    query = select(statement).where(t.subject == subject, about).order_by(t.id.desc())
    return [_of_row(row) for row in conn.execute(query).mappings()]


_ALIKE = text(
    "SELECT DISTINCT s.id FROM catalog.statement s JOIN catalog.local o ON o.subject = s.subject"
    ' AND (s."left" IS NULL AND o.key = s.key OR o."left" = s."left")'
    " WHERE s.subject = :s AND s.key <> :key AND s.state = 'in_force' AND s.undone_at IS NULL"
    " AND s.relation <> 'unsure' AND o.norm IN (SELECT norm FROM catalog.local"
    " WHERE subject = :s AND key = :key) ORDER BY s.id DESC LIMIT 5"
)


def alike(conn: Connection, subject: str, key: str) -> list[Statement]:
    """What counts of other questions of the same normal form, the newest first; five at most."""
    found = conn.execute(_ALIKE, {"s": subject, "key": key}).scalars().all()
    return [of_number(conn, number) for number in found]


def rekey(conn: Connection) -> None:
    """Bring the keys up to the rule in force, so that what was said still holds of its rows."""
    t = statement.c
    found = conn.execute(select(t.id, t.subject, t.name, t.office, t.key)).all()
    keys = ((one, question_key(one.subject, one.name, one.office)) for one in found)
    moved = [{"one": one.id, "new": key} for one, key in keys if key != one.key]
    if moved:
        conn.execute(text("UPDATE catalog.statement SET key = :new WHERE id = :one"), moved)


def of_number(conn: Connection, number: int) -> Statement:
    """One. Raises BadInput when there is none."""
    row = conn.execute(select(statement).where(statement.c.id == number)).mappings().first()
    if row is None:
        raise BadInput(f"there is no judgement {number}")
    return _of_row(row)


def _of_row(row: Mapping[Any, Any]) -> Statement:
    return Statement(**{**row, "rights": tuple(row["rights"])})
