"""Why a row is refused, in a sentence that never repeats a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from landing.checks import Check
from landing.normalise import Normalised
from landing.parse import DAY_EXAMPLES, TIME_EXAMPLES
from landing.states import EMPTY
from registry.contract import Stream


@dataclass(frozen=True)
class Refusal:
    """The first rule that a row broke, the source column, and every reason in one sentence."""

    rule: str
    column: str | None
    reason: str


def keyless(stream: Stream) -> Refusal:
    """A row that cannot be told from others."""
    names = ", ".join(stream.key)
    return Refusal("key", stream.key[0] if stream.key else None, f"the key column {names} is empty")


def refusal(stream: Stream, rows: Normalised, place: int, broken: Sequence[Check]) -> Refusal:
    """Why the row at `place` is refused. `broken`: the checks that it failed, at least one."""
    first = broken[0]
    sentences = [_sentence(stream, rows, place, check) for check in broken]
    return Refusal(
        _rule(rows, place, first), source_column(stream, first), "; ".join(dict.fromkeys(sentences))
    )


def source_column(stream: Stream, check: Check) -> str | None:
    """The source column that a check is about; None where it is about the whole row."""
    if check.rule == "operation":
        return stream.deletes.column if stream.deletes else None
    if check.rule == "date_order":
        return stream.column("valid_to")
    return stream.column(check.field)


def _rule(rows: Normalised, place: int, check: Check) -> str:
    if check.field in rows.states and rows.states[check.field][place].as_py() == EMPTY:
        return "required"
    return check.rule


def _sentence(stream: Stream, rows: Normalised, place: int, check: Check) -> str:
    column = source_column(stream, check)
    if column in rows.missing:
        return f"the column {column} ({check.field}) is not in the data"
    if _rule(rows, place, check) == "required":
        return f"the column {column} ({check.field}) is empty"
    said = {
        "operation": f"the column {column} says neither that the row lives nor that it is deleted",
        "category": f"the column {column} ({check.field}) holds a category that is not mapped",
        "date": f"the column {column} ({check.field}) does not hold a day written like "
        f"{DAY_EXAMPLES[stream.dates]}",
        "time": f"the column {column} ({check.field}) does not hold a time written like "
        f"{TIME_EXAMPLES[stream.times]}",
        "number": f"the column {column} ({check.field}) does not hold a whole number",
        "date_order": f"the column {column} (valid_to) lies before valid_from",
    }
    if check.rule == "holder":
        return f"{rows.reasons[check.field, place]} (column {column})"
    return said[check.rule]
