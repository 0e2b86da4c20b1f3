"""What a material's name says of the paper and of its holder, taken away from the document's noun.

申请人身份证复印件（一式两份）: the paper is a copy, the holder the applicant, the noun 身份证.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from catalog.materials.lexicon import MaterialWords

UNSPECIFIED = "unspecified"
NO_ROLE = "none"

_BRACKET = re.compile(r"\(([^()]*)\)")
_OTHER = str.maketrans({"〔": "(", "〕": ")", "【": "(", "】": ")", "[": "(", "]": ")"})
_QUOTES = str.maketrans(dict.fromkeys("《》〈〉\"'“”‘’「」"))
_LAST_BRACKETS = re.compile(r"(?:\([^()]*\))*$")
_SPACES = re.compile(r"\s+")
_NUMBER = re.compile(r"^\(?[0-9一二三四五六七八九十]{1,2}[)、.．]")
_SOURCE = re.compile(r"^[^()]{2,16}?(?:出具|核发|颁发|签发|发放|开具|认可)的")
_CHOICE = re.compile(r"\(或者?([^()]*)\)")
_SIDES = "。;;,、:的"


def plain(name: str) -> str:
    """NFKC, one sort of brackets, no quotation marks, no spaces, no number in front."""
    text = unicodedata.normalize("NFKC", name).translate(_OTHER).translate(_QUOTES)
    return _NUMBER.sub("", _SPACES.sub("", text)).strip(_SIDES)


def paper_noise(text: str, words: MaterialWords) -> tuple[str, str]:
    """The text without what it says of the paper, and the form (`unspecified` when silent)."""
    form, sealed = UNSPECIFIED, False
    text = _CHOICE.sub(r"或\1", text).replace("、或", "或").replace(",或", "或")

    def bracket(found: re.Match[str]) -> str:
        nonlocal form, sealed
        said = _form_of(found.group(1), words)
        if said is None and not _is_noise(found.group(1), words):
            return found.group(0)
        form = said or form
        sealed = sealed or "章" in found.group(1)
        return ""

    rest = _BRACKET.sub(bracket, text)
    while True:
        shorter, said = _one_less(rest, words)
        if shorter == rest:
            break
        sealed = sealed or rest.removesuffix(shorter).endswith("章的")
        rest = shorter
        form = said if said and form == UNSPECIFIED else form
    if sealed and form == "copy":
        form = "sealed_copy"
    return rest or text, form


def leave(
    text: str,
    words: MaterialWords,
    proven: Callable[[str], tuple[str, ...]] = lambda _: (),
) -> tuple[str, str]:
    """The document's noun and the role (`none` when it says none), taken from the front.

    Stops at once at a noun that a licence type proves, or that is a document by its whole name.
    """
    role, before = NO_ROLE, ""
    while before != text and not proven(text) and text not in words.own_making:
        before = text
        said, rest = _take_role(text, words)
        if said and role in (NO_ROLE, "applicant"):
            role, text = said, rest
            continue
        text = _SOURCE.sub("", text)
        head = next((h for h in words.heads if text.startswith(h) and len(text) > len(h) + 1), "")
        text = text.removeprefix(head)
    for word, meaning in words.synonyms.items():
        text = text if proven(text) else text.replace(word, meaning)
    return text, role


def bare(noun: str) -> str:
    """A noun without its brackets."""
    return _BRACKET.sub("", noun)


def without_explanation(noun: str, words: MaterialWords) -> str:
    """Without the brackets that explain; those that bound it to a condition stay."""

    def keep(found: re.Match[str]) -> str:
        return "" if found.group(1).startswith(words.explaining) else found.group(0)

    return _BRACKET.sub(keep, noun) or noun


def _take_role(text: str, words: MaterialWords) -> tuple[str, str]:
    """(role, the rest) of a text that begins with a role, or has one in a bracket; else ('', text).

    经营者或股东的 names two: then it is `other`.
    """
    if text.startswith(words.not_roles):
        return "", text
    word, role = next(((w, r) for w, r in words.roles if text.startswith(w)), ("", ""))
    rest = text[len(word) :].removeprefix("的")
    if not word or len(rest) < 2:
        return _role_in_brackets(text, words)
    if rest.startswith("或"):
        other, after = _take_role(rest.removeprefix("或者").removeprefix("或"), words)
        if other:
            return (role if other == role else "other"), after
        return "", text
    return role, rest


def _role_in_brackets(text: str, words: MaterialWords) -> tuple[str, str]:
    for found in _BRACKET.finditer(text):
        role = next((role for word, role in words.roles if word == found.group(1)), "")
        if role:
            return role, text.replace(found.group(0), "")
    return "", text


def _form_of(said: str, words: MaterialWords) -> str | None:
    return next((form for word, form in words.forms if word == said), None)


def _is_noise(inside: str, words: MaterialWords) -> bool:
    pieces = re.split("[,、;和及并]", inside)
    return inside in words.noise_brackets or all(p in words.noise_brackets for p in pieces)


def _one_less(text: str, words: MaterialWords) -> tuple[str, str]:
    """The text with one word about the paper less, and the form that it said ('' for none).

    身份证复印件(法定代表人): the word may stand before the last brackets.
    """
    last = _LAST_BRACKETS.search(text)
    brackets = last.group() if last else ""
    body = text.removesuffix(brackets)
    for word, said in words.forms:
        if text.startswith(word + "的"):
            return text[len(word) + 1 :], said
        if body.endswith(word) and len(body) > len(word) + 1:
            return body[: -len(word)].rstrip(_SIDES) + brackets, said
    for tail in words.tails:
        if body.endswith(tail) and len(body) > len(tail) + 1:
            return body[: -len(tail)].rstrip(_SIDES) + brackets, ""
    for head in words.heads:
        if head.endswith("章的") and text.startswith(head):
            return text[len(head) :], ""
    return text, ""
