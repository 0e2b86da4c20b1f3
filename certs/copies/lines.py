"""Breaks text into lines as Chinese offices set it: no line begins with a closing mark."""

from __future__ import annotations

import re

from certs.copies.pdf import Pdf

#: Words and numbers stay whole where they fit in a line.
PIECE = re.compile(r"[!-~]+|.")
#: Marks that may not begin a line; they hang at the end of the one before.
CLOSING = frozenset("，。；：、！？）》」』】〕”’%％")


def wrap(pdf: Pdf, text: str, size: float, width: float) -> list[str]:
    """The lines of a text in that width; at least one, which may be empty."""
    lines, line, wide = [], "", 0.0
    for piece in _pieces(pdf, text, size, width):
        more = pdf.width(piece, size)
        if line and wide + more > width and piece not in CLOSING:
            lines.append(line)
            line, wide = "", 0.0
        line += piece
        wide += more
    return [*lines, line]


def _pieces(pdf: Pdf, text: str, size: float, width: float) -> list[str]:
    found: list[str] = []
    for piece in PIECE.findall(text):
        fits = pdf.width(piece, size) <= width
        found += [piece] if fits else list(piece)
    return found
