"""The form that opens a case: what was sent, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Form

from kernel.errors import SkipRow
from kernel.numbers import ORGANISATION, PERSON, normalise_holder
from portal.words import say

Text = Annotated[str, Form()]


@dataclass(frozen=True)
class Draft:
    """What stands in the form for opening a case."""

    item_text: str = ""
    item_code: str = ""
    from_list: bool = False  # chosen from the list that stands below the field
    applicant_kind: str = ""
    applicant_number: str = ""
    applicant_name: str = ""


def draft_form(
    item_text: Text = "",
    item_code: Text = "",
    item_pick: Text = "",
    item_for: Text = "",
    applicant_kind: Text = "",
    applicant_number: Text = "",
    applicant_name: Text = "",
) -> Draft:
    """The draft out of a sent form. A choice (by script or from the list) counts only for the
    text it was made for: who types on afterwards has not chosen."""
    text = item_text.strip()[:200]
    code = (item_pick or item_code).strip() if item_for.strip() == text else ""
    return Draft(
        text,
        code[:64],
        bool(item_pick and code),
        applicant_kind,
        applicant_number.strip()[:40],
        applicant_name.strip()[:200],
    )


Sent = Annotated[Draft, Depends(draft_form)]


def fits(kind: str, number: str) -> bool:
    """Whether a number is one of that kind of holder, by form and check character."""
    try:
        normalise_holder(kind, number)
    except SkipRow:
        return False
    return True


def kind_of(number: str) -> str:
    """The kind of holder whose check the number passes, or nothing.

    One in 31 citizens' numbers passes a credit code's check, too. It is a person's: hardly any
    credit code is all digits with a day of birth and a citizen's check character.
    """
    return next((kind for kind in (PERSON, ORGANISATION) if fits(kind, number)), "")


def problems_of(draft: Draft, code: str, kind: str, found: bool) -> dict[str, str]:
    """Field → sentence, in the order of the form."""
    problems = {}
    if not code:
        which = "choose" if found else "unknown" if draft.item_text else "empty"
        problems["item_text"] = say(f"open.item.{which}")
    number = _number_problem(draft, kind)
    if number:
        problems["applicant_number"] = number
    if not draft.applicant_name:
        problems["applicant_name"] = say("open.name.empty")
    return problems


def _number_problem(draft: Draft, kind: str) -> str:
    if not draft.applicant_number:
        return say("open.number.empty")
    if kind not in (PERSON, ORGANISATION):
        return say("open.number.neither")
    if fits(kind, draft.applicant_number):
        return ""
    other = kind_of(draft.applicant_number)
    return say(f"open.number.is_{other}" if other else f"open.number.{kind}")
