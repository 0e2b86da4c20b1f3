"""How surely a column holds a field, by its comment and its name (`registry.propose`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import permutations

from registry.fields import StandardField
from registry.mapping_words import Said, Words, plain, words

#: How sure a way of knowing makes. With a name that agrees, the rest is cut to a third.
SAID, ENDS, LIKE, WEAK = 0.93, 0.78, 0.66, 0.62
NAMED, TURNED, SPELT, SHORT, SHORTEST = 0.82, 0.78, 0.84, 0.74, 0.58
#: The same of weaker comments, and of a name that only ends like one.
WEAK_SPELT, WEAK_SHORT, NAME_ENDS = 0.62, 0.54, 0.56
#: So many characters may stand before what a comment or a name ends in.
BEFORE = 8
#: A type that cannot hold the field leaves this share.
WRONG_TYPE = 0.4

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_NOTE = re.compile(
    r"[（(\[【{].*?[)）\]】}]|[（(\[【{：:，,；;。].*$|(?<=[\u4e00-\u9fff]{2})\s+.*$|\s+"
)
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_PREFIX = re.compile(r"^(?:f|c|t|d|s|n|v|fd|col|fld|str|dt|vc|nb|l)_(?=.{2})", re.IGNORECASE)
_JOINING = frozenset({"of", "the", "for", "is"})
_TIMES = re.compile(r"date|time", re.IGNORECASE)
_SECONDS = re.compile(r"bigint|int\(1[01]\)", re.IGNORECASE)
_NUMBERS = re.compile(
    r"^(?:big|small|tiny|medium)?(?:int|serial)|^number|^numeric|^decimal|^float|^double|^bit|^bool",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Column:
    """One column of a schema as its database describes it; `comment` and `type` may be empty."""

    name: str
    type: str
    comment: str


@dataclass(frozen=True)
class Known:
    """A way of knowing: how sure, and why in a few words."""

    score: float
    why: str


def known_by(column: Column, standard: StandardField, said: Said) -> Known:
    """How surely the column holds the field."""
    core = core_of(column.comment) or (column.name if _CHINESE.search(column.name) else "")
    named = _by_name(column.name, said)
    if _CHINESE.search(core):
        known = _by_comment(core, said)
        if known.score and named.score:
            known = Known(1 - (1 - known.score) / 3, f"{known.why} and {named.why}")
    else:
        known = Known(0, "") if barred_by("", column.name, words()) else named
    if known.score and not _holds(column.type, standard):
        return Known(known.score * WRONG_TYPE, known.why)
    return known


def core_of(comment: str) -> str:
    """A comment without notes in brackets, lists after a colon, and spaces."""
    return _NOTE.sub("", comment.strip()).removesuffix("字段").strip("*、 ")


def _by_comment(core: str, said: Said) -> Known:
    """The best of what stands between slashes: 组织机构代码/统一社会信用代码 says two things."""
    found = [_by_part(part, said) for part in core.split("/") if part]
    return max(found, key=lambda one: one.score, default=Known(0, ""))


def _by_part(core: str, said: Said) -> Known:
    if core in said.says:
        return Known(SAID, f"the comment says {core}")
    if core in said.weak:
        return Known(WEAK, f"the comment says {core}")
    if barred_by(core, "", words()):
        return Known(0, "")
    if ending := _ending(core, [text for text in said.says if len(text) > 2], 6):
        return Known(ENDS, f"the comment ends in {ending}")
    if ending := _ending(core, said.like, BEFORE):
        return Known(LIKE, f"the comment ends in {ending}")
    return Known(0, "")


def _ending(text: str, endings: Iterable[str], before: int) -> str:
    """The longest of the endings that the text has, after at most so many characters; else ""."""
    fit = (one for one in endings if text.endswith(one) and 0 <= len(text) - len(one) <= before)
    return max(fit, key=lambda one: (len(one), one), default="")


def _by_name(name: str, said: Said) -> Known:
    for form in (plain(name), plain(_PREFIX.sub("", name))):
        known = _by_form(form, said)
        if known.score:
            return known
    if any(turned in said.names for turned in _turned(name)):
        return Known(TURNED, "the name's words are known ones")
    if ending := _ending(plain(name), said.name_ends, BEFORE):
        return Known(NAME_ENDS, f"the name ends in {ending}")
    return Known(0, "")


def _by_form(form: str, said: Said) -> Known:
    if form in said.names:
        return Known(SHORTEST if len(form) < 3 else NAMED, "the name is a known one")
    if len(form) > 5 and form in said.pinyin:
        return Known(SPELT, "the name is its pinyin")
    if form in said.short:
        sure = SHORT if len(form) > 3 else SHORTEST
        return Known(sure if len(form) > 2 else 0.5, "the name has its initials")
    if len(form) > 5 and form in said.weak_pinyin:
        return Known(WEAK_SPELT, "the name is its pinyin")
    if form in said.weak_short:
        return Known(WEAK_SHORT if len(form) > 2 else 0.5, "the name has its initials")
    return Known(0, "")


def _turned(name: str) -> Iterator[str]:
    """A name's words in every order, without those that join them: date_of_issue, issue_date."""
    parts = [part for part in parts_of(name) if part not in _JOINING]
    if 1 < len(parts) <= 3:
        yield from ("".join(order) for order in permutations(parts))


def barred_by(core: str, name: str, known: Words) -> str:
    """The part of the comment, or of the name, that says it is no field; else ""."""
    for word in sorted(known.never):
        if word in core:
            return word
    for end in known.ends:
        if core.endswith(end):
            return end
    return next((part for part in parts_of(name) if part in known.never_names), "")


def _holds(type_: str, standard: StandardField) -> bool:
    """Whether a column of this type can hold the field. An empty type can hold anything."""
    if _TIMES.search(type_):
        return standard.holds in ("date", "time")
    if _NUMBERS.search(type_.strip()):
        if standard.holds in ("date", "time"):
            return bool(_SECONDS.match(type_))  # seconds or milliseconds since 1970
        return standard.holds != "text"
    return True


def parts_of(name: str) -> list[str]:
    """The words of a table's or column's name, in small letters."""
    return [part.lower() for part in _WORDS.findall(name)]
