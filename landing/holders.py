"""Holders' numbers of a whole column: checked, and turned into keyed hashes.

The rules are `kernel.numbers`'; a number that they refuse gives a reason that does not repeat it.
A number written in its one form (18 characters) is checked with the whole column at once; every
other one by those rules, one by one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute

from kernel.errors import SkipRow
from kernel.house import House
from kernel.numbers import ORGANISATION, PERSON, normalise_holder
from landing.columns import Column, Mask, buffer_of, choose, hashed, held, is_text, listed, take

OTHER = {PERSON: ORGANISATION, ORGANISATION: PERSON}
LENGTH = 18
#: GB 11643: weights of the first 17 digits; their sum mod 11 names the check character.
CITIZEN = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], np.int32)
CITIZEN_CHECKS = np.frombuffer(b"10X98765432", np.uint8)
#: GB 32100: its alphabet (no I O S V Z) and weights; sum and check character make 0 mod 31.
ALPHABET = np.frombuffer(b"0123456789ABCDEFGHJKLMNPQRTUWXY", np.uint8)
CREDIT = np.array([pow(3, n, 31) for n in range(17)], np.int32)
CREDIT_VALUES = np.full(256, -1, np.int32)
CREDIT_VALUES[ALPHABET] = np.arange(31)
MONTHS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int32)

_do: Any = pyarrow.compute
Digits = npt.NDArray[np.int32]
Characters = npt.NDArray[np.uint8]


def hash_all(house: House, kinds: Column, numbers: Column) -> tuple[Column, dict[int, str]]:
    """Hashes (null where there is no number, no kind, or it is bad), and why bad ones are bad."""
    normal = choose(held_by_form(kinds, numbers), _do.ascii_upper(numbers), None)
    reasons: dict[int, str] = {}
    rest = np.flatnonzero(held(numbers) & held(kinds) & ~held(normal))
    if len(rest):
        found: list[str | None] = []
        asked = zip(listed(take(kinds, rest)), listed(take(numbers, rest)), strict=True)
        for spot, (kind, number) in zip(rest.tolist(), asked, strict=True):
            try:
                found.append(normalise_holder(kind, number))
            except SkipRow as why:
                reasons[spot] = why.message
                found.append(None)
        normal = patched(normal, rest, found)
    return hashed(house.keys.index, ("holder",), normal), reasons


def hash_co_holders(house: House, kinds: Column, numbers: Column) -> tuple[Column, dict[int, str]]:
    """As `hash_all`, for second holders: sources give no kind for them.

    A number is taken as the first holder's kind, else as the other one: a valid number is valid as
    one of the two only.
    """
    found, reasons = hash_all(house, kinds, numbers)
    for spot in list(reasons):
        kind, number = kinds[spot].as_py(), numbers[spot].as_py()
        try:
            mended = house.holder_hash(OTHER[kind or PERSON], number or "")
        except SkipRow:
            continue
        found = patched(found, np.array([spot]), [mended])
        del reasons[spot]
    return found, reasons


def patched(values: Column, spots: npt.NDArray[np.int64], texts: list[str | None]) -> Column:
    """The column with other texts at some places."""
    mask = np.zeros(len(values), np.bool_)
    mask[spots] = True
    found: Column = _do.replace_with_mask(
        values, pa.array(mask), pa.array(texts, pa.large_string())
    )
    return found


def held_by_form(kinds: Column, numbers: Column) -> Column:
    """Where the number is good as it stands (small letters apart), by its kind."""
    good = np.zeros(len(numbers), np.bool_)
    whole = _do.fill_null(_do.equal(_do.binary_length(numbers), LENGTH), False)
    for kind, rule in ((PERSON, _citizens), (ORGANISATION, _credit_codes)):
        mine = _do.and_(whole, is_text(kinds, kind)).to_numpy(zero_copy_only=False)
        spots = np.flatnonzero(mine)
        if len(spots):
            text = np.frombuffer(buffer_of(_do.ascii_upper(take(numbers, spots))), np.uint8)
            good[spots] = rule(text.reshape(-1, LENGTH))
    return pa.array(good)


def _citizens(text: Characters) -> Mask:
    digits = text[:, :17].astype(np.int32) - ord("0")
    plain: Mask = np.all((digits >= 0) & (digits <= 9), axis=1)
    checks: Mask = CITIZEN_CHECKS[(digits @ CITIZEN) % 11] == text[:, 17]
    return plain & checks & _days(digits)


def _days(digits: Digits) -> Mask:
    """Where digits 7 to 14 are a day, in the years that `kernel.numbers` takes."""
    year, month = digits[:, 6:10] @ [1000, 100, 10, 1], digits[:, 10:12] @ [10, 1]
    day = digits[:, 12:14] @ [10, 1]
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last = MONTHS[np.clip(month, 1, 12) - 1] + (leap & (month == 2))
    found: Mask = (year >= 1800) & (year <= 2199) & (month >= 1) & (month <= 12)
    found &= (day >= 1) & (day <= last)
    return found


def _credit_codes(text: Characters) -> Mask:
    values = CREDIT_VALUES[text]
    places: Mask = np.all(values[:, :8] <= 9, axis=1) & np.all(values >= 0, axis=1)
    checks: Mask = (values[:, :17] @ CREDIT + values[:, 17]) % 31 == 0
    return places & checks
