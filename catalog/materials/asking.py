"""Clauses: what a name asks for, of whom, and when.

租赁场地经营的,还应当提交租赁合同: a condition, a verb of asking, a document. A clause without a
document says when, or something of the paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from catalog.materials.compound import core, documents_of
from catalog.materials.holder import is_role
from catalog.materials.lexicon import load
from catalog.materials.nouns import ending_of, is_document, kind_of
from catalog.materials.paper import paper_of, uncoded
from catalog.materials.text import brackets, clauses, without_brackets


@dataclass(frozen=True)
class Clause:
    """`text` names documents; `note` is what is said beside them; `subject` of whom it is asked."""

    text: str
    subject: str = ""
    only_if: str = ""
    one_of: bool = False
    note: str = ""


def clauses_of(text: str) -> list[Clause]:
    """The clauses that name documents, each with its condition; never empty."""
    words = load()
    found: list[Clause] = []
    waiting, notes = "", []
    pieces = [sub for piece in _labelled(text) for sub in _subclauses(piece)]
    for piece in pieces:
        subject, asked = _asked(piece)
        named = is_document(core(asked)) or len(pieces) == 1 or _has_document(asked)
        if named and not (piece == asked and is_condition(without_brackets(piece))):
            proving = asked.startswith(words.proving)
            one_of = bool(words.one_of.search(piece)) or proving
            asked = asked.partition("的")[2] or asked if proving else asked
            if waiting and not subject and is_role(waiting.rstrip("的")):
                subject = waiting.rstrip("的")
            when = situation(waiting or (subject if is_condition(subject) else ""))
            found.append(Clause(asked, subject, when, one_of))
            waiting = ""
        elif is_condition(without_brackets(piece)):
            waiting = piece
        else:
            notes.append(piece)
    if not found:
        return [Clause(text, note="")]
    if waiting:
        found = [replace(one, only_if=one.only_if or situation(waiting)) for one in found]
    return list(_joined(replace(one, note=",".join(notes)) for one in found))


def _labelled(text: str) -> list[str]:
    """Clauses, without a label or a general word before what it stands for (选报材料:…)."""
    words = load()
    pieces = clauses(text)
    if len(pieces) < 2:
        return pieces
    head = core(pieces[0])
    marks = text[text.find(pieces[0]) + len(pieces[0]) :][:2]
    label = head in words.documents.labels
    general = marks[:1] in (":", "-", "—") and (
        ending_of(head) in words.documents.generic_heads or kind_of(head) == "licence"
    )
    rest = [piece for piece in pieces[1:] if _has_document(_asked(piece)[1])]
    return pieces[1:] if (label or general) and rest else pieces


def _subclauses(piece: str) -> Iterator[str]:
    """法人提交营业执照、个人提交身份证: two askings, cut before the holder of the second."""
    inside = list(brackets(piece))
    verbs = [
        found
        for found in load().asking.finditer(piece)
        if found.lastgroup != "no" and not any(a <= found.start() < b for a, b in inside)
    ]
    start = 0
    for verb in verbs[1:]:
        cut = max(piece.rfind(sign, start, verb.start()) for sign in "、;,")
        if cut > start and not is_document(core(piece[cut + 1 : verb.start()])):
            yield piece[start:cut]
            start = cut + 1
    yield piece[start:]


def _asked(piece: str) -> tuple[str, str]:
    """(of whom, what) of a clause with a verb of asking; ('', the clause) of one without."""
    for verb in load().asking.finditer(piece):
        after = piece[verb.end() :]
        if verb.lastgroup == "no" or after.startswith("的"):
            continue
        if piece.count("(", 0, verb.start()) == piece.count(")", 0, verb.start()) and (
            _has_document(after)
        ):
            return piece[: verb.start()], after
    return "", piece


def _has_document(text: str) -> bool:
    return any(is_document(core(piece.text)) for piece in documents_of(text)) if text else False


def is_condition(text: str) -> bool:
    """Whether a clause or a bracket says when something is asked, not what."""
    words = load()
    text = uncoded(text)
    if not text:
        return False
    if text.endswith(words.conditions_end):
        return True
    return text.startswith(words.conditions_begin) and not is_document(text)


def situation(text: str) -> str:
    """A condition in short, as the lexicon has it; else as written, '' for none.

    As written too where it says no to the word (非委托办理), or more than one (自有或租赁).
    """
    words = load()
    text = without_brackets(uncoded(text)).strip("的,、")
    found = [word for word in words.situations if word in text]
    short = {words.situations[word] for word in found}
    turned = any(no + word in text for word in found for no in words.not_situations)
    if len(short) != 1 or turned or words.situations_joined.search(text):
        return text[:40]
    return short.pop()


def _joined(found: Iterable[Clause]) -> Iterator[Clause]:
    """Plain clauses beside each other are one list."""
    last: Clause | None = None
    for one in found:
        if last is None:
            last = one
        elif (last.subject, last.only_if, last.one_of) == (one.subject, one.only_if, one.one_of):
            last = replace(last, text=f"{last.text},{one.text}")
        else:
            yield last
            last = one
    if last is not None:
        yield last


def paper_note(clause: Clause) -> str:
    """What a clause's notes say of the paper."""
    return paper_of(clause.note).form if clause.note else "unspecified"
