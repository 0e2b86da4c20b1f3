"""The officer's form in the reader's language; the Excel form keeps its own (`registry.form`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from portal.words import in_english
from registry.form import Question

ENGLISH: Final[Mapping[str, tuple[str, str]]] = {
    "name": ("Name of the system", "In full"),
    "code": ("Code of the system", "If operations gave one; else leave it empty"),
    "department": ("Department", "Whose system it is"),
    "level": ("Who built the system", "The city, the province or the nation"),
    "about": ("What the system is for", "One sentence, like: handles water permits"),
    "basis": ("Legal basis of sharing", "Law, document or catalogue, and its article"),
    "share": ("How it is shared", "As the data-sharing catalogue says"),
    "letter": ("Number of the authorising document", "Leave it empty if there is none yet"),
    "until": ("Last day of the authorisation", "Needed with a document, like 2028-12-31"),
    "contact": ("Whom to ask", "Office and post; no person's name or telephone"),
    "complete_since": ("Complete since", "No record is missing after that day"),
    "changes": ("How often the data changes", "As it usually does"),
    "copies": ("How it is given", "Copies, or one by one for a case"),
}
CHOICES: Final[Mapping[str, str]] = {
    "市级": "the city",
    "省级": "the province",
    "国家级": "the nation",
    "无条件共享": "unconditionally",
    "有条件共享": "conditionally",
    "不予共享": "not at all",
    "可以提供数据副本": "copies may be given",
    "只能逐件核验": "one by one for a case",
    "实时": "at any moment",
    "每小时": "hourly",
    "每天": "daily",
    "每周": "weekly",
    "每月": "monthly",
    "不定期": "irregularly",
}


@dataclass(frozen=True)
class Asked:
    """A question as the page shows it. `choices`: what is sent, and what the reader sees."""

    key: str
    label: str
    help: str
    needed: bool
    choices: tuple[tuple[str, str], ...]


def asked(question: Question) -> Asked:
    """A question of the form in the language of the request."""
    label, hint = question.label, question.help
    choices = tuple((one, one) for one in question.choices)
    if in_english():
        label, hint = ENGLISH[question.key]
        choices = tuple((one, CHOICES.get(one, one)) for one in question.choices)
    return Asked(question.key, label, hint, question.needed, choices)
