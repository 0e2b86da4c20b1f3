"""From documents that a name asks for to the canonical materials that it is unified with."""

from __future__ import annotations

from collections.abc import Iterable

from catalog.materials.lexicon import load
from catalog.materials.part import NO_ROLE, Asked, Part

#: Roles that many different holders have: there the holder's word tells materials apart.
_COARSE = ("employee", "other", "organisation")


def part_of(group: Iterable[Asked]) -> Part:
    """A choice as one canonical material: any licence type of any option satisfies it."""
    options = list(group)
    if len(options) == 1:
        one = options[0]
        return Part(_noun(one), _holder(one), one.form, _kind(one), one.licence_types)
    types = sorted({name for option in options for name in option.licence_types})
    roles = {_holder(option) for option in options} - {NO_ROLE}
    kinds = {option.kind for option in options}
    return Part(
        "或".join(sorted({_noun(option) for option in options})),
        roles.pop() if len(roles) == 1 else "other" if roles else NO_ROLE,
        options[0].form,
        "licence" if types else kinds.pop() if len(kinds) == 1 else "other",
        tuple(types),
    )


def shown_name(document: str, role: str) -> str:
    """The document; behind it in brackets whose it is, where it is not the applicant's own.

    `role`: as a canonical material has it, see `Part.canonical_role`.
    """
    if role == "applicant":
        return document
    return f"{document}（{load().role_names.get(role, '其他人')}）"


def _noun(asked: Asked) -> str:
    """By what it is unified: an application keeps what it applies for."""
    noun = asked.noun
    if asked.kind != "form" and not asked.licence_types and "(" not in noun:
        noun = asked.document
    coarse = asked.holder in _COARSE and not asked.own and not noun.startswith(asked.word)
    return asked.word + noun if coarse else noun


def _holder(asked: Asked) -> str:
    """An organisation that is the applicant itself is no other holder."""
    return NO_ROLE if asked.own else asked.holder


def _kind(asked: Asked) -> str:
    return "licence" if asked.licence_types else asked.kind
