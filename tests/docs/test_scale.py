"""The numbers of docs/scale.md follow from the inputs that stand above them."""

from __future__ import annotations

import re

import pytest

from tests.docs.arithmetic import number, rows, shown, value
from tests.docs.pages import ROOT

PAGE = (ROOT / "docs/scale.md").read_text("utf-8")
PLACES = ("city", "province", "nation")


def _section(title: str) -> str:
    found = re.search(rf"^## {title}$(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None, title
    return found[1]


INPUTS = {row[0].strip("`"): number(row[1]) for row in rows(_section("Inputs"))}
PEOPLE = {name: number(row[1]) for name, row in zip(PLACES, rows(_section("People")), strict=True)}
#: What, formula, unit, then one number a place.
RECKONED = rows(_section("Rows, bytes, time"))
LIMITS = rows(_section("What breaks first"))


def _reckoned(place: str) -> dict[str, float]:
    """All names of the page, for a place."""
    known = {**INPUTS, "people": PEOPLE[place]}
    for row in RECKONED:
        name, formula = row[1].strip("`").split(" = ")
        known[name] = value(formula, known)
    return known


@pytest.mark.parametrize("place", PLACES)
def test_each_number_follows_from_the_inputs(place: str) -> None:
    known, column = _reckoned(place), 3 + PLACES.index(place)
    wrong = [
        (row[1], row[column], shown(known[row[1].strip("`").split(" = ")[0]], row[2]))
        for row in RECKONED
        if row[column] != shown(known[row[1].strip("`").split(" = ")[0]], row[2])
    ]
    assert wrong == []


def test_the_limits_follow_too_and_stand_in_their_order() -> None:
    assert [row[2] for row in LIMITS] == [
        shown(value(row[1].strip("`"), INPUTS), "million") for row in LIMITS
    ]
    people = [value(row[1].strip("`"), INPUTS) for row in LIMITS]
    assert people == sorted(people)


def test_every_input_is_used_and_says_where_it_is_from() -> None:
    formulas = " ".join(row[1] for row in RECKONED + LIMITS)
    names = set(re.findall(r"[a-z_]+", formulas))
    assert set(INPUTS) <= names
    for row in rows(_section("Inputs")):
        assert "assumed" in row[2] or re.match("`make (bench NAME=|run )", row[3]), row


def test_a_changed_input_changes_the_numbers() -> None:
    assert shown(value("people * per_person", {"people": 5e7, "per_person": 4}), "million") == "200"
    assert shown(0.012345, "") == "0.0123"
    assert shown(1_234_567, "GB a day") == "0.00123"
    with pytest.raises(KeyError):
        value("people * unknown", {"people": 1})
