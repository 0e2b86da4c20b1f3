"""A case's form as it is given: each field once, and who fills it in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Source = Literal["case", "licence"]


@dataclass(frozen=True)
class FilledField:
    """A field of a case's form. `items`: who asks; `names`: as their forms call it.

    `value`: None where the applicant is asked; dates as 2026-07-01. `source` and what follows it:
    where the value comes from. `withheld`: shared data has it, but a post that only receives may
    not see it. `why`: one plain sentence in Chinese.
    """

    name: str
    type: str
    required: bool
    items: tuple[str, ...]
    names: tuple[str, ...]
    value: str | None
    why: str
    withheld: bool = False
    source: Source | None = None
    licence_type: str | None = None
    system: str | None = None  # the source system's name
    as_of: datetime | None = None


@dataclass(frozen=True)
class CaseForm:
    """The form of a case: every field once."""

    case_number: str
    item: str
    item_id: str
    catalogue_version: int
    fields: tuple[FilledField, ...]
