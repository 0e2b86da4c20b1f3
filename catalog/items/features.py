"""Pairs of a local name and a canonical item as numbers, many pairs at a time.

Every number is a fact of the two names that a person can read (`FEATURES` names them): how much
of the one's words the other has, whether acts, procedures, brackets and departments agree. What
they weigh is in `model.json`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein
from scipy import sparse

from catalog.items import things
from catalog.items.bag import Bag, bag
from catalog.items.words import ACTS

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SLIP_ONE, SLIP_TWO = 4, 12  # characters of a name from which on one (two) may be mistyped
LOOKED_AT = 10  # candidates of a name, by plain likeness, that are weighed
CUT = 9  # characters that a name cut off must still have
BOUND = 0.5  # a word in a bracket counts so much of one outside
_NUMBERS = re.compile(r"[0-9一二三四五六七八九十甲乙丙丁]")
_ACT_BIT = {act: 1 << n for n, act in enumerate(sorted(ACTS))}


@dataclass(frozen=True)
class Name:
    """What is compared of a name: its own text, its parent's (main item's), its department."""

    name: str
    parent: str = ""
    department: str = ""


class Vocabulary:
    """Words and characters that the canonical names are made of, and how telling each is."""

    def __init__(self, names: Iterable[str]) -> None:
        self.number: dict[str, int] = {}
        counts: dict[str, int] = {}
        size = 0
        for name in names:
            size += 1
            for word in set(_terms(bag(name))):
                counts[word] = counts.get(word, 0) + 1
        for word in sorted(counts):
            self.number[word] = len(self.number)
        self.most = float(np.log1p(max(size, 50)))
        self.idf = {
            word: max(0.5, self.most - float(np.log(1 + count))) for word, count in counts.items()
        }

    def weight(self, word: str) -> float:
        """How telling a term is: rare ones more; one that no canonical name has the most."""
        found = self.idf.get(word, self.most)
        base = found / self.most
        return base * (things.LIGHT if word in things.load().light else 1.0)


def _terms(one: Bag) -> list[str]:
    return [*one.words, *one.light, *one.bounds, *one.included]


def _grams(text: str) -> list[str]:
    return [*text, *(text[n : n + 2] for n in range(len(text) - 1))]


class Side:
    """Names of one side as matrices; rows in the order given."""

    def __init__(
        self, names: Sequence[Name], vocabulary: Vocabulary, grams: dict[str, int], base: bool = False
    ) -> None:
        self.names = names
        self.bags = [bag(one.name) for one in names]
        parents = {one.parent for one in names}
        by_parent = {parent: bag(parent) for parent in parents if parent}
        self.parents = [by_parent.get(one.parent) for one in names]
        # The canonical side's words are the base; a local side's new words get columns of its own.
        self.number = vocabulary.number if base else dict(vocabulary.number)
        self.words = self._words(vocabulary, lambda b: {**dict.fromkeys(b.bounds, BOUND), **dict.fromkeys(b.light, 1.0), **dict.fromkeys(b.words, 1.0)})
        self.wide = self._with_parents(vocabulary)
        self.grams = _rows([_gram_weights(b, vocabulary) for b in self.bags], grams, grow=False)
        self.acts = np.array([sum(_ACT_BIT[act] for act in b.acts) for b in self.bags], np.int64)
        self.stated = np.array([b.stated for b in self.bags], bool)
        self.marks = _marks(self.bags)
        self.domains = np.array([_domains(one.department) for one in names], np.int64)
        kinds = sorted(set(things.load().procedure_of.values()))
        self.procedures = np.array(
            [kinds.index(b.procedure) if b.procedure else -1 for b in self.bags], np.int64
        )
        self.reformed = np.array([b.reformed for b in self.bags], bool)
        aspects = things.load().aspects
        self.aspects = np.array(
            [sum(1 << aspects.index(a) for a in b.aspects) for b in self.bags], np.int64
        )
        bounding = things.load().bounding
        self.bounding = self._words(
            vocabulary, lambda b: {w: 1.0 for w in (*b.words, *b.light, *b.bounds) if w in bounding}, plain=True
        )
        self.excluded = self._words(vocabulary, lambda b: dict.fromkeys(b.excluded, 1.0))
        self.bounds = self._words(vocabulary, lambda b: dict.fromkeys(b.bounds, 1.0))
        self.ended = np.array([bool(b.procedure) or b.stated for b in self.bags], bool)
        self.listed = np.array([b.listed for b in self.bags], np.int64)
        self.listing = self._words(vocabulary, lambda b: dict.fromkeys(sorted(b.listing), 1.0), plain=True)
        self.raw = ["".join(b.written) for b in self.bags]
        self.texts = [b.text for b in self.bags]
        self.all = [b.text + "".join(b.bounds) for b in self.bags]

    def _words(
        self, vocabulary: Vocabulary, of: Callable[[Bag], dict[str, float]], plain: bool = False
    ) -> sparse.csr_matrix:
        rows = [
            {w: (1.0 if plain else vocabulary.weight(w)) * share for w, share in of(b).items()}
            for b in self.bags
        ]
        return _rows(rows, self.number, grow=True)

    def _with_parents(self, vocabulary: Vocabulary) -> sparse.csr_matrix:
        rows = []
        known = things.load()
        for own, parent in zip(self.bags, self.parents, strict=True):
            words = set(_terms(own)) | (set(_terms(parent)) if parent else set())
            words.update(own.included)
            for word in tuple(words):
                words.update(known.wider.get(word, ()))
                words.update(known.narrower.get(word, ()))
            rows.append(dict.fromkeys(sorted(words), 1.0))
        return _rows(rows, self.number, grow=True)


def _rows(rows: list[dict[str, float]], number: dict[str, int], grow: bool) -> sparse.csr_matrix:
    """A sparse matrix; terms get their columns in `number`, new ones only where it may grow."""
    data: list[float] = []
    columns: list[int] = []
    ends = [0]
    for row in rows:
        for term, value in row.items():
            column = number.setdefault(term, len(number)) if grow else number.get(term)
            if column is not None and value:
                columns.append(column)
                data.append(value)
        ends.append(len(data))
    return sparse.csr_matrix((data, columns, ends), shape=(len(rows), len(number) + 1))


def _gram_weights(one: Bag, vocabulary: Vocabulary) -> dict[str, float]:
    found: dict[str, float] = {}
    for words, share in (((*one.words,), 1.0), (one.light, things.LIGHT), (one.bounds, BOUND)):
        for gram in _grams("".join(words)):
            found[gram] = max(found.get(gram, 0.0), share)
    return found


def _marks(bags: Sequence[Bag]) -> Ints:
    found = np.zeros((len(bags), len(things.load().apart)), np.int64)
    for row, one in enumerate(bags):
        for line, bits in one.marks:
            found[row, line] = bits
    return found


def _domains(department: str) -> int:
    """Bits of the domains that a department's name tells; 0 where it tells nothing."""
    if not department or "审批" in department or "政务" in department:
        return 0
    return sum(
        1 << bit
        for bit, words in enumerate(things.load().domains.values())
        if any(word in department for word in words)
    )


FEATURES = (
    "words_of_local_found", "words_of_canonical_found", "words_both",
    "with_parent_local_found", "with_parent_canonical_found", "with_parent_both",
    "telling_word_missing_in_canonical", "telling_word_missing_in_local",
    "characters", "characters_cosine", "characters_in_part", "characters_all",
    "apart", "apart_in_part", "apart_one_side",
    "acts_equal", "acts_local_more", "acts_local_fewer", "acts_other", "act_unstated",
    "procedure_equal", "procedure_near", "procedure_other", "procedure_reformed",
    "bounding_local_only", "bounding_canonical_only",
    "aspects_local_only", "aspects_canonical_only", "aspects_other",
    "bounds_local_only", "bounds_canonical_only", "excluded_differ",
    "department_agrees", "department_differs",
    "parent_is_main_item", "name_is_main_item", "local_short", "local_lists", "canonical_lists",
    "filing_or_permit", "grade_canonical_only", "grade_local_only",
    "listed_missing_in_local", "listed_missing_in_canonical",
    "edits", "slip", "cut_off",
)
NEAR = {frozenset(pair) for pair in (
    ("permit", "register"), ("permit", "recognise"), ("permit", "inspect"), ("filing", "register"),
    ("permit", "proof"), ("pay", "permit"), ("recognise", "register"), ("query", "proof"), ("report", "filing"),
    ("report", "permit"), ("recognise", "proof"), ("accept", "permit"), ("accept", "filing"), ("recognise", "pay"), ("register", "report"), ("", "permit"),
)}


def pair_features(left: Side, right: Side, a: Ints, b: Ints) -> Floats:
    """One row a pair (left row a[i], right row b[i]); columns as `FEATURES`."""
    width = max(m.shape[1] for m in (left.words, right.words, left.wide, right.wide, left.bounding, right.bounding, left.excluded, right.excluded, left.bounds, right.bounds, left.listing, right.listing))

    def rows(matrix: sparse.csr_matrix, at: Ints) -> sparse.csr_matrix:
        wide = sparse.csr_matrix((matrix.data, matrix.indices, matrix.indptr), shape=(matrix.shape[0], width))
        return wide[at]

    la, rb = rows(left.words, a), rows(right.words, b)
    local_only, canonical_only = _minus(la, rb), _minus(rb, la)
    la_sum, rb_sum = _sum(la), _sum(rb)
    q, c = 1 - _sum(local_only) / la_sum, 1 - _sum(canonical_only) / rb_sum
    wa, wb = rows(left.wide, a), rows(right.wide, b)
    qp = 1 - _sum(_minus(la, wb)) / la_sum
    cp = 1 - _sum(_minus(rb, wa)) / rb_sum
    ga, gb = left.grams[a], right.grams[b]
    cosine = _dot(ga, gb) / np.sqrt(np.maximum(_dot(ga, ga) * _dot(gb, gb), 1e-9))
    text_a, text_b = [left.texts[n] for n in a], [right.texts[n] for n in b]
    ratio = process.cpdist(text_a, text_b, scorer=fuzz.ratio) / 100
    partial = process.cpdist(text_a, text_b, scorer=fuzz.partial_ratio) / 100
    whole = process.cpdist([left.all[n] for n in a], [right.all[n] for n in b], scorer=fuzz.ratio) / 100
    ma, mb = left.marks[a], right.marks[b]
    all_a, all_b = [left.raw[n] for n in a], [right.raw[n] for n in b]
    edits = process.cpdist(all_a, all_b, scorer=Levenshtein.distance, dtype=np.int32)
    lengths = np.array([len(text) for text in all_a])
    few = ((edits == 1) & (lengths >= SLIP_ONE)) | ((edits == 2) & (lengths >= SLIP_TWO))
    slip = np.zeros(len(a), bool)
    for n in np.flatnonzero(few):
        slip[n] = _slipped(left.bags[a[n]], all_a[n], all_b[n])
    begins = process.cpdist(
        all_a, [y[: len(x)] for x, y in zip(all_a, all_b, strict=True)], scorer=Levenshtein.distance, dtype=np.int32
    )
    longer = np.array([len(y) > len(x) for x, y in zip(all_a, all_b, strict=True)])
    cut = (begins <= 1) & longer & (lengths >= CUT) & ~left.ended[a]
    grades = list(things.load().grades)
    both = (ma > 0) & (mb > 0)
    apart = (both & ((ma & mb) == 0)).sum(1)
    part = (both & ((ma & mb) != 0) & (ma != mb)).sum(1)
    one_side = ((ma > 0) != (mb > 0)).sum(1)
    aa, ab = left.acts[a], right.acts[b]
    shared = (aa & ab) != 0
    equal = aa == ab
    more = shared & ((aa & ab) == ab) & ~equal
    fewer = shared & ((aa & ab) == aa) & ~equal
    unstated = ~left.stated[a] & right.stated[b]
    pa, pb = left.procedures[a], right.procedures[b]
    near = _near(pa, pb) | (pa < 0) | (pb < 0)
    reformed = (pa != pb) & left.reformed[a] & right.reformed[b] & _either(pa, pb)
    same_procedure = (pa == pb) | reformed
    ba, bb = rows(left.bounding, a), rows(right.bounding, b)
    xa, xb = rows(left.excluded, a), rows(right.excluded, b)
    na, nb = rows(left.bounds, a), rows(right.bounds, b)
    sa, sb = left.aspects[a], right.aspects[b]
    da, db = left.domains[a], right.domains[b]
    columns = [
        q, c, q * c, qp, cp, qp * cp,
        _max(local_only), _max(canonical_only),
        ratio, cosine, partial, whole,
        np.minimum(apart, 2), np.minimum(part, 2), np.minimum(one_side, 4) / 2,
        equal, more, fewer, ~equal & ~more & ~fewer, unstated,
        same_procedure, ~same_procedure & near, ~same_procedure & ~near, reformed,
        np.minimum(_sum(_minus(ba, rows(right.wide, b)), 0.0), 3), np.minimum(_sum(_minus(bb, rows(left.wide, a)), 0.0), 3),
        (sa & ~sb) != 0, (sb & ~sa) != 0, (sa != 0) & (sb != 0) & ((sa & sb) == 0),
        np.minimum(_sum(_minus(na, wb), 0.0), 3), np.minimum(_sum(_minus(nb, wa), 0.0), 3),
        (_sum(_minus(xa, xb), 0.0) + _sum(_minus(xb, xa), 0.0)) > 0.5,
        (da & db) != 0, (da != 0) & (db != 0) & ((da & db) == 0),
        _parent_main(left, right, a, b), _name_main(left, right, a, b),
        np.array([len(text) <= 3 for text in text_a]),
        np.minimum(left.listed[a], 4), np.minimum(right.listed[b], 4),
        _filing_or_permit(pa, pb) & ~reformed,
        ((mb > 0) & (ma == 0))[:, grades].any(axis=1), ((ma > 0) & (mb == 0))[:, grades].any(axis=1),
        _missing(rows(right.listing, b), wa), _missing(rows(left.listing, a), wb),
        np.minimum(edits, 6), slip, cut,
    ]
    return np.column_stack([np.asarray(column, np.float64) for column in columns])


def _minus(one: sparse.csr_matrix, other: sparse.csr_matrix) -> sparse.csr_matrix:
    """`one` without the columns that `other` has."""
    there = other.copy()
    there.data = np.ones_like(there.data)
    return (one - one.multiply(there)).tocsr()


def _sum(matrix: sparse.csr_matrix, least: float = 1e-9) -> Floats:
    return np.maximum(np.asarray(matrix.sum(axis=1)).ravel(), least)


def _max(matrix: sparse.csr_matrix) -> Floats:
    return np.asarray(matrix.max(axis=1).todense()).ravel()


def _dot(one: sparse.csr_matrix, other: sparse.csr_matrix) -> Floats:
    return np.asarray(one.multiply(other).sum(axis=1)).ravel()


def _near(a: Ints, b: Ints) -> npt.NDArray[np.bool_]:
    kinds = ["", *sorted(set(things.load().procedure_of.values()))]
    table = np.array([[x == y or frozenset((x, y)) in NEAR for y in kinds] for x in kinds])
    return table[a + 1, b + 1]


def _either(a: Ints, b: Ints) -> npt.NDArray[np.bool_]:
    """Whether both are a permit, a filing or a registration: a reform makes one into another."""
    kinds = ["", *sorted(set(things.load().procedure_of.values()))]
    free = np.array([kind in ("permit", "filing", "register", "") for kind in kinds])
    return free[a + 1] & free[b + 1]


def _filing_or_permit(a: Ints, b: Ints) -> npt.NDArray[np.bool_]:
    """Whether one is a filing and the other a permit or a registration."""
    kinds = sorted(set(things.load().procedure_of.values()))
    filing, permits = kinds.index("filing"), [kinds.index("permit"), kinds.index("register")]
    return ((a == filing) & np.isin(b, permits)) | ((b == filing) & np.isin(a, permits))


def _missing(listed: sparse.csr_matrix, there: sparse.csr_matrix) -> Floats:
    """How many of the listed words are missing, where one of them at least is there; at most 3."""
    missing = _sum(_minus(listed, there), 0.0)
    return np.where(missing < _sum(listed, 0.0), np.minimum(missing, 3), 0.0)


def _slipped(one: Bag, mine: str, theirs: str) -> bool:
    """Whether what differs is no word of its own, and no number: a slip of the pen."""
    if abs(len(mine) - len(theirs)) > 1:
        return False
    strange = [word for word in one.written if word not in theirs]
    return all(len(word) == 1 for word in strange) and _NUMBERS.findall(mine) == _NUMBERS.findall(theirs)


def _parent_main(left: Side, right: Side, a: Ints, b: Ints) -> Floats:
    texts_a = [p.text if (p := left.parents[n]) else "" for n in a]
    texts_b = [p.text if (p := right.parents[n]) else right.texts[n] for n in b]
    found = process.cpdist(texts_a, texts_b, scorer=fuzz.ratio) / 100
    return np.where([bool(t) for t in texts_a], found, 0.0)


def _name_main(left: Side, right: Side, a: Ints, b: Ints) -> Floats:
    texts_b = [p.text if (p := right.parents[n]) else "" for n in b]
    found = process.cpdist([left.texts[n] for n in a], texts_b, scorer=fuzz.ratio) / 100
    return np.where([bool(t) for t in texts_b], found, 0.0)


def retrieve(left: Side, right: Side, count: int) -> tuple[Ints, Ints]:
    """For each left row its `count` nearest right rows by shared words and characters: (a, b)."""
    width = max(left.words.shape[1], left.wide.shape[1], right.wide.shape[1], right.words.shape[1])

    def wide(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
        return sparse.csr_matrix((matrix.data, matrix.indices, matrix.indptr), shape=(matrix.shape[0], width))

    words = _unit(wide(left.words)) @ _unit(wide(right.words)).T
    grams = _unit(left.grams) @ _unit(right.grams).T
    broad = _unit(wide(left.wide)) @ _unit(wide(right.wide)).T
    score = (0.55 * grams + 0.3 * words + 0.15 * broad).tocsr()
    found_a, found_b = [], []
    for row in range(score.shape[0]):
        start, end = score.indptr[row], score.indptr[row + 1]
        values, columns = score.data[start:end], score.indices[start:end]
        order = np.lexsort((columns, -np.round(values, 9)))[:count]
        found_a.extend([row] * len(order))
        found_b.extend(columns[order])
    return np.array(found_a, np.int64), np.array(found_b, np.int64)


def _unit(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    norm = np.sqrt(np.maximum(_dot(matrix, matrix), 1e-9))
    return sparse.diags(1 / norm) @ matrix


def gram_numbers(names: Sequence[Name], vocabulary: Vocabulary) -> dict[str, int]:
    """Columns for the pairs of characters of the canonical names."""
    grams = sorted({g for one in names for g in _gram_weights(bag(one.name), vocabulary)})
    return {gram: n for n, gram in enumerate(grams)}


def beside_the_others(query: Ints, facts: Floats) -> Floats:
    """Two more facts a pair: its plain likeness less the best other's of the same name, its rank.

    `query` is sorted; pairs of one name stand together.
    """
    at = {name: n for n, name in enumerate(FEATURES)}
    likeness = (
        0.3 * facts[:, at["with_parent_local_found"]]
        + 0.25 * facts[:, at["with_parent_canonical_found"]]
        + 0.25 * facts[:, at["characters_cosine"]]
        + 0.1 * facts[:, at["characters_all"]]
        + 0.1 * facts[:, at["procedure_equal"]]
        - 0.3 * facts[:, at["acts_other"]]
        - 0.15 * (facts[:, at["acts_local_more"]] + facts[:, at["acts_local_fewer"]])
        - 0.2 * facts[:, at["apart"]]
        - 0.1 * facts[:, at["aspects_other"]]
        - 0.05 * (facts[:, at["aspects_local_only"]] + facts[:, at["aspects_canonical_only"]])
    )
    order = np.lexsort((-likeness, query))
    first = np.r_[True, query[order][1:] != query[order][:-1]]
    start = np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    rank = np.arange(len(order)) - start
    best = likeness[order][start]
    after = np.minimum(start + 1, len(order) - 1)
    second = np.where(query[order][after] == query[order], likeness[order][after], 0.0)
    lead = np.where(rank == 0, likeness[order] - second, likeness[order] - best)
    found = np.empty((len(order), 3))
    found[order] = np.column_stack([lead, np.minimum(rank, LOOKED_AT), likeness[order]])
    return found
