"""What the values of a column say for or against a field; words come first, values correct them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from registry.content import Content
from registry.fields import FIELDS, StandardField
from registry.value_words import means

#: Values that fit halve what is left of doubt; values that do not fit leave this share.
WRONG: Final = 0.4
#: Without any words, values alone make so sure, where nothing else looks like them.
ALONE: Final = 0.6


@dataclass(frozen=True)
class Verdict:
    """`fits`: None where the values say nothing. `alone`: they would do without words."""

    fits: bool | None
    why: str = ""
    alone: bool = False


NOTHING: Final = Verdict(None)

_NAMES = ("holder_name", "co_holder_name", "applicant_name")
_NUMBERS = ("holder_number", "applicant_number")
_OFFICES = ("issuer", "department", "handling_department")
_CODES = ("item_code", "case_number", "code", "base_code")


def verdict(standard: StandardField, content: Content) -> Verdict:
    """Whether the values can be this field's."""
    if not content.filled:
        return NOTHING
    for names, judge in _BY_NAME.items():
        if standard.name in names:
            return judge(content)
    judge_kind = _BY_KIND.get(standard.holds)
    return judge_kind(standard, content) if judge_kind else NOTHING


def weighed(score: float, found: Verdict, *, barred: bool) -> float:
    """How sure words and values make together. `barred`: words say that it is no field."""
    if found.fits is None:
        return score
    if not found.fits:
        return score * WRONG
    if score:
        return 1 - (1 - score) / 2
    return ALONE if found.alone and not barred else 0.0


def _number(content: Content) -> Verdict:
    if "number" in content.shapes:
        return Verdict(True, "the check characters of its values are right", alone=True)
    if "eighteen" in content.shapes:
        return NOTHING  # such numbers as people type them: some check characters are wrong
    return Verdict(False, "its values are no citizen numbers and no credit codes")


def _co_number(content: Content) -> Verdict:
    found = _number(content)
    return Verdict(found.fits, found.why)


def _licence_number(content: Content) -> Verdict:
    if content.values or content.day or content.time:
        return Verdict(False, "its values repeat, or are days")
    return NOTHING


def _name(content: Content) -> Verdict:
    if "holder_name" in content.shapes and "authority" not in content.shapes:
        return Verdict(True, "its values look like names")
    if "digits" in content.shapes or content.day or content.time:
        return Verdict(False, "its values are no names")
    return NOTHING


def _office(content: Content) -> Verdict:
    if "authority" in content.shapes:
        return Verdict(True, "its values name authorities")
    if "digits" in content.shapes or "number" in content.shapes or content.day:
        return Verdict(False, "its values name no authorities")
    return NOTHING


def _code(content: Content) -> Verdict:
    if {"chinese", "person"} & content.shapes or content.day or content.time:
        return Verdict(False, "its values are no codes")
    return NOTHING


def _division(content: Content) -> Verdict:
    if "division" in content.shapes:
        return Verdict(True, "its values are divisions of the city")
    return NOTHING


def _day(_: StandardField, content: Content) -> Verdict:
    if content.day:
        return Verdict(True, "its values are days")
    return NOTHING if content.time else Verdict(False, "its values are no days")


def _time(_: StandardField, content: Content) -> Verdict:
    if content.time:
        return Verdict(True, "its values are times")
    return NOTHING if content.day else Verdict(False, "its values are no times")


def _whole(_: StandardField, content: Content) -> Verdict:
    if "digits" in content.shapes:
        return Verdict(True, "its values are numbers")
    return Verdict(False, "its values are no whole numbers")


def _type(_: StandardField, content: Content) -> Verdict:
    if all(means(FIELDS["licence"]["holder_kind"], value) for value in content.values or ("",)):
        return NOTHING  # 居民身份证 is a licence, and a kind of number that a holder has
    if "licence_type" in content.shapes:
        return Verdict(True, "its values name licence types", alone=True)
    return NOTHING if content.values else Verdict(False, "its values are no closed list")


def _category(standard: StandardField, content: Content) -> Verdict:
    if not content.values:
        return Verdict(False, "its values are no closed list")
    if all(means(standard, value) for value in content.values):
        return Verdict(True, f"its values mean {standard.name}")
    if "licence_type" in content.shapes:
        return Verdict(False, "its values name licence types")
    return NOTHING


_BY_NAME: Mapping[tuple[str, ...], Callable[[Content], Verdict]] = {
    _NUMBERS: _number,
    ("co_holder_number",): _co_number,
    ("number",): _licence_number,
    _NAMES: _name,
    _OFFICES: _office,
    _CODES: _code,
    ("division",): _division,
}
_BY_KIND: Mapping[str, Callable[[StandardField, Content], Verdict]] = {
    "date": _day,
    "time": _time,
    "number": _whole,
    "licence_type": _type,
    "category": _category,
    "truth": _category,
}
