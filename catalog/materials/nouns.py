"""The noun of a document: whether a text is one, what sort, and what it is shortly called."""

from __future__ import annotations

import re
from functools import lru_cache

from catalog.materials.lexicon import Documents, load
from catalog.materials.text import without_brackets

#: What every written application is shortly called.
_APPLICATION = "申请表"
#: The 的 that links; that of 目的 and 标的 belongs to its word.
_LINK = re.compile("(?<![目标])的")


def ending_of(text: str) -> str:
    """The longest ending of a document's name that the text has; '' for none."""
    documents = load().documents
    for length in range(min(documents.longest, len(text)), 0, -1):
        ending = text[-length:]
        if ending in documents.kinds:
            return ending
    return ""


@lru_cache(maxsize=65536)
def is_document(text: str) -> bool:
    """Whether a text ends with a document's noun and says more than one character."""
    documents = load().documents
    text = without_generic_tail(without_brackets(text))
    if text.endswith("》"):
        return True
    ending = ending_of(text)
    if not ending:
        return False
    if text.endswith(documents.not_documents) and any(
        len(no) > len(ending) and text.endswith(no) for no in documents.not_documents
    ):
        return False
    return len(text) >= (3 if len(ending) == 1 else 2)


def is_weak(text: str) -> bool:
    """Whether a document's noun, before 和 or 及, only says what the next one is about."""
    return ending_of(text) in load().documents.weak_nouns


def kind_of(noun: str) -> str:
    """What sort of document a noun is; a description without a document's noun is a statement."""
    noun = without_generic_tail(noun)
    documents = load().documents
    ending = ending_of(noun)
    if not ending:
        return "statement"
    if documents.kinds[ending] == "other" and ending in documents.generic_heads:
        return _told(noun.removesuffix(ending), documents) or "other"
    return documents.kinds[ending]


def _told(before: str, documents: Documents) -> str:
    """What a paper of a general name is, by the last word before that name which tells; '' none."""
    places = ((before.rfind(word) + len(word), word, kind) for word, kind in documents.telling)
    found = [place for place in places if place[0] >= len(place[1])]
    return max(found)[2] if found else ""


def without_generic_tail(text: str) -> str:
    """安全管理制度的书面材料 is 安全管理制度; 证明材料 stays, being a name of its own."""
    documents = load().documents
    if not text.endswith(documents.generic_tails):
        return text
    tail = next(tail for tail in documents.generic_tails if text.endswith(tail))
    rest = text.removesuffix(tail).rstrip("的")
    ending = ending_of(rest)
    loose = len(ending) < 2 or documents.kinds[ending] in ("other", "form")
    if loose or text in documents.kinds:
        return text
    return rest if ending_of(text) == tail else text


@lru_cache(maxsize=65536)
def short_name(noun: str) -> str:
    """What the document is called, without whose and about what, as far as the lexicon knows."""
    documents = load().documents
    noun = without_generic_tail(noun)
    if noun in documents.names:
        return documents.names[noun]
    if ending_of(noun) in documents.applications:
        return _APPLICATION
    known = next((noun[-n:] for n in range(len(noun), 1, -1) if noun[-n:] in documents.names), "")
    return documents.names[known] if known else _squeezed(noun)


def _squeezed(noun: str) -> str:
    """Without 的: 林地的权属证明 and 林地权属证明 are written for the same."""
    return _LINK.sub("", noun)
