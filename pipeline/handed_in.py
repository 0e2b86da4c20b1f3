"""What people hand in for the catalogue: rows of tables, days, whose changes they want to see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

from catalog.deciding.bodies import Decision
from catalog.exchange.sheets import only
from catalog.flow.deltas import Proposal
from catalog.periods import division_of
from catalog.versions.diff import Wanted
from kernel.errors import BadInput


@contextmanager
def row_of(place: int) -> Iterator[None]:
    """Which row of a table is wrong (the heading is the first)."""
    try:
        yield
    except BadInput as error:
        raise BadInput(f"row {place}: {error}") from None


def proposals_of(rows: Sequence[dict[str, str]]) -> list[Proposal]:
    """Deviations out of a table. Raises BadInput with the row and column that is wrong."""
    only(
        rows,
        ("item_id", "field", "value", "begins", "basis"),
        ("division", "local_code", "ends", "document"),
    )
    return [
        Proposal(
            row["item_id"], row["field"], row["value"], _day(place, row["begins"]), row["basis"],
            row.get("division") or None, row.get("local_code") or None,
            _day(place, row["ends"]) if row.get("ends") else None, row.get("document") or None,
        )
        for place, row in enumerate(rows, 2)
    ]  # fmt: skip


def decisions_of(rows: Sequence[dict[str, str]]) -> list[Decision]:
    """Who decides, out of a table. Raises BadInput with the row and column that is wrong."""
    only(
        rows,
        ("item_id", "manner", "begins", "document"),
        ("department", "division", "ends", "on_behalf_of", "basis"),
    )
    return [
        Decision(
            row["item_id"], row["manner"], row.get("department") or None,
            _day(place, row["begins"]), row["document"],
            _day(place, row["ends"]) if row.get("ends") else None, row.get("division") or None,
            row.get("on_behalf_of") or None, row.get("basis") or None,
        )
        for place, row in enumerate(rows, 2)
    ]  # fmt: skip


def _day(place: int, said: str) -> date:
    with row_of(place):
        return needed_day(said)


def needed_day(said: str) -> date:
    """A day as typed (2026-07-01). Raises BadInput."""
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise BadInput(f"a day is written as 2026-07-01, not {said}") from None


def day_of(said: str | None) -> date | None:
    """The same where the day may be left out."""
    return None if said is None else needed_day(said)


def wanted_of(item: str | None, department: str | None, division: str | None) -> Wanted:
    """Whose changes are asked for; the division as anyone may write it. Raises BadInput."""
    return replace(Wanted(item, department), division=division_of(division) or None)
