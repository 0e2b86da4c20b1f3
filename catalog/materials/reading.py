"""The documents of a clause, read one by one, and what they take from their neighbours."""

from __future__ import annotations

from dataclasses import dataclass, replace

from catalog.materials.asking import Clause
from catalog.materials.brackets import Said, said_in
from catalog.materials.compound import Piece
from catalog.materials.grouping import Group
from catalog.materials.holder import NO_ROLE, held, is_role, subject_role
from catalog.materials.lexicon import load
from catalog.materials.nouns import ending_of, is_document, kind_of, short_name
from catalog.materials.paper import UNSPECIFIED, form_said, paper_of, purpose_said, uncoded_words
from catalog.materials.part import Asked
from catalog.materials.proofs import Proofs, satisfied_by
from catalog.materials.text import without_brackets

#: 本人及配偶的身份证、户口簿: the papers of both.
_COUPLE = ("applicant", "spouse")


@dataclass
class Draft:
    """A document being read. `certain`: its holder stands before 的, so it holds for a list."""

    asked: Asked
    certain: bool = False
    weak: bool = False
    choice: bool = False  # stands for the one before it
    roles: tuple[str, ...] = ()
    one_holder: bool = False


def read_group_list(groups: list[Group], clause: Clause, proofs: Proofs) -> list[tuple[Asked, ...]]:
    """The groups of a clause as documents."""
    drafts: list[list[Draft]] = []
    extra: list[list[Draft]] = []
    for group in groups:
        row: list[Draft] = []
        for piece in group:
            said = said_in(piece.text)
            found = _drafts(piece, said, clause)
            if len(found) > 1 and not said.instead_any:
                drafts += [[one] for one in found[:-1]]
                found = found[-1:]
            row += found
            extra += [[_other(text, who or clause.subject, when)] for text, who, when in said.more]
        drafts.append(row)
    flat = [one for row in drafts for one in row]
    for row in drafts:
        for one in row[1:]:
            one.choice = True
    _spread_roles(flat, clause)
    _spread_forms(flat, clause)
    rows = [row for group in (*drafts, *extra) for row in _expanded(group, len(flat))]
    return [tuple(satisfied_by(one.asked, proofs) for one in row) for row in rows if row]


def as_one_choice(groups: list[tuple[Asked, ...]]) -> tuple[Asked, ...]:
    """All documents as one choice; a form behind the last is that of all."""
    asked = [one for group in groups for one in group]
    form = asked[-1].form
    return tuple(replace(one, form=form) if one.form == UNSPECIFIED else one for one in asked)


def _drafts(piece: Piece, said: Said, clause: Clause) -> list[Draft]:
    """The document of a piece; where a bracket says what a general word is, those instead."""
    one = _draft(piece.text, said)
    one.roles, one.one_holder = piece.roles, piece.one_holder
    if not said.instead:
        one.asked = replace(one.asked, situation=said.only_if or clause.only_if)
        return [one]
    found = [_draft(text, said_in(text)) for text in said.instead]
    for each in found:
        if each.asked.holder == NO_ROLE:
            each.asked = replace(each.asked, holder=one.asked.holder)
        if each.asked.form == UNSPECIFIED and one.asked.form != UNSPECIFIED:
            each.asked = replace(each.asked, form=one.asked.form)
    return found


def _other(text: str, who: str, when: str) -> Draft:
    one = _draft(text, said_in(text))
    if one.asked.holder == NO_ROLE and who:
        one.asked = replace(one.asked, holder=subject_role(who) or NO_ROLE)
    one.asked = replace(one.asked, situation=when)
    return one


def _draft(text: str, said: Said) -> Draft:
    """One document's text read: form, holder, noun, kind."""
    paper = paper_of(without_brackets(text))
    body = _document_only(paper.text) or uncoded_words(text)
    whose = held(body.replace("《", "").replace("》", ""))
    form = paper.form if paper.form != UNSPECIFIED else said.form
    if form == "copy" and said.form in ("original", "original_and_copy"):
        form = "original_and_copy"
    if form == "copy" and said.sealed:
        form = "sealed_copy"
    noun = paper_of(whose.rest).text or whose.rest
    name = short_name(noun)
    kind = kind_of(name if name != noun and ending_of(name) else noun)
    role = said.role if said.role and whose.role == NO_ROLE else whose.role
    kind = "other" if is_role(noun) else kind
    whole = "".join((noun, *(f"({one})" for one in said.kept)))
    asked = Asked(name, whole, role, form, kind, written=body)
    return Draft(replace(asked, purpose=purpose_said(text)), whose.certain, whose.weak)


def _document_only(text: str) -> str:
    """《申报表》并由单位盖章 without what is to be done with it."""
    if is_document(text):
        return text
    before, mark, _ = text.rpartition("》")
    if mark and before.count("《") > before.count("》"):
        return before + mark
    before, mark, _ = text.rpartition("并")
    return before if mark and is_document(before) else text


def _spread_roles(flat: list[Draft], clause: Clause) -> None:
    """夫妻双方的身份证、户口簿: the holder of the first is that of those after it."""
    words = load()
    asked_of = subject_role(clause.subject) if clause.subject else ""
    last: Draft | None = None
    for one in flat:
        if one.roles and not _each_brings(one, len(flat)):
            couple = (*one.roles, one.asked.holder) == _COUPLE
            one.asked = replace(one.asked, holder="both_spouses" if couple else one.roles[0])
        elif one.choice and one.weak and last is not None and last.certain:
            one.asked = replace(one.asked, holder=last.asked.holder)
        if one.asked.holder != NO_ROLE:
            last = one
            continue
        if last is not None and _takes(one, last, words.documents.organisations_own):
            one.asked = replace(one.asked, holder=last.asked.holder)
        elif asked_of:
            one.asked = replace(one.asked, holder=asked_of)
    for one in flat:
        if one.asked.holder in words.not_of.get(one.asked.document, ()):
            one.asked = replace(one.asked, holder=NO_ROLE)


def _takes(one: Draft, last: Draft, organisations_own: tuple[str, ...]) -> bool:
    """Whether a document without a holder is of the holder named before it."""
    documents = load().documents
    noun, holder = one.asked.noun, last.asked.holder
    if one.asked.kind == "form":
        return False
    if holder == "organisation":
        return one.choice or last.certain or noun.endswith(organisations_own)
    if noun.endswith(organisations_own) and not holder.endswith("spouses"):
        return one.choice and last.certain
    follows = last.certain and one.asked.kind != "approval"
    return follows or noun.endswith(documents.personal)


def _spread_forms(flat: list[Draft], clause: Clause) -> None:
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
    return asked.kind == "form" or (
        asked.kind == "statement" and not asked.noun.endswith(("合同", "协议", "协议书", "通知书"))
    )


def _expanded(group: list[Draft], documents: int) -> list[list[Draft]]:
    """申请人和父母的身份证 are two papers: a person's paper once for each holder listed."""
    one = group[0]
    if not _each_brings(one, documents):
        return [group]
    holders = [*one.roles, one.asked.holder]
    return [[Draft(replace(one.asked, holder=role))] for role in dict.fromkeys(holders)]


def _each_brings(one: Draft, documents: int) -> bool:
    """Whether each of the holders listed before a document brings one."""
    personal = load().documents.personal
    return bool(one.roles) and not one.one_holder and documents == 1 and (
        one.asked.noun.endswith(personal) or one.asked.document.endswith(personal)
    )  # fmt: skip
