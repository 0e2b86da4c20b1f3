"""Several holders in one cell: numbers and names with a mark between them, read one by one.

Real estate, partnerships and households have three and more holders; sources write them into one
column, or into a first and a second one. Only rows whose number was refused as a whole come here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from kernel.errors import SkipRow
from kernel.house import House
from kernel.numbers import BETWEEN, PERSON, split
from landing.columns import Column, same
from landing.holders import OTHER, patched
from landing.states import EMPTY, HELD

#: What we put between them, and between the keyed hashes in `co_holder_hash`.
MARK, UNIT = "、", " "
MOST = 64
NUMBERS, NAMES = ("holder_number", "co_holder_number"), ("holder_name", "co_holder_name")
HASHES = ("holder_hash", "co_holder_hash")


def holders_of(holder_hash: str | None, co_holder_hash: str | None) -> list[str]:
    """The keyed hashes of all holders of a landed licence, each once, the first holder's first."""
    held = [holder_hash or "", *(co_holder_hash or "").split(UNIT)]
    return list(dict.fromkeys(one for one in held if one))


def take_apart(
    house: House,
    values: dict[str, Column],
    states: dict[str, Column],
    reasons: dict[tuple[str, int], str],
) -> None:
    """Read the rows of `reasons` whose cells hold several numbers; the others are left.

    The first number is the holder's, the others are the co-holders'; so are names. A row that
    cannot be read keeps its state, with a reason that says which number.
    """
    spots = sorted({spot for name, spot in reasons if BETWEEN.search(_cell(values, name, spot))})
    read: dict[int, dict[str, str | None]] = {}
    for spot in spots:
        row = {name: _cell(values, name, spot) for name in (*NUMBERS, *NAMES)}
        try:
            read[spot] = _row(house, _cell(values, "holder_kind", spot), row)
        except SkipRow as why:
            reasons.update({one: why.message for one in reasons if one[1] == spot})
            continue
        for name in NUMBERS:
            reasons.pop((name, spot), None)
    _put(values, states, read)


def _cell(values: Mapping[str, Column], name: str, spot: int) -> str:
    return values[name][spot].as_py() or "" if name in values else ""


def _row(house: House, kind: str, row: Mapping[str, str]) -> dict[str, str | None]:
    """Hashes, numbers and names of one row. Raises SkipRow."""
    first, second = (split(row[name]) for name in NUMBERS)
    if not first:
        raise SkipRow("there are further holders, and no first one")
    written, names = [*first, *second], _names(row, len(first))
    if len(written) > MOST:
        raise SkipRow(f"it holds {len(written)} numbers; at most {MOST} holders are taken")
    held: dict[str, str] = {}
    for hashed, number in zip(_hashes(house, kind or PERSON, written), written, strict=True):
        held.setdefault(hashed, number)
    numbers = list(held.values())
    return {
        "holder_hash": next(iter(held)),
        "co_holder_hash": _joined(list(held)[1:], UNIT),
        "holder_number": numbers[0],
        "co_holder_number": _joined(numbers[1:]),
        "holder_name": names[0],
        "co_holder_name": _joined(names[1:]),
    }


def _names(row: Mapping[str, str], numbers: int) -> list[str]:
    """The holder's name, then the others'. Raises SkipRow where it is not clear whose is whose."""
    second = split(row["co_holder_name"])
    if numbers < 2:
        return [row["holder_name"], *second]
    parted, spaced = split(row["holder_name"]), row["holder_name"].split()  # 张三、李四; 张三 李四
    for first in (parted, spaced):
        if len(first) == numbers:
            return [*first, *second]
    raise SkipRow(f"it holds {numbers} numbers, beside {len(parted)} names: one name a number")


def _hashes(house: House, kind: str, numbers: list[str]) -> Iterable[str]:
    """Each number's keyed hash; that of the first by the row's kind, the others by either."""
    for place, number in enumerate(numbers, 1):
        kinds = (kind,) if place == 1 else (kind, OTHER[kind])
        yield _hash(house, kinds, number, f"number {place} of {len(numbers)}")


def _hash(house: House, kinds: Iterable[str], number: str, which: str) -> str:
    refused = ""
    for kind in kinds:
        try:
            return house.holder_hash(kind, number)
        except SkipRow as why:
            refused = refused or why.message
    raise SkipRow(f"{which}: {refused}")


def _joined(parts: list[str], between: str = MARK) -> str | None:
    return between.join(parts) or None


def _put(
    values: dict[str, Column],
    states: dict[str, Column],
    read: Mapping[int, Mapping[str, str | None]],
) -> None:
    """The rows that were read, put into the columns; columns that nobody needs are not made."""
    if not read:
        return
    spots: Any = np.array(list(read), np.int64)
    size = len(values["holder_number"])
    for name in (*HASHES, *NUMBERS, *NAMES):
        texts = [row[name] for row in read.values()]
        if name not in values and not any(texts):
            continue
        values[name] = patched(values.get(name, same(None, size)), spots, texts)
    for name in (*NUMBERS, *NAMES):
        if name in states:
            mine: list[str | None] = [HELD if row[name] else EMPTY for row in read.values()]
            states[name] = patched(states[name], spots, mine)
