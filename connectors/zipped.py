"""The parts of an Excel file before anything opens them: sizes, and what they declare."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from typing import BinaryIO, Final

#: What the parts unfold to, bytes. A sheet is read as it comes; the others are held in memory.
MOST_SHEET, MOST_HELD, MOST_PARTS = 1 << 30, 96 << 20, 4096
#: XML packs well, yet never this well.
MOST_RATIO, SMALL = 500, 1 << 20
MOST_AREAS = 10_000
BLOCK = 1 << 20
#: What `zipfile` raises on a ZIP that is broken, cut, encrypted or packed in another way.
BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError,
    OverflowError, UnicodeError,
)  # fmt: skip
_AREA = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z0-9:]{2,40})"')
_TAG = re.compile(rb"<[A-Za-z_]")


def check_parts(file: BinaryIO) -> None:
    """Raises ValueError for a bomb or a document type, one of BROKEN for no zip or a broken one.

    What the directory says of sizes need not be true: zipfile never gives more of a part than it
    says, so that a lie ends as a broken part.
    """
    file.seek(0)
    with zipfile.ZipFile(file) as packed:
        parts = packed.infolist()
        if len(parts) > MOST_PARTS:
            raise ValueError(f"it has over {MOST_PARTS} parts")
        held = 0
        for part in parts:
            sheet = part.filename.startswith("xl/worksheets/")
            if part.file_size > SMALL and part.file_size > MOST_RATIO * part.compress_size:
                raise ValueError("a part of it unfolds to over 500 times its size")
            held += 0 if sheet else part.file_size
            if part.file_size > MOST_SHEET or held > MOST_HELD:
                raise ValueError("it unfolds to over 1 GB, or to over 96 MB besides its sheets")
            if part.filename.endswith((".xml", ".rels")):
                _declares_nothing(packed, part)


def _declares_nothing(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Only the bytes before the first element can hold a document type."""
    with packed.open(part) as opened:
        head = opened.read(1 << 16)
    found = _TAG.search(head)
    if b"<!DOCTYPE" in head[: found.start() if found else None]:
        raise ValueError("a part of it has a document type, which is not allowed")
    if head and found is None:
        raise ValueError("a part of it is not XML in UTF-8")


def merged_areas(file: BinaryIO, path: str) -> list[str]:
    """The merged areas of a sheet, like A2:B2: they stand behind its rows."""
    file.seek(0)
    found: list[str] = []
    with zipfile.ZipFile(file) as packed, packed.open(path.lstrip("/")) as sheet:
        rest = b""
        while block := sheet.read(BLOCK):
            text = rest + block
            end = 0
            for match in _AREA.finditer(text):
                found.append(match[1].decode())
                end = match.end()
            if len(found) > MOST_AREAS:
                raise ValueError(f"it has over {MOST_AREAS} merged areas")
            rest = text[max(end, len(text) - 256) :]
    return found
