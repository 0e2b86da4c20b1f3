"""Holders' numbers of a whole column: checked, and turned into keyed hashes.

The rules are `kernel.numbers`'; a number that they refuse gives a reason that does not repeat it.
"""

from __future__ import annotations

from kernel.errors import SkipRow
from kernel.house import House
from kernel.numbers import ORGANISATION, PERSON

OTHER = {PERSON: ORGANISATION, ORGANISATION: PERSON}


def hash_all(
    house: House, kinds: list[str | None], numbers: list[str | None]
) -> tuple[list[str | None], dict[int, str]]:
    """Hashes (null where there is no number, no kind, or it is bad), and why bad ones are bad."""
    found: list[str | None] = [None] * len(numbers)
    reasons: dict[int, str] = {}
    for place, (kind, number) in enumerate(zip(kinds, numbers, strict=True)):
        if number is None or kind is None:
            continue
        try:
            found[place] = house.holder_hash(kind, number)
        except SkipRow as why:
            reasons[place] = why.message
    return found, reasons


def hash_co_holders(
    house: House, kinds: list[str | None], numbers: list[str | None]
) -> tuple[list[str | None], dict[int, str]]:
    """As `hash_all`, for second holders: sources give no kind for them.

    A number is taken as the first holder's kind, else as the other one: a valid number is valid as
    one of the two only.
    """
    found, reasons = hash_all(house, kinds, numbers)
    for place in list(reasons):
        kind = kinds[place]
        try:
            found[place] = house.holder_hash(OTHER[kind or PERSON], numbers[place] or "")
        except SkipRow:
            continue
        del reasons[place]
    return found, reasons
