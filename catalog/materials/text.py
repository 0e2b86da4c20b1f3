"""A name as written, made plain: one sort of brackets and signs, no spaces, no number in front."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

#: A name is read so far and no further: nobody writes a longer one, and a broken row must not
#: hold up the rest.
LONGEST = 600

_BRACKETS = str.maketrans(
    {"〔": "(", "〕": ")", "【": "(", "】": ")", "[": "(", "]": ")", "{": "(", "}": ")",
     "〈": "《", "〉": "》", "「": "《", "」": "》", "『": "《", "』": "》", "〖": "(", "〗": ")"}
)  # fmt: skip
_QUOTES = str.maketrans(dict.fromkeys("\"'“”‘’`´"))
_TITLES = str.maketrans(dict.fromkeys("《》"))
_NOT_SAID = re.compile(r"[\s\u200b-\u200f\u2028-\u202e\u2060\ufeff\ue000-\uf8ff\x00-\x1f]+")
_NUMBER = re.compile(
    r"^(?:[0-9]{1,2}[、.．)](?![0-9])|\([0-9一二三四五六七八九十]{1,2}\)、?|[一二三四五六七八九十]{1,2}、)"
)
_BREAKS = re.compile(r"[。;!?…]+|--+|——+|[,:]")
_SIDES = "。;,、:.*·-—~的"


def marked(name: str) -> str:
    """NFKC, one sort of brackets, no spaces and no quotation marks; 《 》 stay."""
    text = unicodedata.normalize("NFKC", name[: 4 * LONGEST]).translate(_BRACKETS)
    text = _NOT_SAID.sub("", text.translate(_QUOTES))[:LONGEST]
    before = ""
    while before != text:
        before = text
        text = _NUMBER.sub("", text).strip(_SIDES)
    return text


def plain(name: str) -> str:
    """The same without 《 》: what two names are compared by. Doing it twice changes nothing."""
    before, text = name, marked(name)
    while before != text:
        before, text = text, marked(text.translate(_TITLES))
    return text


def brackets(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each outermost bracket, the signs included. One left open ends at the end."""
    depth = start = 0
    for place, sign in enumerate(text):
        if sign == "(":
            start = start if depth else place
            depth += 1
        elif sign == ")" and depth:
            depth -= 1
            if not depth:
                yield start, place + 1
    if depth:
        yield start, len(text)


def without_brackets(text: str) -> str:
    """The text outside of every bracket."""
    if "(" not in text:
        return text
    kept, at = [], 0
    for start, end in brackets(text):
        kept.append(text[at:start])
        at = end
    return "".join((*kept, text[at:]))


def clauses(text: str) -> list[str]:
    """Pieces between full stops, semicolons, commas and dashes outside of brackets and titles."""
    inside = [*brackets(text), *_titles(text)]
    cut = [
        found.span()
        for found in _BREAKS.finditer(text)
        if not any(start <= found.start() < end for start, end in inside)
    ]
    starts, ends = [0, *(end for _, end in cut)], [*(start for start, _ in cut), len(text)]
    pieces = (text[a:b].strip("。;,、:-—") for a, b in zip(starts, ends, strict=True))
    return [piece for piece in pieces if piece]


def _titles(text: str) -> Iterator[tuple[int, int]]:
    at = text.find("《")
    while at >= 0:
        end = text.find("》", at)
        if end < 0:
            return
        yield at, end + 1
        at = text.find("《", end)
