"""A name as the words that it is about: what `features` compares. Made once for each name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from catalog.items import things
from catalog.items.lexicon import load as load_acts
from catalog.items.parse import GRANT, normal_form

_BRACKET = re.compile(r"\(([^()]*)\)?")
_WITHIN = re.compile(r"^(?:含|包括|包含|以及|及)")
_WITHOUT = re.compile(r"^(?:不含|不包括|除)|除外$|以外$")
_CODE = re.compile(r"[\dA-Za-z.\-/]*$")
_LISTED = re.compile(r"[、,，;；]|以及|和|及|或")
_AND = re.compile("[和及或]")
SHORT = 4  # characters of a word that lists nothing
MANY = 3  # facts that change, from which on they only say that any may
PREPARE = "prepare"
#: 备案、注销: the first grant is one of the acts listed.
_ALSO_FIRST = re.compile(
    r"(?:备案|登记|许可|注册|认定|申领|核发|执业)[、/和及与或]|[、/和及与或](?:备案|登记|申领|核发)$"
)

#: 体育场(馆)设施: so short a bracket within a word is a part of it.
_INSIDE = re.compile(r"(?<=[\u4e00-\u9fff])\(([\u4e00-\u9fff]{1,3})\)(?=[\u4e00-\u9fff])")
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


@dataclass
class _Brackets:
    """What a name's brackets say, as words."""

    bounds: list[str] = field(default_factory=list)
    included: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    acts: set[str] = field(default_factory=set)
    written: list[str] = field(default_factory=list)


@lru_cache(maxsize=65536)
def bag(name: str) -> Bag:
    """Take a name apart into words."""
    known = things.load()
    clean, inside = _out_of_brackets(known.reason.sub("", _INSIDE.sub(r"\1", normal_form(name))))
    brackets = _brackets(inside, known)
    main = _cut(clean, known)
    acts = _acts(main)
    if acts and _ALSO_FIRST.search(clean):
        acts.add(GRANT)
    elif PREPARE in acts:  # 设立…筹建: what is set up is prepared first
        acts.discard(GRANT)
    acts |= brackets.acts
    every = (*main, *brackets.bounds)
    aspects = {word for word in every if word in known.aspects}
    if len(aspects) >= MANY:  # 名称、住所、法定代表人等变更: any change
        main = [word for word in main if word not in aspects]
        aspects = set()
    named = _kinds(main, known) or _kinds(brackets.bounds, known)
    kept = _picked(_object(main, known), clean, brackets, known)
    heavy = [word for word in kept if word not in known.light]
    return Bag(
        words=tuple(heavy),
        light=tuple(word for word in kept if word in known.light),
        text="".join(heavy if len("".join(heavy)) > 1 else main),
        bounds=_heavy(brackets.bounds, known),
        included=_heavy(brackets.included, known),
        excluded=_heavy(brackets.excluded, known),
        acts=frozenset(acts or {GRANT}),
        stated=bool(acts),
        aspects=frozenset(aspects),
        procedure=_procedure(named),
        marks=marks_of(every, known),
        reformed=any(word in known.reformed for word in main),
        written=tuple(
            word
            for part in (clean, *brackets.written)
            for meaning, word in known.cut(_NOT_LETTERS.sub("", part))
            if _object([meaning], known)
        ),
        listing=_listing([clean, *brackets.written], known) & {*main, *brackets.bounds}
        | _listing_within(kept, known),
        listed=len(_LISTED.findall(clean)),
    )


def _out_of_brackets(text: str) -> tuple[str, list[str]]:
    """The text without its brackets, and what stands in them, inner ones first."""
    inside: list[str] = []
    while found := _BRACKET.search(text):
        inside.append(found.group(1))
        text = text[: found.start()] + text[found.end() :]
    return text, inside


def _brackets(inside: list[str], known: things.Things) -> _Brackets:
    found = _Brackets()
    for part in inside:
        words = _cut(part, known)
        if _WITHOUT.search(part):
            found.excluded += words
        elif _CODE.match(part):
            continue
        elif _WITHIN.match(part):
            found.included += words
            if not set(_object(words, known)) - known.light and (acts := _acts(words)):
                found.acts |= acts | {GRANT}
        else:
            found.bounds += words
            found.acts |= _acts(words)
            found.written.append(part)
    return found


def _acts(words: list[str]) -> set[str]:
    act_of = load_acts().act_of
    return {act for word in words for act in act_of.get(word, ())}


def marks_of(words: Iterable[str], known: things.Things) -> tuple[tuple[int, int], ...]:
    """(line of `apart`, bits of its words here) for each line that has any of them."""
    marks: dict[int, int] = {}
    for word in words:
        for line, bit in known.lines_of.get(word, ()):
            marks[line] = marks.get(line, 0) | 1 << bit
    return tuple(sorted(marks.items()))


def _heavy(words: list[str], known: things.Things) -> tuple[str, ...]:
    return tuple(w for w in _object(words, known) if w not in known.light)


def _listing(texts: Iterable[str], known: things.Things) -> frozenset[str]:
    """The object's words that stand directly before or after a joint."""
    found: set[str] = set()
    for text in texts:
        if not _LISTED.search(text):
            continue
        parts = [_object(_cut(part, known), known) for part in _LISTED.split(text)]
        found |= {part[-1] for part in parts[:-1] if part}
        found |= {part[0] for part in parts[1:] if part}
    return frozenset(found) - known.light


def _listing_within(words: list[str], known: things.Things) -> frozenset[str]:
    """The same of words of the lexicon that list: 已购公有和经济适用住房."""
    return _listing((word for word in words if len(word) > SHORT and _AND.search(word)), known)


def _picked(words: list[str], clean: str, brackets: _Brackets, known: things.Things) -> list[str]:
    """The object's words; where a bracket names one of the things listed, without the others.

    客运线路经营主体、起讫地变更（变更起讫地） is about the 起讫地 alone.
    """
    if not brackets.bounds:
        return words
    listed = _listing([clean], known)
    named = listed & set(brackets.bounds)
    return [word for word in words if word in named or word not in listed] if named else words


def _kinds(words: list[str], known: things.Things) -> list[str]:
    """The procedures that words name, also at their end: 费用报销, 参保登记."""
    ends = (
        next((w[n:] for n in range(len(w) - 1) if w[n:] in known.procedure_of), "") for w in words
    )
    return [known.procedure_of[end] for end in ends if end]


def _procedure(found: list[str]) -> str:
    """The last one named; 备案登记 and 登记备案 are filings; 办理 says nothing beside another."""
    found = [kind for kind in found if kind != "handle"] or found
    if found[-2:] in (["filing", "register"], ["register", "filing"]):
        return "filing"
    return found[-1] if found else ""


def _object(words: list[str], known: things.Things) -> list[str]:
    act_of = load_acts().act_of
    return [
        word
        for word in words
        if known.procedure_of.get(word) not in things.NO_OBJECT and word not in act_of
    ]


def _cut(text: str, known: things.Things) -> list[str]:
    return [meaning for meaning, _ in known.cut(_NOT_LETTERS.sub("", text))]
