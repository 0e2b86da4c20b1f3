"""The live names that are judged, as unify last saw them, and what came or went since.

Only the difference is read out of the database: a day's hundred new names cost a hundred rows.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from catalog.items.parse import normal_form
from catalog.judging.keys import office_of, question_key
from kernel.db import copy_rows

_COLUMNS = (
    "subject", "left", "name", "base_code", "parent", "task_type", "department", "division",
    "handled_by", "office", "norm", "key", "digest",
)  # fmt: skip
#: What differs between the live rows and those that unify last saw; `old`: no longer live.
#: A code that several live rows bear is taken once, by the first in order of content.
_ITEMS = text("""
    WITH live AS (SELECT DISTINCT ON (code) code AS "left", name,
            coalesce(base_code, '') AS base_code, coalesce(parent, '') AS parent,
            coalesce(task_type, '') AS task_type, coalesce(department, '') AS department,
            coalesce(division, '') AS division, coalesce(handling_department, '') AS handled_by
        FROM landing.item
        WHERE deleted_at IS NULL AND NOT withheld AND level = 'implementation'
        ORDER BY code, coalesce(base_code, '') COLLATE "C", name COLLATE "C",
            coalesce(parent, '') COLLATE "C", coalesce(task_type, '') COLLATE "C",
            coalesce(department, '') COLLATE "C", coalesce(division, '') COLLATE "C",
            coalesce(handling_department, '') COLLATE "C"),
    seen AS (SELECT "left", name, base_code, parent, task_type, department, division, handled_by
        FROM catalog.local WHERE subject = 'item')
    SELECT n.*, md5(ROW(n.name, n.base_code, n.parent, n.task_type, n.department)::text) AS digest,
        l."left" AS old FROM live n FULL JOIN seen l ON l."left" = n."left"
    WHERE n."left" IS NULL OR ROW(n.*) IS DISTINCT FROM ROW(l.*)
""")
_MATERIALS = text("""
    WITH live AS (SELECT DISTINCT name FROM landing.material
        WHERE deleted_at IS NULL AND NOT withheld),
    seen AS (SELECT "left" FROM catalog.local WHERE subject = 'material')
    SELECT n.name AS "left", n.name, '' AS base_code, '' AS parent, '' AS task_type,
        '' AS department, '' AS division, '' AS handled_by, md5(n.name) AS digest,
        l."left" AS old FROM live n FULL JOIN seen l ON l."left" = n.name
    WHERE n.name IS NULL OR l."left" IS NULL
""")
#: Around a material's name: 《营业执照》 and 营业执照 are one.
_QUOTES = re.compile(r"[\s《》“”\"]")
_CHANGED = {"item": _ITEMS, "material": _MATERIALS}


@dataclass(frozen=True)
class Came:
    """Rows whose facts are new (and the digests of these), and rows that are no longer live."""

    new: frozenset[str]
    digests: frozenset[str]
    gone: frozenset[str]

    @property
    def all(self) -> set[str]:
        """Both."""
        return {*self.new, *self.gone}


def refresh(conn: Connection, subject: str) -> Came:
    """Make `catalog.local` what is live now; what that changed."""
    changed = conn.execute(_CHANGED[subject]).mappings().all()
    rows = [_row(subject, one) for one in changed if one["left"] is not None]
    old = [one["old"] for one in changed if one["old"] is not None]
    if old:
        conn.execute(
            text('DELETE FROM catalog.local WHERE subject = :s AND "left" = ANY(:lefts)'),
            {"s": subject, "lefts": old},
        )
    copy_rows(conn, "catalog.local", _COLUMNS, rows)
    new = frozenset(row[1] for row in rows)
    return Came(new, frozenset(row[-1] for row in rows), frozenset(old) - new)


def unjudged(conn: Connection, subject: str, among: Collection[str] | None) -> list[Any]:
    """A row a digest without verdict: digest, name, base_code, parent, task_type, department.

    `among`: the digests to look at; None: all.
    """
    found = conn.execute(
        text(
            "SELECT DISTINCT digest, name, base_code, parent, task_type, department"
            " FROM catalog.local l WHERE subject = :s"
            " AND (CAST(:among AS text[]) IS NULL OR digest = ANY(:among))"
            " AND NOT EXISTS (SELECT FROM catalog.verdict v WHERE v.subject = :s"
            " AND v.digest = l.digest)"
        ),
        {"s": subject, "among": None if among is None else list(among)},
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
    form = normal_form(name) if subject == "item" else _QUOTES.sub("", name)
    own = (office, form, question_key(subject, name, office))
    said = tuple(one[column] for column in _COLUMNS[2:9])
    return (subject, one["left"], *said, *own, one["digest"])
