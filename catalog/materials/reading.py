"""The documents of a clause, read one by one, and what they take from their neighbours."""

from __future__ import annotations

from dataclasses import replace

from catalog.materials.asking import Clause
from catalog.materials.brackets import Said, said_in
from catalog.materials.compound import Piece
from catalog.materials.grouping import Group
from catalog.materials.holder import Held, held, is_role, subject_role
from catalog.materials.lexicon import load
from catalog.materials.nouns import ending_of, is_document, kind_of, short_name
from catalog.materials.paper import UNSPECIFIED, paper_of, purpose_said, uncoded_words
from catalog.materials.part import NO_ROLE, Asked
from catalog.materials.proofs import Proofs, satisfied_by
from catalog.materials.spreading import Draft, expanded, spread_forms, spread_roles
from catalog.materials.text import without_brackets


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
    spread_roles(flat, clause)
    spread_forms(flat, clause)
    rows = [row for group in (*drafts, *extra) for row in expanded(group, len(flat))]
    return [tuple(satisfied_by(one.asked, proofs) for one in row) for row in rows if row]


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
    body = body.replace("《", "").replace("》", "")
    whose = held(body)
    form = paper.form if paper.form != UNSPECIFIED else said.form
    if form == "copy" and said.form in ("original", "original_and_copy"):
        form = "original_and_copy"
    if form == "copy" and said.sealed:
        form = "sealed_copy"
    noun = paper_of(whose.rest).text or whose.rest
    name = short_name(noun)
    kind = kind_of(name if name != noun and ending_of(name) else noun)
    role = NO_ROLE if kind == "form" and _of_a_sort(whose) else whose.role
    role = said.role if said.role and role == NO_ROLE else role
    kind = "other" if is_role(noun) else kind
    if role not in (NO_ROLE, "organisation") and name.endswith(load().documents.agreements):
        kind = "statement"
    whole = "".join((noun, *(f"({one})" for one in said.kept)))
    asked = Asked(name, whole, role, form, kind, purpose_said(text), written=body)
    if role == whose.role:
        asked = replace(asked, own=whose.own, word=whose.word)
    return Draft(asked, whose)


def _of_a_sort(whose: Held) -> bool:
    """职工工伤认定申请表: the form's name says for what sort of people it is, not whose it is.

    一般纳税人登记表 too; but 举办者登记表 is the applicant's.
    """
    sort = whose.role in ("employee", "child", "other") or whose.word in load().sorts
    return sort and not whose.linked


def _document_only(text: str) -> str:
    """《申报表》并由单位盖章 without what is to be done with it."""
    if is_document(text):
        return text
    before, mark, _ = text.rpartition("》")
    if mark and before.count("《") > before.count("》"):
        return before + mark
    before, mark, _ = text.rpartition("并")
    return before if mark and is_document(before) else text
