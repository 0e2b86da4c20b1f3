"""A name as the words that it is about: what `features` compares. Made once for each name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from catalog.items import things
from catalog.items.lexicon import load as load_acts
from catalog.items.parse import GRANT, normal_form

_BRACKET = re.compile(r"\(([^()]*)\)?")
_WITHIN = re.compile(r"^(?:含|包括|包含|以及|及)")
_WITHOUT = re.compile(r"^(?:不含|不包括|除)|除外$|以外$")
_CODE = re.compile(r"[\dA-Za-z.\-/]*$")
_LISTED = re.compile(r"[、,，;；]|以及|和|及|或")
#: 备案、注销: the first grant is one of the acts listed.
_ALSO_FIRST = re.compile(
    r"(?:备案|登记|许可|注册|认定|申领|核发|执业)[、/和及与]|[、/和及与](?:备案|登记|申领|核发)$"
)
_NO_OBJECT = ("permit", "filing", "register")
_NOT_LETTERS = re.compile(r"[^\w]+|_")


@dataclass(frozen=True)
class Bag:
    """A name's words. `words` leave out acts and procedures; light ones are kept apart."""

    words: tuple[str, ...]
    light: tuple[str, ...]
    text: str  # the words one after the other, for comparing characters
    bounds: tuple[str, ...]  # words in brackets that bound the item
    included: tuple[str, ...]  # words in brackets that only say what is in it too (含…)
    excluded: tuple[str, ...]
    acts: frozenset[str]
    stated: bool  # whether an act is written
    aspects: frozenset[str]
    procedure: str  # "" where none is named
    marks: tuple[tuple[int, int], ...]  # (line of `apart`, bits of its words here)
    reformed: bool
    written: tuple[str, ...]  # the object's words as they are written
    listing: frozenset[str]  # words beside a joint: 占用、挖掘
    listed: int  # how many things its joints (、和或) list


@lru_cache(maxsize=65536)
def bag(name: str) -> Bag:
    """Take a name apart into words."""
    known, act_of = things.load(), load_acts().act_of
    clean = known.reason.sub("", normal_form(name))
    inside: list[str] = []
    while True:
        outside = _BRACKET.sub(lambda m: inside.append(m.group(1)) or "", clean)
        if outside == clean:
            break
        clean = outside
    kept_inside = [p for p in inside if not _WITHOUT.search(p) and not _CODE.match(p)]
    within = [_cut(part, known) for part in kept_inside]
    without = [word for part in inside if _WITHOUT.search(part) for word in _cut(part, known)]
    main = _cut(clean, known)
    acts = {act for word in main for act in act_of.get(word, ())}
    if acts and _ALSO_FIRST.search(clean):
        acts |= {GRANT}
    more_words: list[str] = []
    included: list[str] = []
    for part, words in zip(kept_inside, within, strict=True):
        more = {act for word in words for act in act_of.get(word, ())}
        if not _WITHIN.match(part):
            acts |= more
            more_words += words
        else:
            included += words
            if more and not set(_object(words, known)) - known.light:
                acts |= more | {GRANT}
    marks: dict[int, int] = {}
    for word in (*main, *more_words):
        for line, bit in known.lines_of.get(word, ()):
            marks[line] = marks.get(line, 0) | 1 << bit
    procedure = [known.procedure_of[w] for w in main if w in known.procedure_of]
    if not procedure:
        procedure = [known.procedure_of[w] for w in more_words if w in known.procedure_of]
    kept = _object(main, known)
    heavy = [word for word in kept if word not in known.light]
    return Bag(
        words=tuple(heavy),
        light=tuple(word for word in kept if word in known.light),
        text="".join(heavy if len("".join(heavy)) > 1 else main),
        bounds=tuple(w for w in _object(more_words, known) if w not in known.light),
        included=tuple(w for w in _object(included, known) if w not in known.light),
        excluded=tuple(w for w in _object(without, known) if w not in known.light),
        acts=frozenset(acts or {GRANT}),
        stated=bool(acts),
        aspects=frozenset(word for word in (*main, *more_words) if word in known.aspects),
        procedure=_procedure(procedure),
        marks=tuple(sorted(marks.items())),
        reformed=any(word in known.reformed for word in main),
        written=tuple(
            word
            for part in (clean, *(p for p in kept_inside if not _WITHIN.match(p)))
            for meaning, word in known.cut(_NOT_LETTERS.sub("", part))
            if _object([meaning], known)
        ),
        listing=_listing(clean, known),
        listed=len(_LISTED.findall(clean)),
    )


def _cut(text: str, known: things.Things) -> list[str]:
    return [word for word, _ in known.cut(_NOT_LETTERS.sub("", text))]


def _listing(clean: str, known: things.Things) -> frozenset[str]:
    """The object's words that stand directly before or after a joint."""
    parts = [_object(_cut(part, known), known) for part in _LISTED.split(clean)]
    found = {part[-1] for part in parts[:-1] if part} | {part[0] for part in parts[1:] if part}
    return frozenset(found) - known.light


def _procedure(found: list[str]) -> str:
    """The last one named; 备案登记 and 登记备案 are filings."""
    if found[-2:] in (["filing", "register"], ["register", "filing"]):
        return "filing"
    return found[-1] if found else ""


def _object(words: list[str], known: things.Things) -> list[str]:
    act_of = load_acts().act_of
    return [
        word
        for word in words
        if known.procedure_of.get(word) not in _NO_OBJECT and word not in act_of
    ]
