"""Rows of a source that nobody has released yet, masked so that they can be shown.

In clear are only days, times, divisions, the values of a closed list, and what was taken for a
field without personal values. Of a number the first three and last two characters stay, of any
other text the first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from registry.content import Content, is_person_name
from registry.fields import FIELDS, Kind
from registry.propose import TableProposal

#: Rows that are shown at most, and characters of a value.
SHOWN: Final = 20
LONGEST: Final = 40
#: Digits in a row from which a value may be somebody's number.
_MANY: Final = 7
_CLEAR: Final = ("division", "licence_type", "authority")


def masked_rows(
    rows: Sequence[Mapping[str, str | None]],
    made: TableProposal,
    contents: Mapping[str, Content],
) -> list[dict[str, str]]:
    """The first rows, every column; an empty cell is ""."""
    fields = {one.column: one.field for one in made.columns}
    clear = {name for name, c in contents.items() if _is_clear(made.kind, fields.get(name, ""), c)}
    return [
        {name: _shown(row.get(name), clear=name in clear) for name in contents}
        for row in rows[:SHOWN]
    ]


def _is_clear(kind: Kind | None, field: str, content: Content) -> bool:
    standard = FIELDS[kind].get(field) if kind else None
    if standard is not None and standard.personal:
        return False
    if content.day or content.time:
        return standard is not None  # a day of birth is nobody's field
    if content.values and not any(map(is_person_name, content.values)):
        return True
    return standard is not None or bool(content.shapes & set(_CLEAR))


def _shown(cell: str | None, *, clear: bool) -> str:
    text = (cell or "").strip()
    if not text:
        return ""
    return mask(text) if not clear or _has_number(text) else text[:LONGEST]


def mask(text: str) -> str:
    """A value with most of it hidden."""
    if sum(one.isdigit() for one in text) >= _MANY:
        return text[:3] + "*" * min(len(text) - 5, LONGEST) + text[-2:]
    return text[0] + "*" * min(len(text) - 1, 8)


def _has_number(text: str) -> bool:
    """Fifteen characters and more that are nearly all digits: a citizen's number or an account."""
    return len(text) >= 15 and sum(one.isdigit() for one in text) >= len(text) - 2
