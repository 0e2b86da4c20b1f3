"""Which of a file's bytes are kept beside the rows of a batch."""

from __future__ import annotations

from connectors.chunks import BAD, Chunk
from connectors.lines import BLOCK, LONGEST_LINE
from connectors.spool import Copy
from registry.contract import FilesTransport

#: Formats that are read back and forth: their bytes are kept in parts of so many.
PACKED = ("excel", "parquet")
PART_BYTES = 16 << 20


class Kept:
    """The bytes to keep with each batch: joined in order they are the file.

    A file in plain UTF-8 is kept only around rows that could not be read.
    """

    def __init__(self, copy: Copy, transport: FilesTransport) -> None:
        self.copy, self.at, self.before = copy, 0, 0
        self.packed = transport.format in PACKED
        self.plain = (transport.encoding or "").startswith("utf-8") and not self.packed

    def bytes_of(self, chunk: Chunk, last: bool) -> bytes | None:
        """Those read since the chunk before; the last one takes the rest."""
        start, end = self.at, self.copy.file.tell()
        if self.packed:
            end = start + PART_BYTES
        end = self.copy.size if last else max(start, min(end, self.copy.size))
        self.at, self.before = end, start
        if not self.plain:
            return self.copy.part(start, end)
        if BAD not in chunk.table.column_names:
            return None
        # The block with the row may have been read for the chunk before.
        return self.copy.part(max(0, start - BLOCK - LONGEST_LINE), end)
