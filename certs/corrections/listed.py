"""Corrections as those see them who report and who answer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, and_, select

from certs.corrections import words
from certs.tables import correction
from kernel.clock import CITY_TIME
from kernel.house import House
from landing.tables import licence as landed
from registry import workdays

SHOWN = 200


@dataclass(frozen=True)
class Correction:
    """One correction. `why` and `said` may be personal: only for the department and the post."""

    id: int
    system: str
    licence_type: str
    department: str
    field: str
    case_number: str | None
    post: str | None
    by_holder: bool
    reported_at: datetime
    due: date
    why: str
    answer: str | None  # corrected | refused
    said: str | None
    answered_at: datetime | None
    marked: bool  # no use counts the licence now
    overdue_days: int  # working days that the answer is late


def of_department(house: House, conn: Connection, department: str) -> list[Correction]:
    """A department's, unanswered ones first."""
    return _listed(house, conn, correction.c.department == department)


def of_posts(house: House, conn: Connection, posts: Collection[str]) -> list[Correction]:
    """Those that clerks of these posts reported, unanswered ones first."""
    return _listed(house, conn, correction.c.post.in_(sorted(posts)))


def overdue_days(due: date, answer: str | None, today: date) -> int:
    """How many working days a department is late with its answer; 0 once it has answered."""
    return workdays.between(due, today) if answer is None else 0


def _listed(house: House, conn: Connection, which: ColumnElement[bool]) -> list[Correction]:
    c, h = correction.c, landed.c
    same = and_(h.system == c.system, h.stream == c.stream, h.key_hash == c.key_hash)
    query = (
        select(correction, h.row_hash.label("now"))
        .select_from(correction.outerjoin(landed, same))
        .where(which)
        .order_by(c.answer.is_not(None), c.due, c.id)
        .limit(SHOWN)
    )
    made, today = [], house.clock().astimezone(CITY_TIME).date()
    for row in conn.execute(query):
        said = words.open_(house, words.place_of(dict(row._mapping)), bytes(row.sealed))
        made.append(
            Correction(
                row.id, row.system, row.licence_type, row.department, row.field,
                row.case_number, row.post, row.post is None, row.reported_at, row.due,
                said.why, row.answer, said.answer, row.answered_at,
                overdue_days=overdue_days(row.due, row.answer, today),
                marked=row.answer != "refused" and row.now == row.row_hash,
            )
        )  # fmt: skip
    return made
