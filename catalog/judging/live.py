"""The live names that are judged, as unify last saw them, and what came or went since.

Only the difference is read out of the database: a day's hundred new names cost a hundred rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from catalog.items.parse import normal_form
from catalog.judging.keys import office_of, question_key
from kernel.db import copy_rows

_COLUMNS = (
    "subject", "left", "name", "base_code", "parent", "task_type", "department", "division",
    "handled_by", "office", "norm", "key", "digest", "facts",
)  # fmt: skip
#: A code that several live rows bear is taken once, by the first in order of content.
_ITEMS = """
    CREATE TEMP TABLE live_now ON COMMIT DROP AS SELECT *,
        md5(ROW(name, base_code, parent, task_type, department)::text) AS digest,
        md5(ROW(one.*)::text) AS facts
    FROM (SELECT DISTINCT ON (code) code AS "left", name, coalesce(base_code, '') AS base_code,
            coalesce(parent, '') AS parent, coalesce(task_type, '') AS task_type,
            coalesce(department, '') AS department, coalesce(division, '') AS division,
            coalesce(handling_department, '') AS handled_by
        FROM landing.item
        WHERE deleted_at IS NULL AND NOT withheld AND level = 'implementation'
        ORDER BY code, coalesce(base_code, '') COLLATE "C", name COLLATE "C",
            coalesce(parent, '') COLLATE "C", coalesce(task_type, '') COLLATE "C",
            coalesce(department, '') COLLATE "C", coalesce(division, '') COLLATE "C",
            coalesce(handling_department, '') COLLATE "C") AS one
"""
_MATERIALS = """
    CREATE TEMP TABLE live_now ON COMMIT DROP AS
    SELECT DISTINCT name AS "left", name, '' AS base_code, '' AS parent, '' AS task_type,
        '' AS department, '' AS division, '' AS handled_by, md5(name) AS digest, md5(name) AS facts
    FROM landing.material WHERE deleted_at IS NULL AND NOT withheld
"""
_LIVE = {"item": _ITEMS, "material": _MATERIALS}


@dataclass(frozen=True)
class Came:
    """Rows whose facts are new, and rows that are no longer live."""

    new: frozenset[str]
    gone: frozenset[str]

    @property
    def all(self) -> set[str]:
        """Both."""
        return {*self.new, *self.gone}


def refresh(conn: Connection, subject: str) -> Came:
    """Make `catalog.local` what is live now; what that changed."""
    conn.execute(text(_LIVE[subject]))
    conn.execute(text("ANALYZE live_now"))
    new = conn.execute(
        text(
            'SELECT n.* FROM live_now n LEFT JOIN catalog.local l ON l.subject = :s AND l."left" ='
            ' n."left" WHERE l.facts IS DISTINCT FROM n.facts'
        ),
        {"s": subject},
    ).mappings()
    rows = [_row(subject, one) for one in new]
    gone = set(
        conn.execute(
            text(
                'SELECT "left" FROM catalog.local l WHERE subject = :s AND NOT EXISTS'
                ' (SELECT FROM live_now n WHERE n."left" = l."left")'
            ),
            {"s": subject},
        ).scalars()
    )
    conn.execute(text("DROP TABLE live_now"))
    came = Came(frozenset(row[1] for row in rows), frozenset(gone))
    if came.all:
        conn.execute(
            text('DELETE FROM catalog.local WHERE subject = :s AND "left" = ANY(:lefts)'),
            {"s": subject, "lefts": sorted(came.all)},
        )
    copy_rows(conn, "catalog.local", _COLUMNS, rows)
    return came


def unjudged(conn: Connection, subject: str) -> list[Any]:
    """A row a digest without verdict: digest, name, base_code, parent, task_type, department."""
    found = conn.execute(
        text(
            "SELECT DISTINCT digest, name, base_code, parent, task_type, department"
            " FROM catalog.local l WHERE subject = :s AND NOT EXISTS (SELECT FROM"
            " catalog.verdict v WHERE v.subject = :s AND v.digest = l.digest)"
        ),
        {"s": subject},
    )
    return sorted(map(tuple, found))


def every(conn: Connection, subject: str) -> list[Any]:
    """The same of every digest."""
    found = conn.execute(
        text(
            "SELECT DISTINCT digest, name, base_code, parent, task_type, department"
            " FROM catalog.local WHERE subject = :s"
        ),
        {"s": subject},
    )
    return sorted(map(tuple, found))


def lefts_of(conn: Connection, subject: str, digests: Iterable[str]) -> set[str]:
    """The rows that stand behind these digests."""
    found = conn.execute(
        text('SELECT "left" FROM catalog.local WHERE subject = :s AND digest = ANY(:digests)'),
        {"s": subject, "digests": list(digests)},
    )
    return set(found.scalars())


def _row(subject: str, one: Any) -> tuple[str, ...]:
    name, department = one["name"], one["department"] or one["handled_by"]
    office = office_of(department)
    own = (office, normal_form(name), question_key(subject, name, office))
    said = tuple(one[column] for column in _COLUMNS[2:9])
    return (subject, one["left"], *said, *own, one["digest"], one["facts"])
