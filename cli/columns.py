"""Tables at a terminal: a Chinese character is two columns wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence


def table_lines(rows: Sequence[Sequence[str]], widest: int = 40) -> Iterator[str]:
    """The rows in columns, the first as a heading; a longer cell goes on below."""
    if not rows:
        return
    widths = [min(widest, max(width(row[place]) for row in rows)) for place in range(len(rows[0]))]
    for place, row in enumerate(rows):
        cells = [_folded(text, most) for text, most in zip(row, widths, strict=True)]
        for line in range(max(len(cell) for cell in cells)):
            parts = [cell[line] if line < len(cell) else "" for cell in cells]
            yield "  ".join(map(_padded, parts, widths)).rstrip()
        if place == 0:
            yield "  ".join("-" * most for most in widths)


def width(text: str) -> int:
    """Columns that a text takes."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def _folded(text: str, most: int) -> list[str]:
    lines = [""]
    for one in text:
        if width(lines[-1] + one) > most:
            lines.append("")
        lines[-1] += one
    return lines


def _padded(text: str, most: int) -> str:
    return text + " " * (most - width(text))
