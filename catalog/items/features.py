"""Pairs of a local name and a canonical item as numbers, many pairs at a time.

Every number is a fact of the two names that a person can read (`FEATURES` names them): how much
of the one's words the other has, whether acts, procedures, brackets and departments agree. What
they weigh is in `model.json`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rapidfuzz import fuzz, process

from catalog.items.law_facts import (
    acts_facts,
    apart_facts,
    aspects_facts,
    departments_facts,
    procedures_facts,
)
from catalog.items.sides import Side
from catalog.items.slips import slip_facts
from catalog.items.sparse_rows import (
    Columns,
    Floats,
    Ints,
    Matrix,
    both,
    dot,
    largest,
    minus,
    plain,
    total,
    widened,
)
from catalog.items.tells import Tells

FEATURES = (
    *("words_of_local_found", "words_of_canonical_found", "words_both"),
    *("with_parent_local_found", "with_parent_canonical_found", "with_parent_both"),
    *("telling_word_missing_in_canonical", "telling_word_missing_in_local"),
    *("says_a_narrower_word", "says_a_wider_word"),
    *("said_of_local", "said_of_canonical", "said_both"),
    *("piece_missing_in_canonical", "piece_missing_in_local"),
    *("pieces_missing_in_canonical", "pieces_missing_in_local"),
    *("characters", "characters_cosine", "characters_in_part", "characters_all"),
    *("apart", "apart_in_part", "apart_one_side", "law_wider", "law_narrower"),
    *("acts_equal", "acts_local_more", "acts_local_fewer", "acts_other"),
    *("act_unstated", "act_local_stated"),
    *("procedure_equal", "procedure_near", "procedure_other", "procedure_reformed"),
    *("bounding_local_only", "bounding_canonical_only"),
    *("aspects_local_only", "aspects_canonical_only", "aspects_other"),
    *("swapped_in_list", "told_apart_local_only", "told_apart_canonical_only"),
    *("bounds_local_only", "bounds_canonical_only", "excluded_differ"),
    *("department_agrees", "department_differs", "parent_is_main_item", "name_is_main_item"),
    *("local_short", "local_lists", "canonical_lists"),
    *("filing_or_permit", "grade_canonical_only", "grade_local_only"),
    *("listed_missing_in_local", "listed_missing_in_canonical", "edits", "slip", "cut_off"),
)
SHORT = 3  # characters of a short object
MOST = 3  # counts stop here


def pair_features(left: Side, right: Side, a: Ints, b: Ints) -> Floats:
    """One row a pair (left row a[i], right row b[i]); columns as `FEATURES`."""
    words = _words(left, right, a, b)
    found: Columns = {
        **words,
        **_pieces(left, right, a, b, words),
        **_texts(left, right, a, b),
        **apart_facts(left, right, a, b),
        **acts_facts(left, right, a, b),
        **procedures_facts(left, right, a, b),
        **aspects_facts(left.aspects[a], right.aspects[b]),
        **departments_facts(left.domains[a], right.domains[b]),
        "parent_is_main_item": _parent_main(left, right, a, b),
        "name_is_main_item": _alike(_texts_of(left, a), _parents_of(right, b)),
        "local_lists": np.minimum(left.listed[a], MOST + 1),
        "canonical_lists": np.minimum(right.listed[b], MOST + 1),
        **slip_facts(left, right, a, b),
    }
    table = np.column_stack([np.asarray(found[f], np.float64) for f in FEATURES])
    return np.asarray(np.round(table, 6), np.float64)


def _words(left: Side, right: Side, a: Ints, b: Ints) -> Columns:
    """How much of the one's words the other has, alone and with its parent's."""
    width = max(left.width, right.width)

    def mine(matrix: Matrix) -> Matrix:
        return widened(matrix, width)[a]

    def theirs(matrix: Matrix) -> Matrix:
        return widened(matrix, width)[b]

    local, canonical = mine(left.words), theirs(right.words)
    wide_local, wide_canonical = mine(left.wide), theirs(right.wide)
    said_local, said_canonical = mine(left.said), theirs(right.said)
    local_only, canonical_only = minus(local, canonical), minus(canonical, local)
    of_local, of_canonical = _share(local_only, local), _share(canonical_only, canonical)
    with_local = _share(minus(local, wide_canonical), local)
    with_canonical = _share(minus(canonical, wide_local), canonical)
    excluded_local, excluded_canonical = mine(left.excluded), theirs(right.excluded)
    stated = np.asarray(excluded_local.getnnz(axis=1) > 0)  # a name may leave an exclusion unsaid
    excluded = total(minus(excluded_local, excluded_canonical)) + stated * total(
        minus(excluded_canonical, excluded_local)
    )
    return {
        "words_of_local_found": of_local,
        "words_of_canonical_found": of_canonical,
        "words_both": of_local * of_canonical,
        "with_parent_local_found": with_local,
        "with_parent_canonical_found": with_canonical,
        "with_parent_both": with_local * with_canonical,
        "telling_word_missing_in_canonical": largest(local_only),
        "telling_word_missing_in_local": largest(canonical_only),
        "says_a_narrower_word": total(both(local_only, theirs(right.covered))) > 0,
        "says_a_wider_word": total(both(canonical_only, mine(left.covered))) > 0,
        "bounding_local_only": _count(mine(left.bounding), said_canonical),
        "bounding_canonical_only": _count(theirs(right.bounding), said_local),
        "bounds_local_only": _count(mine(left.bounds), said_canonical),
        "bounds_canonical_only": _count(theirs(right.bounds), said_local),
        **_told(right.tells, minus(local, said_canonical), minus(canonical, said_local)),
        "listed_missing_in_local": _missing(theirs(right.listing), wide_local),
        "listed_missing_in_canonical": _missing(mine(left.listing), wide_canonical),
        "excluded_differ": excluded > 0.5,
    }


def _told(tells: Tells, local_only: Matrix, canonical_only: Matrix) -> Columns:
    """Whether words that are missing are such as tell canonical items apart."""
    size = len(tells.alone)
    mine, theirs = plain(local_only[:, :size]), plain(canonical_only[:, :size])
    return {
        "swapped_in_list": total((mine @ tells.swapped).multiply(theirs)) > 0,
        "told_apart_local_only": np.minimum(mine @ tells.alone, MOST),
        "told_apart_canonical_only": np.minimum(theirs @ tells.alone, MOST),
    }


def _pieces(left: Side, right: Side, a: Ints, b: Ints, words: Columns) -> Columns:
    """The same of the pieces that words are made of; `said`: as a word or in pieces."""
    width = max(left.piece_width, right.piece_width)
    local, canonical = widened(left.pieces, width)[a], widened(right.pieces, width)[b]
    local_only = minus(local, widened(right.wide_pieces, width)[b])
    canonical_only = minus(canonical, widened(left.wide_pieces, width)[a])
    of_local = np.maximum(_share(local_only, local), words["with_parent_local_found"])
    of_canonical = np.maximum(
        _share(canonical_only, canonical), words["with_parent_canonical_found"]
    )
    return {
        "said_of_local": of_local,
        "said_of_canonical": of_canonical,
        "said_both": of_local * of_canonical,
        "piece_missing_in_canonical": largest(local_only),
        "piece_missing_in_local": largest(canonical_only),
        "pieces_missing_in_canonical": total(local_only),
        "pieces_missing_in_local": total(canonical_only),
    }


def _share(missing: Matrix, all_: Matrix) -> Floats:
    return 1 - np.maximum(total(missing), 1e-9) / np.maximum(total(all_), 1e-9)


def _count(words: Matrix, there: Matrix) -> Floats:
    return np.minimum(total(minus(words, there)), MOST)


def _missing(listed: Matrix, there: Matrix) -> Floats:
    """How many of the listed words are missing, where one of them at least is there."""
    missing = total(minus(listed, there))
    return np.where(missing < total(listed), np.minimum(missing, MOST), 0.0)


def _texts(left: Side, right: Side, a: Ints, b: Ints) -> Columns:
    mine, theirs = _texts_of(left, a), _texts_of(right, b)
    grams_a, grams_b = left.grams[a], right.grams[b]
    norm = np.sqrt(np.maximum(dot(grams_a, grams_a) * dot(grams_b, grams_b), 1e-9))
    part = process.cpdist(mine, theirs, scorer=fuzz.partial_ratio) / 100
    return {
        "characters": _alike(mine, theirs),
        "characters_cosine": dot(grams_a, grams_b) / norm,
        "characters_in_part": np.asarray(part, np.float64),
        "characters_all": _alike([left.whole[n] for n in a], [right.whole[n] for n in b]),
        "local_short": np.array([len(text) <= SHORT for text in mine]),
    }


def _alike(mine: Sequence[str], theirs: Sequence[str]) -> Floats:
    """The ratio of two texts; 0 where one is empty."""
    found = np.asarray(process.cpdist(mine, theirs, scorer=fuzz.ratio), np.float64) / 100
    return np.where([bool(x and y) for x, y in zip(mine, theirs, strict=True)], found, 0.0)


def _texts_of(side: Side, rows: Ints) -> list[str]:
    return [side.texts[n] for n in rows]


def _parents_of(side: Side, rows: Ints) -> list[str]:
    return [parent.text if (parent := side.parents[n]) else "" for n in rows]


def _parent_main(left: Side, right: Side, a: Ints, b: Ints) -> Floats:
    """How alike the local parent and the canonical main item (or the item itself) are."""
    main = [text or right.texts[n] for text, n in zip(_parents_of(right, b), b, strict=True)]
    return _alike(_parents_of(left, a), main)
