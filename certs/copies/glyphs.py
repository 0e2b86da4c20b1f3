"""Outlines and widths of the Chinese font, taken one by one and kept.

The font is Noto Sans CJK out of its wheel (GB 18030-2022, some 2,100 characters of Extension B).
Opening it costs a tenth of a second and subsetting it with a general tool a whole one; a page needs
some 200 outlines, and most are the same from page to page. So the font is opened once a process,
and each outline is read once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTFont

from connectors.encodings import moved
from kernel.errors import Stop

#: The simplified Chinese face of the collection.
SIMPLIFIED = 2
#: Outlines kept: more than all characters of a year's names, 200 bytes each.
KEPT = 16384
#: The file is read from one place at a time.
_READING = Lock()


@dataclass(frozen=True)
class Glyph:
    """One outline as a Type 2 charstring that calls no subroutine, and its width in 1/1000 em."""

    outline: bytes
    width: int


@dataclass(frozen=True)
class _Font:
    names: Mapping[int, str]  # code point -> glyph
    outlines: Any


@cache
def font_file() -> Path:
    """The font collection in the installed wheel. Raises Stop when it is not there."""
    spec = find_spec("noto_cjk_sans_otc")
    if spec is None or spec.origin is None:
        raise Stop("the package noto-cjk-sans-otc is not installed: Chinese cannot be drawn")
    return Path(spec.origin).parent / "NotoSansCJK-Regular.ttc"


def has(letter: str) -> bool:
    """Whether the font shows the character."""
    return ord(letter) in _font().names


def shown(text: str) -> str:
    """The text as it can be drawn.

    Characters that GB 18030-2022 moved out of private use stand where they are now; one that the
    font lacks becomes 〓 and its code, never an empty box.
    """
    return "".join(
        letter if has(letter) else f"〓[U+{ord(letter):04X}]" for letter in moved(text, "gb18030")
    )


@lru_cache(maxsize=KEPT)
def glyph(letter: str) -> Glyph:
    """The glyph of a character that `has` says is there."""
    font = _font()
    with _READING:
        drawn = font.outlines[font.names[ord(letter)]]
        width = round(drawn.width)
        pen = T2CharStringPen(width, font.outlines)
        drawn.draw(pen)
    made = pen.getCharString()
    made.compile()
    return Glyph(bytes(made.bytecode), width)


def blank() -> Glyph:
    """The first glyph of every font file: what no text uses."""
    return Glyph(bytes([0xF7 + 3, 0x7C, 14]), 1000)  # width 1000, endchar


def _font() -> _Font:
    with _READING:
        return _opened()


@cache
def _opened() -> _Font:
    font = TTFont(font_file(), fontNumber=SIMPLIFIED, lazy=True)
    outlines: Any = font.getGlyphSet()
    return _Font(font.getBestCmap(), outlines)
