"""What a contract asserts of a stream as a whole: how much may be refused, how much must come."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field as Key

from registry.parts import Age, Part, Percent, Text


def share(text: str) -> float:
    """`5%` as 0.05."""
    return int(text.removesuffix("%")) / 100


class Limits(Part):
    """`quarantine`: the largest share of refused rows; beyond it nothing new is sealed.

    `deletes`: the largest share of live rows that may be gone at once; beyond it none ends.
    """

    quarantine: Percent | None = None
    deletes: Percent | None = None


class RowCounts(Part):
    """`least`: rows that the stream must have; `change`: how far one sync may be from usual."""

    least: Annotated[int, Key(ge=1)] | None = None
    change: Percent | None = None


class Assertions(Part):
    """Minimums (`rows.least`, `filled`) stop, the others warn.

    `filled`: field → the share of rows that must have it; `cadence`: how old the newest record
    may be.
    """

    rows: RowCounts | None = None
    filled: dict[Text, Percent] = Key(default_factory=dict)
    cadence: Age | None = None
