"""What the documents of a list take from each other: the holder, the form of the paper."""

from __future__ import annotations

from dataclasses import dataclass, replace

from catalog.materials.asking import Clause
from catalog.materials.holder import Held, subject_role
from catalog.materials.lexicon import load
from catalog.materials.paper import UNSPECIFIED, form_said, purpose_said
from catalog.materials.part import NO_ROLE, Asked

#: 本人及配偶的身份证、户口簿: the papers of both.
_COUPLE = ("applicant", "spouse")


@dataclass
class Draft:
    """A document being read; `whose` is what its own text says of its holder."""

    asked: Asked
    whose: Held
    choice: bool = False  # stands for the one before it
    roles: tuple[str, ...] = ()
    one_holder: bool = False


def spread_roles(flat: list[Draft], clause: Clause) -> None:
    """夫妻双方的身份证、户口簿: the holder of the first is that of those after it."""
    words = load()
    asked_of = subject_role(clause.subject) if clause.subject else ""
    last: Draft | None = None
    for one in flat:
        if one.roles and not _each_brings(one, len(flat)):
            couple = (*one.roles, one.asked.holder) == _COUPLE
            role = "both_spouses" if couple else one.roles[0]
            one.asked = replace(one.asked, holder=role, own=False, word="")
        elif one.choice and one.whose.weak and last is not None and last.whose.certain:
            one.asked = replace(
                one.asked, holder=last.asked.holder, own=last.asked.own, word=last.asked.word
            )
        if one.asked.holder != NO_ROLE:
            last = one
            continue
        if last is not None and _takes(one, last, words.documents.organisations_own):
            one.asked = replace(
                one.asked, holder=last.asked.holder, own=last.asked.own, word=last.asked.word
            )
        elif asked_of:
            one.asked = replace(one.asked, holder=asked_of)
    for one in flat:
        if one.asked.holder in words.not_of.get(one.asked.document, ()):
            one.asked = replace(one.asked, holder=NO_ROLE)


def _of(asked: Asked, last: Asked) -> Asked:
    """A document with the holder of another."""
    return replace(asked, holder=last.holder, own=last.own, word=last.word)


def _takes(one: Draft, last: Draft, organisations_own: tuple[str, ...]) -> bool:
    """Whether a document without a holder is of the holder named before it."""
    documents = load().documents
    noun, holder = one.asked.noun, last.asked.holder
    if one.asked.kind == "form":
        return False
    if holder == "organisation":
        return one.choice or last.whose.linked or noun.endswith(organisations_own)
    if noun.endswith(organisations_own) and not holder.endswith("spouses"):
        return one.choice and last.whose.certain
    follows = (last.whose.certain or one.choice) and one.asked.kind != "approval"
    return follows or noun.endswith(documents.personal)


def spread_forms(flat: list[Draft], clause: Clause) -> None:
    """身份证、户口簿原件及复印件: the form behind a list is that of those before it."""
    noted = form_said(clause.note) if clause.note else UNSPECIFIED
    purpose = purpose_said(clause.note) if clause.note else "prove"
    form = UNSPECIFIED
    for one in reversed(flat):
        if one.asked.form != UNSPECIFIED:
            form = UNSPECIFIED if one.asked.form == "electronic" else one.asked.form
        elif form != UNSPECIFIED and not _self_made(one.asked):
            one.asked = replace(one.asked, form=form)
    for one in flat:
        if one.asked.form == UNSPECIFIED and noted != UNSPECIFIED:
            one.asked = replace(one.asked, form=noted)
        elif one.asked.form == "copy" and noted in ("original", "original_and_copy"):
            one.asked = replace(one.asked, form="original_and_copy")
        if purpose != "prove":
            one.asked = replace(one.asked, purpose=purpose)


def _self_made(asked: Asked) -> bool:
    """What an applicant writes for the case is handed in itself, whatever comes after it."""
    return asked.kind == "form" or asked.document in load().documents.self_made


def expanded(group: list[Draft], documents: int) -> list[list[Draft]]:
    """申请人和父母的身份证 are two papers: a person's paper once for each holder listed."""
    one = group[0]
    if not _each_brings(one, documents):
        return [group]
    holders = [*one.roles, one.asked.holder]
    return [
        [Draft(replace(one.asked, holder=role, word=""), one.whose)]
        for role in dict.fromkeys(holders)
    ]


def _each_brings(one: Draft, documents: int) -> bool:
    """Whether each of the holders listed before a document brings one."""
    personal = load().documents.personal
    return bool(one.roles) and not one.one_holder and documents == 1 and (
        one.asked.noun.endswith(personal) or one.asked.document.endswith(personal)
    )  # fmt: skip


def as_one_choice(groups: list[tuple[Asked, ...]]) -> tuple[Asked, ...]:
    """All documents as one choice; a form behind the last is that of all."""
    asked = [one for group in groups for one in group]
    form = asked[-1].form
    return tuple(replace(one, form=form) if one.form == UNSPECIFIED else one for one in asked)
