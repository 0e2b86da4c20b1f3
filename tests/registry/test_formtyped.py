"""The form in the page and the form in Excel: the same answers, the same mistakes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from portal.words.asked import CHOICES, ENGLISH
from registry import form
from registry.formread import read_form
from registry.formtyped import as_typed, lines, read_typed
from registry.formwrite import write_form
from tests.registry.test_form import GIVES, GOOD


def test_both_ways_lead_to_the_same_record() -> None:
    typed, wrong = read_typed(GOOD, GIVES)
    assert wrong == {}
    assert typed.as_json() == read_form(write_form(GOOD, GIVES)).as_json()


def test_what_is_stored_stands_in_the_page_as_it_was_typed() -> None:
    filled, _ = read_typed(GOOD, GIVES)
    assert as_typed(filled.as_json()) == (GOOD, GIVES)


@given(key=st.sampled_from([one.key for one in form.questions() if one.needed]))
def test_what_is_needed_and_empty_is_named_alone(key: str) -> None:
    filled, wrong = read_typed(GOOD | {key: "  "}, GIVES)
    assert set(wrong) == {key}
    assert key not in filled.answers


def test_a_number_of_a_person_is_refused_where_it_was_typed() -> None:
    _, wrong = read_typed(GOOD | {"contact": "联系人 11010119900307109X"}, ())
    assert set(wrong) == {"contact"}
    assert "11010119900307109X" not in lines(wrong)


def test_a_letter_without_its_last_day_is_said_at_the_day() -> None:
    _, wrong = read_typed(GOOD | {"until": ""}, ())
    assert wrong == {"until": "授权文件文号和截止日期要一起填"}


def test_every_question_and_choice_of_the_form_is_said_in_english_too() -> None:
    """Departments are names, and stay."""
    asked_for = [one for one in form.questions() if one.key != "department"]
    assert {one.key for one in form.questions()} == set(ENGLISH)
    assert {choice for one in asked_for for choice in one.choices} == set(CHOICES)
