"""Texts that a person typed and that stand in plain columns: short, and without anyone's number."""

from __future__ import annotations

import re
import unicodedata

from kernel.errors import BadInput

MOST = 200
#: A citizen's number, a phone, a card: eleven digits or more, however they are parted.
NUMBER = re.compile(r"\d(?:[\s\-.()]{0,2}\d){10,}")


def says_a_number(text: str) -> bool:
    """Whether a text holds what may be a person's number."""
    return bool(NUMBER.search(unicodedata.normalize("NFKC", text)))


def plain(text: str, what: str) -> str:
    """The text, trimmed. Raises BadInput: empty, too long, a control character, a number."""
    text = text.strip()
    if not text:
        raise BadInput(f"{what} must not be empty")
    if len(text) > MOST:
        raise BadInput(f"{what} has {len(text)} characters; allowed are {MOST}")
    if any(unicodedata.category(one) == "Cc" for one in text):
        raise BadInput(f"{what} holds a control character: write one line of plain text")
    if says_a_number(text):
        raise BadInput(f"{what} holds a long number, maybe a person's: say it without numbers")
    return text
