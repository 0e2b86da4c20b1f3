"""What is typed into forms of days and lists, read; and the field that a refusal is about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Annotated, Final

from fastapi import Query

from kernel.clock import CITY_TIME
from kernel.errors import BadInput
from portal.sent import Pairs, one
from portal.words import say
from registry.typed import says_a_number

#: The number that a page of a list goes on below; within what a column of numbers holds.
Before = Annotated[int | None, Query(ge=0, le=2**62)]
_PARTS: Final = re.compile(r"[\s,，、;；]+")


def listed(sent: Pairs, key: str) -> tuple[str, ...]:
    """The words of a field, each once: parted by lines, spaces, commas."""
    return tuple(dict.fromkeys(part for part in _PARTS.split(one(sent, key)) if part))


def day(sent: Pairs, key: str) -> date | None:
    """A day, None for an empty field. Raises BadInput."""
    return day_of(one(sent, key))


def day_of(text: str) -> date | None:
    """A day of a field or of an address, None for nothing. Raises BadInput."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(say("day.wrong")) from None


def needed_day(sent: Pairs, key: str) -> date:
    """A day. Raises BadInput when it is missing."""
    found = day(sent, key)
    if found is None:
        raise BadInput("请填写起止日期")
    return found


def begin_of(at: date) -> datetime:
    """The first moment of a day in the city."""
    return datetime.combine(at, time.min, CITY_TIME)


def end_of(at: date) -> datetime:
    """The first moment after a day in the city: that day still counts."""
    return begin_of(at + timedelta(days=1))


def number(sent: Pairs, key: str) -> int:
    """A whole number. Raises BadInput."""
    text = one(sent, key)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadInput("限额应为整数")
    return int(text)


def again(sent: Pairs, key: str) -> str:
    """What was typed, to be mended; nothing where it holds somebody's number."""
    text = one(sent, key)
    return "" if says_a_number(text) else text


def field_of(message: str, words: Sequence[tuple[str, str]], otherwise: str) -> str:
    """The field that a sentence is about: the first whose word stands in it."""
    return next((field for word, field in words if word in message), otherwise)
