"""Steps and results as guides write them, read as the catalogue keeps them.

`1.受理（1个工作日）；2.审查（5个工作日）`, `受理→审查→决定` and `收件、受理、办结` are one thing in
three hands. What cannot be read as days stays in the step's name: nothing is left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any, Final

#: Marks between steps, the sure ones first; the next sort counts only where none of them stands.
_BETWEEN: Final = (
    re.compile(r"[;\n\r]+|\s*(?:-+>|[→➔⇒>—–])+\s*"),
    re.compile(r"[、,]+|(?<=[\u4e00-\u9fff)])\s*-+\s*(?=[\u4e00-\u9fff])"),
)
_ONES: Final = "一二三四五六七八九十"
#: Numbers before steps, by sort: a text that begins with the first one is cut at all of them.
_NUMBERED: Final = tuple(
    (re.compile(first), re.compile(each))
    for first, each in (
        (r"\s*①", r"[①-⑳]"),
        (r"\s*第[一1]步", rf"第[{_ONES}\d]{{1,3}}步\s*[:、.]?"),
        (r"\s*\((一|1)\)", rf"\([{_ONES}\d]{{1,3}}\)(?!\s*$)"),
        (r"\s*1[.、:]", r"(?<!\d)\d{1,2}[.、:](?!\d)"),
        (r"\s*一[.、:]", rf"(?<![{_ONES}])[{_ONES}]{{1,3}}[.、:]"),
    )
)
_DAYS: Final = re.compile(
    r"\s*(?:[:(]\s*(\d{1,3})\s*(?:个?工作日|日|天)?\s*\)?|(\d{1,3})\s*个?工作日)\s*$"
)
_AT_ONCE: Final = re.compile(r"\s*[:(]\s*(?:即时办结|即时|即办|当场办结|当场|当日)\s*\)?\s*$")
_RESULTS: Final = re.compile(r"[、,，;；\n\r/]+")
_NOTHING: Final = frozenset({"", "无", "其他", "其它", "不涉及", "/", "-", "—"})
_MARKS: Final = " \t\r\n;、,。.→➔⇒>—–-"
_WIDE: Final = str.maketrans("()", "（）")
MOST: Final = 60
LONGEST: Final = 500
Step = dict[str, Any]


def steps_of(written: str | None) -> list[Step] | None:
    """`[{"name": "受理", "days": 1}]`, working days or None where none are told; None: no steps.

    Days of an approval are working days by law (Administrative Licensing Law, article 82).
    """
    text = _bare(written)
    parts = _cut([text])
    for between in _BETWEEN:
        parts = _cut(between.split(text))
        if len(parts) > 1:
            break
    return [_step(part) for part in parts[:MOST]] or None


def results_of(written: str | None) -> list[str] | None:
    """Names of the results, each once, without book marks; None where none is named."""
    names = (one.strip('《》“”" 。.') for one in _RESULTS.split(_bare(written)))
    return list(dict.fromkeys(_short(one) for one in names if one not in _NOTHING)) or None


def words_of(written: str | None) -> str | None:
    """A text on one line; None where it says nothing. A longer one ends with …"""
    text = " ".join((written or "").split())
    return None if text in _NOTHING else _short(text)


def _bare(written: str | None) -> str:
    """A text whose numbers before parts are line ends."""
    text = _plain(written).strip(_MARKS)
    for first, each in _NUMBERED:
        if first.match(text):
            return each.sub("\n", text)
    return text


def _plain(written: str | None) -> str:
    """Full-width digits and marks as half ones, but for ①: guides mix them."""
    text = (written or "")[: 100 * LONGEST]
    return "".join(
        char if "①" <= char <= "⑳" else unicodedata.normalize("NFKC", char) for char in text
    )


def _cut(parts: Iterable[str]) -> list[str]:
    found = (" ".join(part.strip(_MARKS).split()) for part in parts)
    return [part for part in found if part not in _NOTHING]


def _step(part: str) -> Step:
    if match := _DAYS.search(part):
        days: int | None = int(match[1] or match[2])
    elif match := _AT_ONCE.search(part):
        days = 0
    else:
        days = None
    name = part[: match.start()].strip() if match else part
    if not name:
        return {"name": _short(part), "days": None}
    return {"name": _short(name), "days": days}


def _short(text: str) -> str:
    """Brackets as they stand beside Chinese, and no longer than a field may be."""
    text = text.translate(_WIDE)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
