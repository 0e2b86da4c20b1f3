"""Dated periods, from `begins` to the day before `ends`; a later one ends the open one before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from psycopg.errors import ExclusionViolation
from sqlalchemy import Connection, Table, and_, update
from sqlalchemy.exc import IntegrityError

from kernel.errors import BadInput
from registry import divisions

#: The first day of a period of which no beginning is known.
ALWAYS = date.min
EVERYWHERE = ""


def division_of(text: str | None) -> str:
    """A division's present name; '' (everywhere) for none. Raises BadInput on an unknown one."""
    if not text:
        return EVERYWHERE
    found = divisions.resolve(text)
    if found is None:
        allowed = "、".join(divisions.load())
        raise BadInput(f"the city has no division {text}: allowed are {allowed}")
    return found.name


def named_division(text: str | None) -> str:
    """A landed division's present name; as it stands where it is none of the city's."""
    found = divisions.resolve(text) if text else None
    return found.name if found is not None else text or EVERYWHERE


def check_period(begins: date, ends: date | None) -> None:
    """Raises BadInput where a period ends before it begins."""
    if ends is not None and ends <= begins:
        raise BadInput(f"a period from {begins} cannot end before {ends}: `ends` is a later day")


def holds_on(begins: date, ends: date | None, day: date) -> bool:
    """Whether a day lies in the period."""
    return begins <= day and (ends is None or day < ends)


def give_way(
    conn: Connection, table: Table, subject: Mapping[str, Any], begins: date, by: int
) -> None:
    """End the subject's open period that began before `begins`, since row `by` follows it."""
    same = and_(*(table.c[name] == value for name, value in subject.items()))
    conn.execute(
        update(table)
        .where(same, table.c.ends.is_(None), table.c.begins < begins, table.c.id != by)
        .values(ends=begins, ended_by=by)
    )


def come_back(conn: Connection, table: Table, number: int) -> None:
    """Open again what gave way to row `number`, which has just been taken back."""
    conn.execute(update(table).where(table.c.ended_by == number).values(ends=None, ended_by=None))


@contextmanager
def no_overlap(what: str) -> Iterator[None]:
    """Two periods of one subject that overlap: refused by the database, said in a sentence."""
    try:
        yield
    except IntegrityError as error:
        if not isinstance(error.orig, ExclusionViolation):
            raise
        raise BadInput(
            f"{what} has another period that overlaps this one: end or withdraw that one first"
        ) from None


def shown_period(begins: date, ends: date | None) -> str:
    """A period in Chinese, for a sentence."""
    start = "" if begins == ALWAYS else f"自{begins.isoformat()}起"
    end = "" if ends is None else f"至{ends.isoformat()}（不含）止"
    return start + end or "一直"


def json_day(day: date | None) -> str | None:
    """A day as JSON has it; None for no end and for a beginning that is not known."""
    return None if day is None or day == ALWAYS else day.isoformat()
