"""A person's judgement, and taking it back."""

from __future__ import annotations

from sqlalchemy import Connection, text

from catalog.judging.decisions import PERSON
from catalog.tables import LOCK
from kernel.db import lock
from kernel.errors import BadInput

RELATIONS = {
    "item": ("same", "narrower", "broader", "none"),
    "material": ("same",),
}
_KNOWN = {
    "item": "SELECT 1 FROM catalog.canonical_item WHERE id = :id",
    "material": "SELECT 1 FROM catalog.canonical_material WHERE id = :id",
}
_NAMES = {
    "item": "SELECT min(name) FROM landing.item"
    " WHERE code = :left AND deleted_at IS NULL AND NOT withheld",
    "material": "SELECT min(name) FROM landing.material"
    " WHERE name = :left AND deleted_at IS NULL AND NOT withheld",
}
_CURRENT = text(
    'SELECT id, "by", at, left_name FROM catalog.judgement'
    ' WHERE subject = :subject AND "left" = :left AND undone_at IS NULL'
)


def judge(
    conn: Connection,
    subject: str,
    left: str,
    relation: str,
    right: str | None,
    by: str,
    why: str,
) -> int:
    """Record that account `by` holds `left` (a local code, a material's name) to be `relation` to
    the canonical `right`; the judgement's number. It outranks the rules until undone.

    Raises BadInput where the relation, `left` or `right` is not known, or no reason is given.
    """
    lock(conn, LOCK)
    _check(conn, subject, relation, right, why)
    name = _name_of(conn, subject, left)
    at = conn.execute(text("SELECT clock_timestamp()")).scalar_one()
    facts = {"subject": subject, "left": left, "at": at}
    conn.execute(
        text(
            "UPDATE catalog.judgement SET undone_at = :at"
            ' WHERE subject = :subject AND "left" = :left AND undone_at IS NULL'
        ),
        facts,
    )
    conn.execute(
        text(
            "UPDATE catalog.review SET closed_at = :at"
            ' WHERE subject = :subject AND "left" = :left AND closed_at IS NULL'
        ),
        facts,
    )
    number = conn.execute(
        text(
            'INSERT INTO catalog.judgement (subject, "left", "right", relation, "by", why,'
            " confidence, at, left_name) VALUES (:subject, :left, :right, :relation, :by, :why,"
            " 1.0, :at, :name) RETURNING id"
        ),
        {
            **facts,
            "right": right,
            "relation": relation,
            "by": PERSON + by,
            "why": why.strip(),
            "name": name,
        },
    ).scalar_one()
    return int(number)


def undo(conn: Connection, subject: str, left: str) -> None:
    """Take back the person's judgement on `left`: what held before it holds again.

    Raises BadInput where there is none.
    """
    lock(conn, LOCK)
    facts = {"subject": subject, "left": left}
    current = conn.execute(_CURRENT, facts).first()
    if current is None or not current[1].startswith(PERSON):
        raise BadInput(f"there is no person's judgement on the {subject} {left} to undo")
    facts["at"] = current[2]
    conn.execute(
        text("UPDATE catalog.judgement SET undone_at = clock_timestamp() WHERE id = :id"),
        {"id": current[0]},
    )
    conn.execute(
        text(
            "UPDATE catalog.judgement SET undone_at = NULL"
            ' WHERE subject = :subject AND "left" = :left AND undone_at = :at'
        ),
        facts,
    )
    conn.execute(
        text(
            "UPDATE catalog.review SET closed_at = NULL"
            ' WHERE subject = :subject AND "left" = :left AND closed_at = :at'
        ),
        facts,
    )


def _check(conn: Connection, subject: str, relation: str, right: str | None, why: str) -> None:
    if subject not in RELATIONS:
        raise BadInput(f"a judgement is on an item or a material, not on {subject}")
    if relation not in RELATIONS[subject]:
        allowed = ", ".join(RELATIONS[subject])
        raise BadInput(f"the relation of a {subject} is one of {allowed}, not {relation}")
    if not why.strip():
        raise BadInput("a judgement needs a reason")
    if relation == "none":
        if right is not None:
            raise BadInput("the relation none has no canonical item")
        return
    known = conn.execute(text(_KNOWN[subject]), {"id": right}).first()
    if known is None:
        raise BadInput(f"there is no canonical {subject} {right}")


def _name_of(conn: Connection, subject: str, left: str) -> str:
    """The name as written of what is judged."""
    name = conn.execute(text(_NAMES[subject]), {"left": left}).scalar_one()
    if name is None:
        raise BadInput(f"there is no {subject} {left} to judge")
    return str(name)
