"""What the brackets behind a document say: of the paper, the holder, when, which others."""

from __future__ import annotations

from dataclasses import dataclass, field

from catalog.materials.asking import clauses_of, is_condition, situation
from catalog.materials.compound import core, documents_of
from catalog.materials.holder import is_role, signer
from catalog.materials.lexicon import load
from catalog.materials.nouns import ending_of, is_document, kind_of
from catalog.materials.paper import UNSPECIFIED, form_said, is_noise, uncoded_words
from catalog.materials.text import brackets


@dataclass
class Said:
    """All that the brackets of one document say."""

    form: str = UNSPECIFIED
    role: str = ""
    sealed: bool = False
    only_if: str = ""
    instead: list[str] = field(default_factory=list)  # documents in place of the head
    instead_any: bool = False
    more: list[tuple[str, str, str]] = field(default_factory=list)  # (document, of whom, when)
    kept: list[str] = field(default_factory=list)  # what bounds the document


def said_in(text: str) -> Said:
    """Read every outermost bracket of a document's text."""
    said = Said()
    head = core(text)
    for start, end in brackets(text):
        inside = text[start + 1 : end].removesuffix(")")
        if inside:
            _read(said, inside, head)
    return said


def _read(said: Said, inside: str, head: str) -> None:
    words = load()
    written = uncoded_words(inside)
    form = form_said(inside)
    if is_noise(written) or form != UNSPECIFIED or words.seals.search(written):
        said.form = form if said.form == UNSPECIFIED else said.form
        said.sealed = said.sealed or bool(words.seals.search(written))
        said.role = said.role or signer(written)
        if form == UNSPECIFIED or not _listed(inside):
            return
    role = is_role(written) or signer(written)
    if role:
        said.role = said.role or role
        return
    listed = _listed(inside)
    clause = clauses_of(inside)
    if len(clause) > 1 and _is_general(head):
        said.instead = [text for one in clause for text in _listed(one.text)]
        said.instead_any = len(said.instead) == len(clause)
    elif clause[0].subject or (clause[0].only_if and listed):
        who = clause[0].subject or clause[0].only_if
        said.more += [(one, who, clause[0].only_if) for one in listed]
    elif len(listed) >= 2:
        _take_list(said, listed, inside, head)
    elif is_condition(inside):
        said.only_if = said.only_if or situation(inside)
        said.kept.append(written)
    elif not written.startswith(words.explaining):
        said.kept.append(written)


def _take_list(said: Said, listed: list[str], inside: str, head: str) -> None:
    """A list of documents: examples of a general word, what the head is, or more documents."""
    words = load()
    general = _is_general(head)
    open_end = "等" in inside
    choice = any(piece.is_any for piece in documents_of(inside))
    if general:
        said.instead = listed
        said.instead_any = is_document(head) and (
            choice or open_end or inside.startswith(words.examples)
        )
    elif not open_end and not inside.startswith(words.explaining):
        said.more += [(one, "", "") for one in listed]


def _is_general(head: str) -> bool:
    """Whether a head says only that something is to be proved: 收入证明, 身份证明."""
    generic = ending_of(head).endswith(tuple(load().documents.generic_heads))
    return not is_document(head) or (generic and kind_of(head) in ("other", "licence"))


def _listed(inside: str) -> list[str]:
    """The documents that a bracket lists; [] when one of them is none."""
    words = load()
    text = clauses_of(inside)[-1].text
    example = next((word for word in words.examples if text.startswith(word)), "")
    text = text.removeprefix(example)
    before, mark, after = text.rpartition("等")
    if mark and (len(after) < 8 or not is_document(core(text.rpartition("、")[2]))):
        text = before or text
    pieces = documents_of(text)
    known = all(is_document(core(one.text)) for one in pieces)
    return [one.text for one in pieces] if known else []


def without_choice_brackets(text: str) -> str:
    """节能报告(或节能承诺表): the bracket opened, where a document stands in it."""
    for start, end in reversed(list(brackets(text))):
        inside = text[start + 1 : end].removesuffix(")")
        other = inside.removeprefix("或者").removeprefix("或")
        if other != inside and is_document(core(other)):
            inside = inside.replace("、或", "或").replace("、", "或")
            text = f"{text[:start]}{inside}{text[end:]}"
    return text
