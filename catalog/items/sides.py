"""The names of one side of the comparison as matrices and arrays, made once for each name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from catalog.items import things
from catalog.items.bag import Bag, bag
from catalog.items.offices import at_home
from catalog.items.pieces import pieces
from catalog.items.sparse_rows import Ints, Matrix, rows_of
from catalog.items.tells import Tells
from catalog.items.words import ACTS

BOUND = 0.5  # a word in a bracket counts so much of one outside
_ACT_BIT = {act: 1 << n for n, act in enumerate(sorted(ACTS))}


@dataclass(frozen=True)
class Name:
    """What is compared of a name: its own text, its parent's (main item's), its department."""

    name: str
    parent: str = ""
    department: str = ""


class Vocabulary:
    """The words and characters of the canonical names, and how telling each is."""

    def __init__(self, names: Sequence[Name]) -> None:
        bags = _bags(names)
        counts = Counter(word for one in bags for word in set(terms(one)))
        self.number = {word: n for n, word in enumerate(sorted(counts))}
        self.most = float(np.log1p(max(len(names), 50)))
        self.rarity = {
            word: max(0.5, self.most - float(np.log(1 + count))) for word, count in counts.items()
        }
        self.grams = {gram: n for n, gram in enumerate(sorted({g for x in bags for g in grams(x)}))}
        self.piece_count = Counter(p for one in bags for p in set(_pieces(terms(one))))
        self.piece_number = {piece: n for n, piece in enumerate(sorted(self.piece_count))}
        self.tells = Tells(bags, self.number)

    def weight(self, word: str) -> float:
        """0..1: rare ones more; one that no canonical name has the most."""
        share = self.rarity.get(word, self.most) / self.most
        return share * (things.LIGHT if word in things.load().light else 1.0)

    def piece_weight(self, piece: str) -> float:
        """The same of a piece of a word."""
        rarity = max(0.5, self.most - float(np.log(1 + self.piece_count.get(piece, 0))))
        return rarity / self.most * (things.LIGHT if piece in things.load().light else 1.0)


def _bags(names: Sequence[Name]) -> list[Bag]:
    return [at_home(bag(one.name), things.domains_of(one.department)) for one in names]


def terms(one: Bag) -> list[str]:
    """Every word of a name."""
    return [*one.words, *one.light, *one.bounds, *one.included]


def _pieces(words: Iterable[str]) -> list[str]:
    return [piece for word in words for piece in pieces(word)]


def grams(one: Bag) -> dict[str, float]:
    """Characters and pairs of them, with what they count."""
    found: dict[str, float] = {}
    heavy = one.words or (one.text,)  # 歇业备案: nothing but an act
    for words, share in ((heavy, 1.0), (one.light, things.LIGHT), (one.bounds, BOUND)):
        text = "".join(words)
        for gram in (*text, *(text[n : n + 2] for n in range(len(text) - 1))):
            found[gram] = max(found.get(gram, 0.0), share)
    return found


class Side:
    """Names of one side; rows in the order given.

    The canonical side is the base: its words get the first columns of the vocabulary. A local side
    numbers its own new words after these, for itself.
    """

    def __init__(self, names: Sequence[Name], vocabulary: Vocabulary, base: bool = False) -> None:
        self.domains = np.array([things.domains_of(one.department) for one in names], np.int64)
        self.bags = _bags(names)
        known = {parent: bag(parent) for parent in {one.parent for one in names} if parent}
        self.parents = [known.get(one.parent) for one in names]
        self._vocabulary = vocabulary
        self.tells = vocabulary.tells
        self._number = vocabulary.number if base else dict(vocabulary.number)
        self._words()
        self._pieces(vocabulary if base else None)
        self._facts()
        self.grams = rows_of([grams(one) for one in self.bags], vocabulary.grams, grow=False)
        self.texts = [one.text for one in self.bags]
        self.whole = [one.text + "".join(one.bounds) for one in self.bags]
        self.written = ["".join(one.written) for one in self.bags]

    @property
    def width(self) -> int:
        """Columns that its words need."""
        return len(self._number) + 1

    def _words(self) -> None:
        """Matrices: one row a name, one column a word."""
        known = things.load()
        self.words = self._weighed(
            lambda b: {
                **dict.fromkeys(b.bounds, BOUND),
                **dict.fromkeys(b.light, 1.0),
                **dict.fromkeys(b.words, 1.0),
            }
        )
        self.excluded = self._weighed(lambda b: dict.fromkeys(b.excluded, 1.0))
        self.bounds = self._weighed(lambda b: dict.fromkeys(b.bounds, 1.0))
        self.bounding = self._plain(
            {w for w in (*b.words, *b.light, *b.bounds) if w in known.bounding} for b in self.bags
        )
        self.listing = self._plain(b.listing for b in self.bags)
        self.covered = self._plain(
            {n for w in (*b.words, *b.bounds) for n in known.wider.get(w, ())} for b in self.bags
        )
        wide = [*map(_wide, self.bags, self.parents, self.domains.tolist())]
        self.wide = self._plain(wide)
        self.said = self._plain({*words, *_pieces(sorted(words))} for words in wide)

    def _pieces(self, base: Vocabulary | None) -> None:
        """Matrices of the pieces that its words are made of."""
        vocabulary = self._vocabulary
        number = vocabulary.piece_number if base else dict(vocabulary.piece_number)
        rows = []
        for one in self.bags:
            row: dict[str, float] = {}
            for words, share in ((one.bounds, BOUND), (one.light, 1.0), (one.words, 1.0)):
                row.update((p, vocabulary.piece_weight(p) * share) for p in _pieces(words))
            rows.append(row)
        self.pieces = rows_of(rows, number)
        wide = map(_wide, self.bags, self.parents, self.domains.tolist())
        self.wide_pieces = rows_of(
            [dict.fromkeys(sorted(set(_pieces(w))), 1.0) for w in wide], number
        )
        self.piece_width = len(number) + 1

    def _facts(self) -> None:
        """Arrays: one number a name."""
        known = things.load()
        kinds = known.kinds
        bags = self.bags
        self.acts = _numbers(sum(_ACT_BIT[act] for act in b.acts) for b in bags)
        self.stated = np.array([b.stated for b in bags], bool)
        self.procedures = _numbers(kinds.index(b.procedure) if b.procedure else -1 for b in bags)
        self.ended = np.array([bool(b.procedure) or b.stated for b in bags], bool)
        self.reformed = np.array([b.reformed for b in bags], bool)
        self.aspects = _numbers(sum(1 << known.aspects.index(a) for a in b.aspects) for b in bags)
        self.listed = _numbers(b.listed for b in bags)
        self.marks = np.zeros((len(bags), len(known.apart)), np.int64)
        for row, one in enumerate(bags):
            for line, bits in one.marks:
                self.marks[row, line] = bits
        self.marked = self.marks > 0

    def _weighed(self, of: Callable[[Bag], dict[str, float]]) -> Matrix:
        weight = self._vocabulary.weight
        rows = [{w: weight(w) * share for w, share in of(b).items()} for b in self.bags]
        return rows_of(rows, self._number)

    def _plain(self, found: Iterable[Iterable[str]]) -> Matrix:
        return rows_of([dict.fromkeys(sorted(words), 1.0) for words in found], self._number)


def _wide(own: Bag, parent: Bag | None, domains: int) -> set[str]:
    """A name's words, its parent's, those that these cover or that cover these, its office's."""
    known = things.load()
    words = {*terms(own), *(terms(parent) if parent else ())}
    words.update(w for bit, said in known.implied if domains >> bit & 1 for w in said)
    more = (
        w for word in words for w in (*known.wider.get(word, ()), *known.narrower.get(word, ()))
    )
    return words | set(more)


def _numbers(values: Iterable[int]) -> Ints:
    return np.array(list(values), np.int64)
