"""What items are about (`things.yml`), read once and made ready; code holds no wording."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np

from catalog.items.lexicon import load as load_acts
from catalog.items.sparse_rows import Bools
from catalog.wordlists import any_of, read_words

FILE = Path(__file__).with_name("things.yml")

_NUMBER = re.compile(r"[0-9]+")

#: How much a word counts beside an ordinary one.
LIGHT = 0.2

#: Procedures whose words are no part of the object.
NO_OBJECT = ("permit", "filing", "register", "handle")


@dataclass(frozen=True)
class Things:
    """The lexicon of objects, by what the comparison asks of it."""

    meaning: dict[str, str]  # every known word → the word that stands for it
    lengths: dict[str, tuple[int, ...]]  # first character → lengths of known words, longest first
    apart: tuple[tuple[str, ...], ...]  # in the order of the bits of `lines_of`
    lines_of: dict[str, tuple[tuple[int, int], ...]]  # word → (line of `apart`, bit)
    grades: tuple[int, ...]  # lines of `apart`
    wider: dict[str, tuple[str, ...]]  # a word → those that it covers
    narrower: dict[str, tuple[str, ...]]  # a word → those that cover it
    bounding: frozenset[str]
    light: frozenset[str]
    aspects: tuple[str, ...]
    domains: dict[str, tuple[str, ...]]
    any_domain: tuple[str, ...]  # in a department's name: it may do anything
    implied: tuple[tuple[int, tuple[str, ...]], ...]  # (bit of a domain, words it need not say)
    procedure_of: dict[str, str]
    kinds: tuple[str, ...]  # of procedures
    near: Bools  # kinds × kinds: whether two kinds may be one thing
    reformed: frozenset[str]
    reason: re.Pattern[str]  # a clause at the beginning that only gives the reason
    digest: str = ""

    def cut(self, text: str) -> list[tuple[str, str]]:
        """The text in words: the standing one of each line of `same`, and the one written.

        The longest known word wins, from left to right; where that leaves characters over that no
        word holds (对外|国|人), the cut that leaves fewest of them over, then that of fewest words.
        """
        words = self._longest(text)
        if any(len(word) == 1 and word not in self.meaning for word in words):
            words = self._fewest(text)
        return [(self.meaning.get(word, word), word) for word in words]

    def _longest(self, text: str) -> list[str]:
        found = []
        at, end = 0, len(text)
        while at < end:
            for length in self.lengths.get(text[at], ()):
                if text[at : at + length] in self.meaning:
                    break
            else:
                length = _run(text, at)
            found.append(text[at : at + length])
            at += length
        return found

    def _fewest(self, text: str) -> list[str]:
        end = len(text)
        best: list[tuple[int, int, int]] = [(0, 0, 0)] * (end + 1)  # left over, words, length
        for at in range(end - 1, -1, -1):
            length = _run(text, at)
            left, words, _ = best[at + length]
            found = (left + 1, words + 1, -length)
            for known in self.lengths.get(text[at], ()):
                if at + known <= end and text[at : at + known] in self.meaning:
                    left, words, _ = best[at + known]
                    found = min(found, (left, words + 1, -known))
            best[at] = found
        cut, at = [], 0
        while at < end:
            cut.append(text[at : at - best[at][2]])
            at -= best[at][2]
        return cut


def _run(text: str, at: int) -> int:
    """How long what no word holds is: one character, or a whole number."""
    found = _NUMBER.match(text, at)
    return len(found.group()) if found else 1


@lru_cache(maxsize=4096)
def domains_of(department: str) -> int:
    """Bits of the domains that a department's name tells; 0 where it tells nothing."""
    known = load()
    if any(word in department for word in known.any_domain):
        return 0
    return sum(
        1 << bit
        for bit, words in enumerate(known.domains.values())
        if any(word in department for word in words)
    )


@cache
def load(file: Path = FILE) -> Things:
    """Read the lexicon. Raises BadInput naming the key that is missing or unknown."""
    acts = load_acts()
    things, digest = read_words(
        file, lambda data: _things(data, [*acts.act_of, *acts.not_acts]), acts.digest
    )
    return replace(things, digest=digest)


def _things(data: dict[str, Any], acts: Iterable[str]) -> Things:
    same: list[list[str]] = data.pop("same")
    meaning = {word: line[0] for line in same for word in line}

    def stands(word: str) -> str:
        return meaning.setdefault(word, word)

    apart = tuple(tuple(dict.fromkeys(map(stands, line))) for line in data.pop("apart"))
    wider = {
        stands(word): tuple(map(stands, narrower)) for word, narrower in data.pop("wider").items()
    }
    graded = frozenset(map(stands, data.pop("grades")))
    bounding = frozenset(map(stands, data.pop("bounding")))
    light = frozenset(map(stands, data.pop("light")))
    aspects = tuple(dict.fromkeys(map(stands, data.pop("aspects"))))
    procedures: dict[str, list[str]] = data.pop("procedures")
    procedure_of = {stands(w): kind for kind, words in procedures.items() for w in words}
    kinds = tuple(sorted(procedures))
    near = np.eye(len(kinds), dtype=bool)
    for line in data.pop("near_procedures"):
        for one, other in permutations(line, 2):
            near[kinds.index(one), kinds.index(other)] = True
    reformed = frozenset(map(stands, data.pop("reformed")))
    domains: dict[str, tuple[str, ...]] = {k: tuple(v) for k, v in data.pop("domains").items()}
    implied = {domain: tuple(map(stands, words)) for domain, words in data.pop("implied").items()}
    bit_of = {domain: bit for bit, domain in enumerate(domains)}
    clause = data.pop("reasons")
    lines_of: dict[str, list[tuple[int, int]]] = {}
    inside = frozenset(data.pop("inside"))
    heads = sorted(set(meaning.values()))
    for number, line in enumerate(apart):
        for bit, word in enumerate(line):
            holders = [w for w in heads if word in w and w != word] if word in inside else []
            covering = [w for w in line if word in wider.get(w, ())]
            for one in (word, *holders, *covering):
                lines_of.setdefault(one, []).append((number, bit))
    lengths: dict[str, set[int]] = {}
    for word in data.pop("words"):
        stands(word)
    for word in acts:
        stands(word)
    for word in meaning:
        lengths.setdefault(word[0], set()).add(len(word))
    return Things(
        meaning=meaning,
        lengths={first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()},
        apart=tuple(apart),
        lines_of={word: tuple(found) for word, found in lines_of.items()},
        grades=tuple(n for n, line in enumerate(apart) if graded & set(line)),
        wider=wider,
        narrower={
            word: tuple(sorted(w for w, covered in wider.items() if word in covered))
            for word in {word for covered in wider.values() for word in covered}
        },
        bounding=bounding,
        light=light,
        aspects=aspects,
        domains=domains,
        implied=tuple((bit_of[domain], words) for domain, words in implied.items()),
        any_domain=tuple(data.pop("any_domain")),
        procedure_of=procedure_of,
        kinds=kinds,
        near=near,
        reformed=reformed,
        reason=re.compile(
            f"^(?:{any_of(clause['begin'])})[^()]{{2,40}}?(?:{any_of(clause['end'])})(?=.{{4}})"
        ),
    )
