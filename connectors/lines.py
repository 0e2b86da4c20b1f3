"""A file's text a block at a time: whole lines, bounded, damage marked where it lies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from connectors.chunks import DAMAGE
from connectors.encodings import codec_of, moved, without_mark

BLOCK = 1 << 20
#: No line is longer, whatever the file says.
LONGEST_LINE = 4 << 20
#: Damaged lines of a block above which the whole file is taken for another encoding.
MOST_DAMAGED, SHARE_DAMAGED = 20, 0.1


def blocks(file: BinaryIO, encoding: str) -> Iterator[str]:
    """The text in blocks that end with a line's end (the last one may not).

    GB 18030 and UTF-8 never have the byte of a line's end inside a character, so a block can be
    cut there before it is decoded. Raises ValueError with the line or byte.
    """
    line, at = 1, 0
    while block := file.read(BLOCK):
        if not block.endswith(b"\n"):
            block += file.readline(LONGEST_LINE)
        _bound(block, line)
        content = without_mark(block, encoding) if at == 0 else block
        yield _decoded(content, encoding, line, at)
        line += block.count(b"\n")
        at += len(block)


def _bound(block: bytes, line: int) -> None:
    """A block is long only when its last line is."""
    if len(block) < LONGEST_LINE:
        return
    last = block.rstrip(b"\n").rpartition(b"\n")[2]
    if len(last) >= LONGEST_LINE:
        line += block.rstrip(b"\n").count(b"\n")
        raise ValueError(f"line {line} is longer than {LONGEST_LINE >> 20} MB")


def _decoded(content: bytes, encoding: str, line: int, at: int) -> str:
    try:
        return moved(content.decode(codec_of(encoding)), encoding)
    except UnicodeDecodeError as error:
        first = error.start
    lines = content.split(b"\n")
    texts = [_line(one, encoding) for one in lines]
    damaged = sum(DAMAGE in one for one in texts)
    header = line == 1 and DAMAGE in texts[0]
    if header or damaged > max(MOST_DAMAGED, SHARE_DAMAGED * len(lines)):
        raise ValueError(f"it is not {encoding} at byte {at + first}")
    return moved("\n".join(texts), encoding)


def _line(content: bytes, encoding: str) -> str:
    codec = codec_of(encoding)
    try:
        return content.decode(codec)
    except UnicodeDecodeError:
        return content.decode(codec, "replace").replace("\ufffd", DAMAGE)
