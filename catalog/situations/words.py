"""A situation as a county writes it, read as a condition; what is not known asks for itself."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalog.situations.condition import ALWAYS, Condition, both, clause
from catalog.situations.lexicon import Question, SituationWords, load

YES, NO = "是", "否"


@dataclass(frozen=True)
class Situation:
    """When it holds. `own`: the yes-or-no question of words that the lexicon does not have."""

    condition: Condition
    own: Question | None = None


def read_situation(text: str) -> Situation:
    """The condition of a situation's text; '' holds always. Deterministic; nothing is guessed:
    unless every piece of it is known, the whole text is one question.
    """
    words = load()
    plain = _plain(text)
    if not plain:
        return Situation(ALWAYS)
    known = _any(plain, words)
    if known is not None:
        return Situation(known)
    own = own_question(plain)
    return Situation(frozenset({clause({own.id: [YES]})}), own)


def own_question(plain: str) -> Question:
    """The question for a situation that no other question covers."""
    key = "s-" + hashlib.sha256(plain.encode()).hexdigest()[:10]
    return Question(key, f"是否属于“{plain}”的情形？", (YES, NO))


def _plain(text: str) -> str:
    folded = "".join(unicodedata.normalize("NFKC", text).split())
    return folded.replace(";", "；").replace(",", "，").strip("。；，、:：")


def _any(text: str, words: SituationWords) -> Condition | None:
    whole = _one(text, words)
    if whole is not None:
        return whole
    found = [_all(piece, words) for piece in _split(text, words.joints_any)]
    parts = [one for one in found if one is not None]
    return frozenset().union(*parts) if len(parts) == len(found) else None


def _all(text: str, words: SituationWords) -> Condition | None:
    made = _one(text, words)
    if made is not None:
        return made
    pieces = _split(text, words.joints_all)
    if len(pieces) == 1:
        return None
    made = ALWAYS
    for piece in pieces:
        one = _one(piece, words)
        if one is None:
            return None
        made = both(made, one)
    return made or None  # what contradicts itself is for a person to read


def _one(text: str, words: SituationWords) -> Condition | None:
    """A single situation: as it stands, without the words around it, or turned by a negation."""
    for candidate in _bare(text, words):
        if candidate in words.meaning:
            return words.meaning[candidate]
        for negation in words.negations:
            inner = words.meaning.get(candidate.removeprefix(negation))
            if candidate.startswith(negation) and inner is not None:
                return _not(inner, words)
    return None


def _not(condition: Condition, words: SituationWords) -> Condition | None:
    """Every other answer to the one question that it is about; None where it is about several."""
    (only, *more) = condition
    about = dict(only)
    own = [key for key in about if not _is_premise(key, about, words)]
    if more or len(own) != 1:
        return None
    (key,) = own
    left = [one for one in words.questions[key].options if one not in about[key]]
    return both(frozenset({clause({key: left})}), words.questions[key].when) if left else None


def _is_premise(key: str, about: Iterable[str], words: SituationWords) -> bool:
    """Whether the question is named only because another cannot be asked without it."""
    return any(
        key == premise
        for other in about
        if other != key
        for one in words.questions[other].when
        for premise, _ in one
    )


def _bare(text: str, words: SituationWords) -> list[str]:
    """The text, and what is left when words around it go, one after another."""
    found = [text]
    for one in found:  # grows while it is walked
        for head in words.heads:
            if one.startswith(head) and len(one) > len(head):
                found.append(one.removeprefix(head))
        for tail in words.tails:
            if one.endswith(tail) and len(one) > len(tail):
                found.append(one.removesuffix(tail))
        if len(found) > 64:
            break
    return list(dict.fromkeys(found))


def _split(text: str, joints: Sequence[str]) -> list[str]:
    pieces = [text]
    for joint in joints:
        pieces = [part for piece in pieces for part in piece.split(joint)]
    return [piece for piece in pieces if piece]
