"""The learned weights: grown the same way every time, kept as they are, never against the law."""

from __future__ import annotations

import json

import numpy as np

from bench.names.gold import DEV, OWN, canonical, labelled
from bench.names.grow import Growth, grow
from bench.names.made import make
from catalog.items import model, things
from catalog.items.trees import from_json

SMALL = Growth(trees=12, depth=2, least=1.0)


def invented() -> tuple[np.ndarray, np.ndarray]:
    """Two facts of which the first decides and the second is noise."""
    chance = np.random.default_rng(4)
    facts = np.round(chance.random((300, 2)), 3)
    return facts, (facts[:, 0] > 0.6).astype(np.float64)


def test_the_same_rows_grow_the_same_trees_which_survive_their_file() -> None:
    facts, truth = invented()
    weight, signs = np.ones(len(facts)), np.array([1, 0])
    one, two = (grow(facts, truth, weight, signs, SMALL) for _ in range(2))
    assert one.as_json() == two.as_json()
    kept = from_json(json.loads(json.dumps(one.as_json())))
    assert kept.as_json() == one.as_json()
    assert np.allclose(kept.chances(facts), one.chances(facts), atol=1e-3)
    assert ((one.chances(facts) > 0.5) == (truth > 0.5)).mean() > 0.97


def test_a_fact_that_may_only_speak_for_it_never_speaks_against() -> None:
    facts, truth = invented()
    turned = grow(facts, 1 - truth, np.ones(len(facts)), np.array([1, 0]), SMALL)
    ladder = np.column_stack([np.linspace(0, 1, 50), np.full(50, 0.5)])
    assert (np.diff(turned.scores(ladder)) >= -1e-9).all()


def test_made_names_are_the_same_every_time_and_no_labelled_name() -> None:
    items = canonical()[:200]
    made = list(make(items))
    assert made == list(make(items))
    assert made != list(make(items, seed=8))
    assert {one.relation for one in made} == {"same", "narrower", "broader", "none"}


def test_the_shipped_model_is_as_it_would_be_written() -> None:
    text = model.FILE.read_text("utf-8")
    again = json.dumps(model.load().as_json(), ensure_ascii=False, separators=(",", ":")) + "\n"
    assert again == text


def test_no_name_of_our_own_is_one_of_the_golds() -> None:
    gold = {row.name for row in labelled(DEV)}
    for file in ("train", "test", "hard", "words", "words_later", "real", "blind", "blind2"):
        assert not gold & {row.name for row in labelled(OWN / f"items_{file}.csv")}


def test_no_name_is_in_two_of_the_parts() -> None:
    parts = [
        {row.name for row in labelled(OWN / f"items_{part}.csv")}
        for part in ("train", "test", "hard")
    ]
    assert not parts[0] & parts[1] | parts[0] & parts[2] | parts[1] & parts[2]


def test_no_word_of_the_lexicon_is_a_whole_name_of_the_gold() -> None:
    """Short words may be names by chance; a long one would be a name looked up."""
    long = [word for word, meaning in things.load().meaning.items() if word != meaning]
    whole = [
        (word, row.name)
        for row in labelled(DEV)
        for word in long
        if len(word) >= 8 and word in row.name and len(word) > 0.85 * len(row.name)
    ]
    assert whole == []
