"""Compounds: where a material's name falls into several documents, and where it only looks so."""

from __future__ import annotations

import re

from catalog.materials.lexicon import MaterialWords
from catalog.materials.paper import bare, leave, paper_noise
from catalog.materials.proofs import Proofs


def split(text: str, joints: tuple[str, ...], words: MaterialWords, proofs: Proofs) -> list[str]:
    """Pieces at the joints, where every piece is a document or a role; else the whole."""
    if proofs.types(text):
        return [text]
    depth, cut = 0, []
    for found in re.finditer("[()]|" + "|".join(re.escape(joint) for joint in joints), text):
        if found.group() in "()":
            depth += 1 if found.group() == "(" else -1
        elif depth == 0:
            cut.append(found.span())
    starts, ends = [0, *(end for _, end in cut)], [*(start for start, _ in cut), len(text)]
    pieces = [text[a:b].strip("、,;:的") for a, b in zip(starts, ends, strict=True)]
    pieces = [piece for piece in pieces if piece]
    if len(pieces) < 2 or is_role(pieces[-1], words) or _one_form(pieces, words, proofs):
        return [text]
    if all(is_role(piece, words) or _is_document(piece, words, proofs) for piece in pieces):
        return pieces
    return [text]


def _one_form(pieces: list[str], words: MaterialWords, proofs: Proofs) -> bool:
    """安全评价报告以及落实情况的备案申请表: a form about two things, not two documents."""
    ending = next((e for e, kind in words.kinds if kind == "form" and pieces[-1].endswith(e)), "")
    if not ending or len(pieces[-1]) < len(ending) + 3:
        return False
    nouns = [leave(paper_noise(piece, words)[0], words)[0] for piece in pieces[:-1]]
    return not any(proofs.types(noun) or kind_of(bare(noun), words) == "form" for noun in nouns)


def is_role(piece: str, words: MaterialWords) -> bool:
    """Whether a piece is a role word alone: the document comes after it."""
    return any(piece == word for word, _ in words.roles)


def _is_document(piece: str, words: MaterialWords, proofs: Proofs) -> bool:
    """Whether a piece of a compound stands by itself: ends with a document's noun, has a body."""
    noun = bare(leave(paper_noise(piece, words)[0], words)[0])
    if proofs.types(noun):
        return True
    ending = next((ending for ending, _ in words.kinds if noun.endswith(ending)), "")
    if not ending or noun.endswith(words.not_documents):
        return False
    return len(noun) >= 3 or (len(ending) == 2 and noun == ending)


def kind_of(noun: str, words: MaterialWords) -> str:
    """What sort of document a noun is, by its ending; `other` when none is known."""
    if noun.endswith(words.own_making):
        return "statement"
    return next((kind for ending, kind in words.kinds if noun.endswith(ending)), "other")
