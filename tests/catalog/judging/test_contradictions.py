"""Judgements that cannot all be right are found, kept, and shown with what they rest on."""

from __future__ import annotations

import pytest

from catalog.judging.contradictions import Shown, standing
from catalog.unify import unify
from kernel.house import House
from tests.catalog.judging.people import (
    BUREAU,
    CHANGE,
    FOOD,
    INTAKE,
    SAND,
    SECOND,
    answer,
    say,
    start,
    take_back,
)
from tests.catalog.rows import end


def shown(house: House) -> list[Shown]:
    with house.engine.begin() as conn:
        return standing(conn)


def kinds(one: Shown) -> list[str]:
    return [rest["kind"] for rest in one.rests]


def test_judgements_that_agree_contradict_nothing(house: House) -> None:
    start(house)
    say(house, BUREAU, "X1", "same", SAND)
    say(house, SECOND, "X2", "same", SAND)
    say(house, BUREAU, "W1", "narrower", INTAKE)
    say(house, BUREAU, "R1", "same", INTAKE)
    assert shown(house) == []


@pytest.mark.parametrize("relation", ["none", "different", "narrower", "broader"])
def test_a_is_b_and_b_is_c_but_a_is_not_c(house: House, relation: str) -> None:
    """挖沙手续 and 挖沙手续（县级） are one name; the one is SAND, the other is not."""
    start(house)
    first = say(house, BUREAU, "X1", "same", SAND)
    second = say(house, SECOND, "X2", relation, *(() if relation == "none" else (SAND,)))
    [one] = shown(house)
    assert one.kind == "same_name"
    assert kinds(one) == ["person", "same_name", "person"]
    assert {rest["judgement"] for rest in one.rests} == {None, first.number, second.number}
    take_back(house, SECOND, second.number)
    assert shown(house) == []


def test_the_same_name_at_two_items_is_one_contradiction_from_either_end(house: House) -> None:
    start(house)
    say(house, BUREAU, "X1", "same", SAND)
    say(house, SECOND, "X2", "same", INTAKE)
    [one] = shown(house)
    assert one.kind == "same_name"


def test_two_persons_that_disagree_on_one_question(house: House) -> None:
    start(house)
    say(house, BUREAU, "W1", "same", INTAKE)
    say(house, SECOND, "W1", "same", SAND)
    [one] = shown(house)
    assert (one.kind, kinds(one)) == ("two_persons", ["person", "person"])
    assert one.says == "“用水手续”被认定是“取水许可”，但由其他依据得出它是“河道采砂许可”"


def test_who_changes_the_own_mind_contradicts_nobody(house: House) -> None:
    start(house)
    say(house, BUREAU, "W1", "same", INTAKE)
    say(house, BUREAU, "W1", "same", SAND)
    say(house, BUREAU, "W1", "none")
    assert shown(house) == []


def test_a_word_against_the_base_code(house: House) -> None:
    start(house)
    made = say(house, BUREAU, "F3", "same", FOOD)
    answer(house, SECOND, made.number)
    [one] = shown(house)
    assert one.kind == "base_code"
    assert one.rests[1]["says"] == "“食品店开业手续”（F3）的代码指向“食品经营许可变更”"
    say(house, BUREAU, "F3", "same", CHANGE)
    assert shown(house) == []


def test_a_rule_against_a_persons_word_of_the_same_name(house: House) -> None:
    start(house)
    say(house, BUREAU, "R1", "different", INTAKE)
    assert shown(house) == []  # the person outranks the rule on the name itself


def test_a_judgement_on_an_item_that_ended(house: House) -> None:
    start(house)
    say(house, BUREAU, "W1", "same", SAND)
    with house.engine.begin() as conn:
        end(conn, SAND)
    unify(house, "later")
    [one] = shown(house)
    assert one.kind == "gone"


def test_what_waits_contradicts_nothing_yet(house: House) -> None:
    start(house)
    say(house, BUREAU, "F3", "same", FOOD)
    assert shown(house) == []
