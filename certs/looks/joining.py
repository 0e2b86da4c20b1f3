"""One-thing packages (一件事): the forms of an applicant's several cases as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from certs.looks.form import CaseForm, FilledField


@dataclass(frozen=True)
class OnceField:
    """A field of several cases. `cases`: who asks; `typed`: those for which nothing fills it in.

    A value counts only for the cases that may have it, each by its own right; for the others the
    applicant is asked, once.
    """

    field: FilledField
    cases: tuple[str, ...]
    typed: tuple[str, ...]


@dataclass(frozen=True)
class JoinedForm:
    """`asked`: fields of all forms; `typed`: how many of the one form a person types, once each."""

    cases: tuple[str, ...]
    items: tuple[str, ...]
    fields: tuple[OnceField, ...]
    asked: int
    typed: int


def join(forms: Sequence[CaseForm]) -> JoinedForm:
    """Each field of the forms once, in the order in which it first comes."""
    found: dict[tuple[str, str], list[tuple[str, FilledField]]] = {}
    for form in forms:
        for one in form.fields:
            found.setdefault((one.name, one.type), []).append((form.case_number, one))
    fields = tuple(_once(same) for same in found.values())
    return JoinedForm(
        cases=tuple(form.case_number for form in forms),
        items=tuple(form.item for form in forms),
        fields=fields,
        asked=sum(len(form.fields) for form in forms),
        typed=sum(1 for one in fields if one.typed),
    )


def _once(same: Sequence[tuple[str, FilledField]]) -> OnceField:
    _, first = min(same, key=lambda two: _to_type(two[1]))
    fields = [one for _, one in same]
    merged = replace(
        first,
        required=any(one.required for one in fields),
        items=tuple(dict.fromkeys(item for one in fields for item in one.items)),
        names=tuple(dict.fromkeys(name for one in fields for name in one.names)),
    )
    cases = tuple(dict.fromkeys(case for case, _ in same))
    typed = tuple(dict.fromkeys(case for case, one in same if _to_type(one)))
    return OnceField(merged, cases, typed)


def _to_type(one: FilledField) -> bool:
    return one.value is None and not one.withheld
