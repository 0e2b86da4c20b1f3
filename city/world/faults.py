"""Bad rows, as they occur in real systems: 0.5 % of what each stream gives.

A fault puts wrong raw text into one cell and leaves the rest, the key above all, as it was.
`reason` says what is wrong, without the value.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

from city.world.clock import write_date
from city.world.errors import CityError
from city.world.render import Shape
from city.world.store import Record

SHARE = 0.005
LEAST = 100  # a stream of so many rows has at least one bad one
Fault = tuple[str, str | None, str]  # field, raw text, reason
Maker = Callable[[Shape, dict[str, Any], Random], Fault | None]


def spoil(shape: Shape, records: list[Record], rng: Random) -> None:
    """Make the stream's share of bad rows; pinned ones stay good."""
    able = [one for one in records if not one.pinned]
    count = round(len(records) * SHARE)
    if len(records) >= LEAST:
        count = max(1, count)
    for one in rng.sample(able, min(count, len(able))):
        make_bad(shape, one, rng)


def make_bad(shape: Shape, one: Record, rng: Random) -> None:
    """Give a good record one fault that fits its kind."""
    makers = FAULTS.get(shape.kind)
    if makers is None:
        raise CityError(f"no faults for a stream of kind {shape.kind}")
    while one.fault is None:
        made = rng.choice(makers)(shape, one.data, rng)
        if made is not None:
            field, raw, one.reason = made
            one.fault = {field: raw}


def _empty(field: str) -> Maker:
    def make(shape: Shape, data: dict[str, Any], rng: Random) -> Fault | None:
        return field, rng.choice((None, "")), f"{field} is empty"

    return make


def _unknown(field: str, *values: str) -> Maker:
    def make(shape: Shape, data: dict[str, Any], rng: Random) -> Fault | None:
        return field, rng.choice(values), f"{field} is no known category"

    return make


def _number(field: str, kind: str) -> Maker:
    """A wrong check character, a digit lost, or (for people) a day that is none."""

    def make(shape: Shape, data: dict[str, Any], rng: Random) -> Fault | None:
        number = data[field]
        if len(number) != 18:
            return None
        if data[kind] == "organisation":
            if rng.random() < 0.5:
                return field, number[:17], f"{field} is a credit code of 17 characters"
            return field, number[:16] + _other(number[16:], rng), f"{field}: wrong credit code check"
        if rng.random() < 0.3:
            return field, number[:10] + "1332" + number[14:], f"{field}: no such day of birth"
        return field, number[:17] + _other(number[17], rng), f"{field}: wrong check character"

    return make


def _other(text: str, rng: Random) -> str:
    """Digits that differ from `text` in its last place and keep the rest."""
    return text[:-1] + rng.choice([digit for digit in "0123456789" if digit != text[-1]])


def _no_day(field: str) -> Maker:
    def make(shape: Shape, data: dict[str, Any], rng: Random) -> Fault | None:
        if data.get(field) is None:
            return None
        wrong = f"{data[field][:4]}-{rng.choice(('02-30', '13-05', '04-31', '00-00'))}"
        return field, write_date(shape.dates, wrong), f"{field} is no day"

    return make


def _ends_first(shape: Shape, data: dict[str, Any], rng: Random) -> Fault | None:
    begin = date.fromisoformat(data["valid_from"]) - timedelta(days=rng.randrange(30, 900))
    raw = write_date(shape.dates, begin.isoformat())
    return "valid_to", raw, "valid_to is before valid_from"


FAULTS: dict[str, tuple[Maker, ...]] = {
    "licence": (
        _number("holder_number", "holder_kind"),
        _number("holder_number", "holder_kind"),
        _empty("number"),
        _empty("holder_name"),
        _empty("holder_number"),
        _no_day("issued"),
        _no_day("valid_from"),
        _no_day("valid_to"),
        _unknown("status", "不详", "99"),
        _unknown("type", "其他证照"),
        _unknown("holder_kind", "9", "其他"),
        _ends_first,
    ),
    "case": (
        _number("applicant_number", "applicant_kind"),
        _number("applicant_number", "applicant_kind"),
        _empty("case_number"),
        _empty("item_code"),
        _empty("applicant_name"),
        _empty("applicant_number"),
        _unknown("state", "待定", "88"),
    ),
    "item": (
        _empty("code"),
        _empty("name"),
        _empty("name"),
        _unknown("level", "乡级清单", "9"),
    ),
    "material": (
        _empty("item_code"),
        _empty("name"),
        _unknown("purpose", "参考", "其他"),
    ),
}
