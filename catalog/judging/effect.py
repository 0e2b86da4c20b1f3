"""What holds of each row: written from the rules' verdicts and the statements in force.

`settle` is the only writer of `catalog.judgement` and `catalog.review`. What it writes depends on
nothing else, so it does not matter in which order names and statements came, or which were undone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, text

from catalog.items.match import Candidate
from catalog.judging.lists import SURE
from catalog.judging.statements import InForce, Statement, in_force
from kernel.db import copy_rows

PERSON = "user:"
BY_LIST = "rule:lists"
_JUDGEMENT = (
    "subject", "left", "right", "relation", "by", "why", "confidence", "left_name", "key",
    "statement", "at",
)  # fmt: skip
_REVIEW = (
    "subject", "left", "left_name", "division", "department", "key", "why", "candidates",
    "opened_at",
)  # fmt: skip
_ROWS = text(
    "SELECT l.\"left\", l.name, l.key, l.division, coalesce(nullif(l.handled_by, ''),"
    " l.department) AS department, v.relation, v.ids, v.rule, v.why, v.confidence, v.auto, v.asks,"
    " v.candidates, b.item, b.name AS item_name, b.holds, b.why AS list_why"
    " FROM catalog.local l JOIN catalog.verdict v ON v.subject = l.subject"
    " AND v.digest = l.digest"
    ' LEFT JOIN catalog.by_list b ON l.subject = \'item\' AND b."left" = l."left"'
    " WHERE l.subject = :s"
    ' AND (CAST(:lefts AS text[]) IS NULL OR l."left" = ANY(:lefts))'
)


@dataclass(frozen=True)
class Question:
    """What a person is asked about a row."""

    left: str
    left_name: str
    division: str
    department: str
    key: str
    why: str
    candidates: tuple[Candidate, ...]


def settle(conn: Connection, subject: str, lefts: Collection[str] | None, at: datetime) -> int:
    """Make judgements and questions of these rows (None: all) what they must be now.

    Returns how many judgements began or ended. A row that is no longer live has none.
    """
    said = in_force(conn, subject)
    asked_for = None if lefts is None else sorted(lefts)
    wanted: dict[str, tuple[Any, ...]] = {}
    questions: dict[str, Question] = {}
    for row in conn.execute(_ROWS, {"s": subject, "lefts": asked_for}):
        holds, question = _of_row(row, said)
        if holds is not None:
            wanted[row.left] = (subject, row.left, *holds)
        if question is not None:
            questions[row.left] = question
    changed = _write_judgements(conn, subject, asked_for, wanted, at)
    _write_reviews(conn, subject, asked_for, questions, at)
    return changed


def _of_row(row: Any, said: InForce) -> tuple[tuple[Any, ...] | None, Question | None]:
    """(right, relation, by, why, confidence, name, key, statement) and what is still asked."""
    heard = said.of(row.left, row.key)
    if heard.settled is not None:
        return (*_by_person(heard.settled), row.name, row.key, heard.settled.id), None
    if row.item is not None and row.item not in heard.nots and (told := _by_list(row)):
        return told
    ruled_out = heard.nots & set(row.ids)
    holds = None
    if row.auto and not ruled_out:
        right = " ".join(row.ids) or None
        by = f"rule:{row.rule}"
        holds = (right, row.relation, by, row.why, row.confidence, row.name, row.key, None)
    if not row.asks and not ruled_out:
        return holds, None
    why = "规则认定的结果已被人工否定" if ruled_out else row.why
    left = tuple(Candidate(**one) for one in row.candidates if one["id"] not in heard.nots)
    where = (row.division or "", row.department or "")
    return holds, Question(row.left, row.name, *where, row.key, why, left)


def _by_list(row: Any) -> tuple[tuple[Any, ...] | None, Question | None] | None:
    """What the lists of materials say, while it is of what the name says now."""
    if row.holds and not row.auto and row.item in {one["id"] for one in row.candidates}:
        told = (row.item, "same", BY_LIST, row.list_why, SURE, row.name, row.key, None)
        return told, None
    if not row.holds and row.auto and row.ids == [row.item]:
        doubted = Candidate(row.item, row.item_name, row.confidence, row.list_why)
        others = (Candidate(**one) for one in row.candidates if one["id"] != row.item)
        where = (row.division or "", row.department or "", row.key)
        return None, Question(row.left, row.name, *where, row.list_why, (doubted, *others))
    return None


def _by_person(one: Statement) -> tuple[Any, ...]:
    return " ".join(one.rights) or None, one.relation, PERSON + one.by, one.why, 1.0


def _write_judgements(
    conn: Connection,
    subject: str,
    lefts: list[str] | None,
    wanted: dict[str, tuple[Any, ...]],
    at: datetime,
) -> int:
    rows = conn.execute(
        text(
            'SELECT id, "left", "right", relation, "by", why, confidence, left_name, key, statement'
            " FROM catalog.judgement WHERE subject = :s AND undone_at IS NULL"
            ' AND (CAST(:lefts AS text[]) IS NULL OR "left" = ANY(:lefts))'
        ),
        {"s": subject, "lefts": lefts},
    ).all()
    current = {row[1]: (subject, *row[1:]) for row in rows}
    stale = [row[0] for row in rows if wanted.get(row[1]) != current[row[1]]]
    if stale:
        conn.execute(
            text("UPDATE catalog.judgement SET undone_at = :at WHERE id = ANY(:ids)"),
            {"at": at, "ids": stale},
        )
    new = [(*row, at) for left, row in sorted(wanted.items()) if current.get(left) != row]
    copy_rows(conn, "catalog.judgement", _JUDGEMENT, new)
    return len(stale) + len(new)


def _write_reviews(
    conn: Connection,
    subject: str,
    lefts: list[str] | None,
    asked: dict[str, Question],
    at: datetime,
) -> None:
    rows = conn.execute(
        text(
            'SELECT "left", left_name, division, department, key, why, candidates,'
            " closed_at IS NULL FROM catalog.review WHERE subject = :s"
            ' AND (CAST(:lefts AS text[]) IS NULL OR "left" = ANY(:lefts))'
        ),
        {"s": subject, "lefts": lefts},
    ).all()
    there = {row[0]: tuple(row) for row in rows}
    done = [left for left, row in there.items() if row[-1] and left not in asked]
    if done:
        conn.execute(
            text(
                "UPDATE catalog.review SET closed_at = :at"
                ' WHERE subject = :s AND "left" = ANY(:lefts)'
            ),
            {"at": at, "s": subject, "lefts": done},
        )
    facts = {left: _facts(one) for left, one in asked.items()}
    changed = [
        {
            "s": subject, "left": left, "name": name, "division": division, "key": key,
            "department": department, "why": why, "candidates": Jsonb(candidates), "at": at,
        }
        for left, (_, name, division, department, key, why, candidates) in facts.items()
        if left in there and there[left] != (*facts[left], True)
    ]  # fmt: skip
    if changed:
        conn.execute(
            text(
                "UPDATE catalog.review SET left_name = :name, division = :division, key = :key,"
                " department = :department, why = :why, candidates = :candidates,"
                " opened_at = CASE WHEN closed_at IS NULL THEN opened_at ELSE :at END,"
                ' closed_at = NULL WHERE subject = :s AND "left" = :left'
            ),
            changed,
        )
    new: Iterable[tuple[Any, ...]] = (
        (subject, *row[:-1], Jsonb(row[-1]), at)
        for left, row in sorted(facts.items())
        if left not in there
    )
    copy_rows(conn, "catalog.review", _REVIEW, new)


def _facts(one: Question) -> tuple[Any, ...]:
    """As the table has it, without its times."""
    candidates = [asdict(candidate) for candidate in one.candidates]
    where = (one.division, one.department)
    return one.left, one.left_name, *where, one.key, one.why, candidates
