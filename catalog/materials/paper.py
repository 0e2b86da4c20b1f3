"""What a name says of the paper: original or copy, sealed, how many; and why it is asked.

Form words are first put as single signs into the text (`coded`), so that 原件、复印件 joins nothing
and the rest can be cut at its joints.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from catalog.materials.lexicon import MaterialWords, load

UNSPECIFIED = "unspecified"
_FORMS = ("original", "original_and_copy", "sealed_copy", "copy", "electronic")
_SIGN_OF = {form: chr(0xE000 + number) for number, form in enumerate(_FORMS)}
_FORM_OF = {sign: form for form, sign in _SIGN_OF.items()}
SIGNS = "".join(_FORM_OF)

_COUNT = re.compile(
    r"(?:各|一式|每[人户]|共)*[0-9一二两三四五六七八九十]{1,2}(?:份|套|张|册|页|式[0-9一二两三四五六七八九十]份|本)"
    rf"(?=$|[、,。;()+及和与或并以暨{SIGNS}])"
)
_SEALED = re.compile(
    rf"{_SIGN_OF['copy']}(?:并|须|需|应|均|要|,|;|请|由)*(?:加?盖)[^、,。;()]{{0,12}}?章"
)
_BOTH = re.compile(
    rf"{_SIGN_OF['original']}(?:[0-9一二两三]+份)?(?:及|和|、|与|,|\+|以及)?(?:其)?{_SIGN_OF['copy']}"
    rf"|{_SIGN_OF['copy']}(?:[0-9一二两三]+份)?(?:及|和|、|与|,|\+|以及)(?:其)?{_SIGN_OF['original']}"
)
_DROPPED_SIGNS = str.maketrans(dict.fromkeys(SIGNS))


@dataclass(frozen=True)
class Paper:
    """`text` without what it said of the paper; `form` of it; `word` the last thing said."""

    text: str
    form: str
    purpose: str = "prove"


def coded(text: str) -> str:
    """Each form word as one sign; counts of copies gone."""
    words = load()
    text = words.forms.sub(lambda found: _SIGN_OF[words.form_of[found.group()]], text)
    text = _COUNT.sub("", text)
    text = _BOTH.sub(_SIGN_OF["original_and_copy"], text)
    return _SEALED.sub(_SIGN_OF["sealed_copy"], text)


def uncoded(text: str) -> str:
    """Without the signs."""
    return text.translate(_DROPPED_SIGNS)


@lru_cache(maxsize=65536)
def paper_of(text: str) -> Paper:
    """The text of one document without its form, its tails and heads of noise."""
    words = load()
    form, sealed = UNSPECIFIED, False
    before = ""
    while before != text:
        before = text
        if text and text[-1] in _FORM_OF:
            form = _FORM_OF[text[-1]] if form == UNSPECIFIED else form
            text = text[:-1].rstrip("的、,;:")
        elif text and text[0] in _FORM_OF:
            form = _FORM_OF[text[0]] if form == UNSPECIFIED else form
            text = text[1:].lstrip("的、,;:")
        else:
            text, stamped = _less_noise(text, words)
            sealed = sealed or stamped
    inside = next((_FORM_OF[sign] for sign in text if sign in _FORM_OF), UNSPECIFIED)
    form = inside if form == UNSPECIFIED else form
    return Paper(uncoded(text), "sealed_copy" if sealed and form == "copy" else form)


def _less_noise(text: str, words: MaterialWords) -> tuple[str, bool]:
    """One word of noise less, and whether it spoke of a seal."""
    text = text.strip("、,;:。的")
    if text.endswith(words.tails):
        tail = next(tail for tail in words.tails if text.endswith(tail))
        if len(text) > len(tail) + 1:
            return text[: -len(tail)], bool(words.seals.search(tail))
    if text.startswith(words.heads):
        head = next(head for head in words.heads if text.startswith(head))
        if len(text) > len(head) + 1:
            return text[len(head) :], bool(words.seals.search(head))
    return text, False


def form_said(said: str) -> str:
    """The form that a bracket or a note says; `unspecified` when it speaks of something else."""
    words = load()
    forms = [form for form in map(_FORM_OF.get, said) if form]
    copies = [form for form in forms if form in ("copy", "sealed_copy")]
    plain_copy = (copies or forms or [UNSPECIFIED])[0]
    if words.both_forms.search(uncoded_words(said)):
        return UNSPECIFIED
    seen = bool(words.seen_original.search(uncoded_words(said)))
    copied = plain_copy in ("copy", "sealed_copy")
    if plain_copy == "original_and_copy" or (copied and seen):
        return "original_and_copy"
    if copied:
        return "sealed_copy" if words.seals.search(said) else plain_copy
    if plain_copy != UNSPECIFIED:
        return plain_copy
    return "original" if seen else UNSPECIFIED


def uncoded_words(text: str) -> str:
    """With 原件 and 复印件 in place of their signs."""
    for form, word in (("original", "原件"), ("copy", "复印件"), ("electronic", "电子版")):
        text = text.replace(_SIGN_OF[form], word)
    return text


def purpose_said(text: str) -> str:
    """Why a paper is asked: surrender, compare, else prove."""
    for purpose, pattern in load().purposes:
        if pattern.search(uncoded_words(text)):
            return purpose
    return "prove"


def is_noise(said: str) -> bool:
    """Whether a bracket says these words and nothing else."""
    words = load()
    pieces = re.split("[,、;和及并]", said)
    return said in words.noise_brackets or all(piece in words.noise_brackets for piece in pieces)
