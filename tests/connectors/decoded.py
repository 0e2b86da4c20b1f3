"""Reading a file's bytes as a connector does, for tests."""

from __future__ import annotations

import io

from connectors.decode import READERS

Cells = dict[str, str | None]


def decoded(kind: str, content: bytes, encoding: str = "utf-8") -> list[Cells]:
    """Every row of every chunk, in order, with its reserved columns where the chunk has them."""
    chunks = READERS[kind](io.BytesIO(content), encoding)
    return [row for chunk in chunks for row in chunk.table.to_pylist()]


def reasons(kind: str, content: bytes, encoding: str = "utf-8") -> list[str | None]:
    """Why each row is bad; None for a good one."""
    return [row.get("+bad") for row in decoded(kind, content, encoding)]
