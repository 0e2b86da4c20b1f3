"""A font file (CFF, CID-keyed, Adobe TN 5176) of just the glyphs in use, for a PDF to embed.

Glyphs are numbered as given, from 1; 0 is blank. The outlines call no subroutines and carry no
hints, so that one Private DICT and no tables beside it are all that there is to write.
"""

from __future__ import annotations

from collections.abc import Sequence

from certs.copies.glyphs import Glyph, blank

#: Strings of our own begin after the standard ones.
FIRST_STRING = 391
STRINGS = (b"Adobe", b"Identity", b"Regular")
HEADER = bytes([1, 0, 4, 4])


def font_file_of(glyphs: Sequence[Glyph], name: str) -> bytes:
    """The font file. `name`: what the PDF calls the font, ASCII."""
    outlines = _index([blank().outline, *(one.outline for one in glyphs)])
    count = len(glyphs) + 1
    private = _number(1000) + bytes([20]) + _number(0) + bytes([21])  # default, nominal width
    charset = bytes([2]) + (1).to_bytes(2) + (count - 2).to_bytes(2)
    select = bytes([3]) + (1).to_bytes(2) + (0).to_bytes(2) + bytes([0]) + count.to_bytes(2)
    before = HEADER + _index([name.encode("ascii")])
    after = _index(list(STRINGS)) + _index([])
    at = len(before) + len(_index([_top(count, 0, 0, 0, 0)])) + len(after)
    where = {}
    for what, data in (("charset", charset), ("select", select), ("outlines", outlines)):
        where[what] = at
        at += len(data)
    fonts = _index([_number(len(private)) + _number(at) + bytes([18])])
    top = _top(count, where["charset"], where["select"], where["outlines"], at + len(private))
    return b"".join(
        (before, _index([top]), after, charset, select, outlines, private, fonts),
    )


def _top(count: int, charset: int, select: int, outlines: int, fonts: int) -> bytes:
    """The Top DICT; always of the same length, whatever the offsets are."""
    registry, ordering = FIRST_STRING, FIRST_STRING + 1
    return b"".join(
        (
            _number(registry) + _number(ordering) + _number(0) + bytes([12, 30]),  # ROS
            _number(0) + _number(-300) + _number(1000) + _number(1000) + bytes([5]),  # FontBBox
            _number(count) + bytes([12, 34]),  # CIDCount
            _number(charset) + bytes([15]),
            _number(outlines) + bytes([17]),
            _number(fonts) + bytes([12, 36]),  # FDArray
            _number(select) + bytes([12, 37]),  # FDSelect
        )
    )


def _number(value: int) -> bytes:
    """An integer of a DICT, always in five bytes."""
    return bytes([29]) + value.to_bytes(4, signed=True)


def _index(parts: Sequence[bytes]) -> bytes:
    """An INDEX: count, size of an offset, offsets from 1, the parts."""
    if not parts:
        return bytes(2)
    offsets, at = [1], 1
    for part in parts:
        at += len(part)
        offsets.append(at)
    head = len(parts).to_bytes(2) + bytes([4])
    return head + b"".join(one.to_bytes(4) for one in offsets) + b"".join(parts)
