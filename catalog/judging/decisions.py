"""Writing what the rules decided and what they ask, so that only differences are written.

A person's judgement outranks the rules: what a person judged is left alone here. A decision that
no longer holds is marked undone, never erased.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, text

from catalog.items.match import Candidate
from kernel.db import copy_rows

PERSON = "user:"
_JUDGEMENT = ("subject", "left", "right", "relation", "by", "why", "confidence", "at", "left_name")
_REVIEW = ("subject", "left", "left_name", "division", "department", "candidates", "opened_at")


@dataclass(frozen=True)
class Settled:
    """A rule's decision: `left` is the same as `right`."""

    left: str
    left_name: str
    right: str
    rule: str
    why: str
    confidence: float


@dataclass(frozen=True)
class Question:
    """What a person is asked about `left`."""

    left: str
    left_name: str
    division: str
    department: str
    candidates: tuple[Candidate, ...]


def write(
    conn: Connection,
    subject: str,
    settled: Iterable[Settled],
    questions: Iterable[Question],
    at: datetime,
) -> None:
    """Make the rules' judgements and the open reviews of a subject just these."""
    rows = conn.execute(
        text(
            'SELECT "left", id, by, "right", why, confidence, left_name FROM catalog.judgement'
            " WHERE subject = :s AND undone_at IS NULL"
        ),
        {"s": subject},
    ).all()
    persons = {row[0] for row in rows if row[2].startswith(PERSON)}
    current = {row[0]: row for row in rows if row[0] not in persons}
    wanted = {one.left: one for one in settled if one.left not in persons}
    stale = [row[1] for left, row in current.items() if not _holds(row, wanted.get(left))]
    if stale:
        conn.execute(
            text("UPDATE catalog.judgement SET undone_at = :at WHERE id = ANY(:ids)"),
            {"at": at, "ids": stale},
        )
    new = [one for left, one in wanted.items() if not _holds(current.get(left), one)]
    copy_rows(
        conn,
        "catalog.judgement",
        _JUDGEMENT,
        (
            (
                subject,
                s.left,
                s.right,
                "same",
                f"rule:{s.rule}",
                s.why,
                s.confidence,
                at,
                s.left_name,
            )
            for s in new
        ),
    )
    asked = {one.left: one for one in questions if one.left not in persons}
    _write_reviews(conn, subject, asked, at)


def _holds(row: Any, wanted: Settled | None) -> bool:
    """Whether a current judgement says just what is wanted."""
    if row is None or wanted is None:
        return False
    by = f"rule:{wanted.rule}"
    return tuple(row[2:]) == (by, wanted.right, wanted.why, wanted.confidence, wanted.left_name)


def _write_reviews(
    conn: Connection, subject: str, asked: dict[str, Question], at: datetime
) -> None:
    rows = conn.execute(
        text(
            'SELECT "left", left_name, division, department, candidates, closed_at IS NULL'
            " FROM catalog.review WHERE subject = :s"
        ),
        {"s": subject},
    ).all()
    there = {row[0]: row for row in rows}
    done = [left for left, row in there.items() if row[5] and left not in asked]
    if done:
        conn.execute(
            text(
                "UPDATE catalog.review SET closed_at = :at"
                ' WHERE subject = :s AND "left" = ANY(:lefts)'
            ),
            {"at": at, "s": subject, "lefts": done},
        )
    changed = [
        {
            "s": subject,
            "left": left,
            "name": one.left_name,
            "division": one.division,
            "department": one.department,
            "candidates": Jsonb(_as_json(one)),
            "at": at,
        }
        for left, one in asked.items()
        if left in there and tuple(there[left][1:]) != (*_facts(one), True)
    ]
    if changed:
        conn.execute(
            text(
                "UPDATE catalog.review SET left_name = :name, division = :division,"
                " department = :department, candidates = :candidates,"
                " opened_at = CASE WHEN closed_at IS NULL THEN opened_at ELSE :at END,"
                ' closed_at = NULL WHERE subject = :s AND "left" = :left'
            ),
            changed,
        )
    copy_rows(
        conn,
        "catalog.review",
        _REVIEW,
        (
            (subject, left, one.left_name, one.division, one.department, Jsonb(_as_json(one)), at)
            for left, one in asked.items()
            if left not in there
        ),
    )


def _as_json(one: Question) -> list[dict[str, Any]]:
    return [asdict(candidate) for candidate in one.candidates]


def _facts(one: Question) -> tuple[Any, ...]:
    return one.left_name, one.division, one.department, _as_json(one)
