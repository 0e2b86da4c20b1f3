"""The normal form of an item's name, and its parts: object, acts, scope.

`normal_form` takes away what tells nothing apart (width, spaces, a county's name in front, level
brackets) and nothing else; normalising twice is normalising once. `parse` goes on to the parts
that must be equal for two names to mean the same: the object's words without the words of the
first grant, the acts, and the brackets that bound the item. Punctuation here is after NFKC:
brackets are `(` and `)`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from catalog.items.lexicon import ItemWords, load

GRANT = "grant"
UNSTATED = "unstated"  # 登记 and 注册 without an act: a family of several

_BRACKET = re.compile(r"\(([^()]*)\)")
_CUT_OFF = re.compile(r"\(([^()]*)$")
_SPACES = re.compile(r"\s+")
_OTHER_BRACKETS = str.maketrans({"〔": "(", "〕": ")", "【": "(", "】": ")", "[": "(", "]": ")"})
_DROPPED = str.maketrans(dict.fromkeys("《》〈〉\"'“”‘’「」"))
_JOINTS = re.compile(r"[、,;:/\\·•\-—_。.+]+")


@dataclass(frozen=True)
class ItemName:
    """An item's name, taken apart."""

    written: str
    clean: str  # the normal form
    core: str  # object and subject, without acts, grant words, punctuation
    acts: frozenset[str]
    scopes: frozenset[str]  # what its brackets bound it to
    listed: tuple[str, ...]  # the core cut at 、 and in order: A、B and B、A are the same
    wording: str  # the grant words that were left out of `core`, for the explanation

    @property
    def letters(self) -> str:
        """The normal form's letters and digits, without brackets and punctuation."""
        return "".join(character for character in self.clean if character.isalnum())

    @property
    def key(self) -> tuple[str, frozenset[str], frozenset[str]]:
        """Equal keys: the same object, acts and scope; a family (登记) has its first grant's."""
        return self.core, self.first_acts, self.scopes

    @property
    def listed_key(self) -> tuple[tuple[str, ...], frozenset[str], frozenset[str]]:
        """The same for names that list things, in any order."""
        return self.listed, self.first_acts, self.scopes

    @property
    def first_acts(self) -> frozenset[str]:
        """The acts, with the first grant where none is stated."""
        return frozenset(GRANT if act == UNSTATED else act for act in self.acts)


def normal_form(name: str) -> str:
    """The name without noise. A name that is nothing but noise stays as it is."""
    words = load()
    text = _plain(name)
    while (shorter := _without_noise(text, words)) != text:
        text = shorter
    return text


@lru_cache(maxsize=65536)
def parse(name: str) -> ItemName:
    """Take a name apart."""
    words = load()
    clean = normal_form(name)
    acts: set[str] = set()
    scopes: set[str] = set()

    def bracket(found: re.Match[str]) -> str:
        inside = found.group(1)
        if inside.startswith(words.scope_beginnings):
            scopes.add(_bare(inside, words))
            return ""
        rest, inner = _take_acts(inside, words)
        acts.update(inner)
        if not inner or _strip_tails(_bare(rest, words), words)[0]:
            scopes.add(_bare(inside, words))
        return ""

    text = clean
    while (inner := _BRACKET.sub(bracket, text)) != text:
        text = inner
    text = _CUT_OFF.sub(bracket, text).replace(")", "").replace("(", "")
    for word, meaning in words.synonyms.items():
        text = text.replace(word, meaning)
    text, outer = _take_acts(text, words)
    acts.update(outer)
    core, wording = _strip_tails(_bare(text, words), words)
    listed, _ = _strip_tails(_bare(text, words, keep="、"), words)
    acts = acts or {UNSTATED if core.endswith(words.family_tails) else GRANT}
    return ItemName(
        name,
        clean,
        core,
        frozenset(acts),
        frozenset(scopes - {""}),
        tuple(sorted(listed.split("、"))),
        wording or "（无）",
    )


def without_mark(name: ItemName) -> str:
    """The normal form without the mark of a first handling at its end (新办)."""
    return load().first_mark.sub("", name.clean)


def same_acts(left: ItemName, right: ItemName) -> bool:
    """Whether the acts agree; a family name (登记) agrees with its first grant."""
    return left.first_acts == right.first_acts


@lru_cache(maxsize=65536)
def contrast_words(text: str) -> tuple[str, ...]:
    """For each line of the lexicon's contrasts, the words of it in `text`, joined; '' for none."""
    found = []
    for line in load().contrasts:
        rest, here = text, []
        for word in line:  # longest first
            if word in rest:
                here.append(word)
                rest = rest.replace(word, "|")
        found.append("/".join(sorted(here)))
    return tuple(found)


def contrast(left: ItemName, right: ItemName) -> tuple[str, str] | None:
    """Words in which two names differ in law, such as (批发, 零售); None where there are none."""
    pairs = zip(contrast_words(left.clean), contrast_words(right.clean), strict=True)
    return next(((a, b) for a, b in pairs if a and b and a != b), None)


def _plain(name: str) -> str:
    """NFKC, one sort of brackets, no quotation marks, no spaces."""
    while True:
        text = unicodedata.normalize("NFKC", name).translate(_OTHER_BRACKETS).translate(_DROPPED)
        text = _SPACES.sub("", text)
        if text == name:
            return text
        name = text


def _without_noise(text: str, words: ItemWords) -> str:
    """One round of taking noise away; the same text when there is none, or nothing but noise."""

    def keep(found: re.Match[str]) -> str:
        inside = found.group(1)
        noise = words.noise_bracket.fullmatch(inside) or inside.startswith(words.noise_beginnings)
        return "" if noise else found.group(0)

    shorter = _CUT_OFF.sub(keep, _BRACKET.sub(keep, text)).strip("、,;:-—_。.·")
    if place := words.place.match(shorter):
        shorter = shorter[place.end() :]
    shorter = words.noise_tail.sub("", shorter)
    return _plain(shorter) or text


def _take_acts(text: str, words: ItemWords) -> tuple[str, set[str]]:
    """The text without its act words, and the acts."""
    acts: set[str] = set()

    def take(found: re.Match[str]) -> str:
        if found.group("none"):
            return found.group(0)
        acts.update(words.act_of[found.group("act")])
        return ""

    return words.act.sub(take, text), acts


def _bare(text: str, words: ItemWords, keep: str = "") -> str:
    """Without punctuation (but `keep`) and empty words."""
    for word in words.empty_beginnings:
        if text.startswith(word) and len(text) > len(word) + 2:
            text = text[len(word) :]
            break
    text = _JOINTS.sub(keep, text)
    for word in words.empty_words:
        text = text.replace(word, "")
    return text


def _strip_tails(text: str, words: ItemWords) -> tuple[str, str]:
    """The text without the words of the first grant at its end, and these words."""
    stripped = ""
    while tail := next((t for t in words.grant_tails if text.endswith(t)), ""):
        if len(text) - len(tail) < 2 and stripped == "" and len(text) > len(tail):
            break
        text, stripped = text[: -len(tail)], tail + stripped
    return text, stripped
