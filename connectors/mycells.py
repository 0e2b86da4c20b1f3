"""Rows of MySQL's text protocol, many at a time, cut into columns of bytes.

A row is a length before each cell (one byte, or a mark and two, three or eight bytes), 0xFB for
null. All rows are walked at once, a column at a step.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pymysql.constants import CR
from pymysql.err import OperationalError

_NULL = 0xFB
_WIDE = ((0xFC, 2), (0xFD, 3), (0xFE, 8))
_BAD = "a row of the result does not hold the cells that it says"

Numbers = npt.NDArray[np.int64]


class Places:
    """Where rows begin and end in some bytes."""

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.stops: list[int] = []

    def add(self, start: int, stop: int) -> None:
        """One more row."""
        self.starts.append(start)
        self.stops.append(stop)


def cut(data: bytes, places: Places, width: int) -> list[pa.Array[Any]]:
    """The rows' cells as one array of bytes a column, `width` columns; null is null.

    Raises OperationalError where a row is not made so.
    """
    stops = np.array(places.stops, np.int64)
    at = np.array(places.starts, np.int64)
    edges = np.empty((len(at), width, 2), np.int64)  # where each cell begins and ends
    empty = np.zeros((len(at), width), np.bool_)
    found = np.frombuffer(data, np.uint8)
    for column in range(width):
        if (at >= stops).any():
            raise OperationalError(CR.CR_MALFORMED_PACKET, _BAD)
        at, size = _sizes(found, at, empty[:, column])
        edges[:, column, 0] = at
        if (size > stops - at).any():
            raise OperationalError(CR.CR_MALFORMED_PACKET, _BAD)
        at = at + size
        edges[:, column, 1] = at
    if (at != stops).any():
        raise OperationalError(CR.CR_MALFORMED_PACKET, _BAD)
    return _taken(data, edges, empty)


def _sizes(found: npt.NDArray[np.uint8], at: Numbers, empty: npt.NDArray[np.bool_]) -> Any:
    """Where the cells at these places begin, and how long they are; `empty` is set for null."""
    first = found[at]
    at, size = at + 1, first.astype(np.int64)
    marked = np.flatnonzero(first >= _NULL)
    if not len(marked):
        return at, size
    marks = first[marked]
    null = marked[marks == _NULL]
    empty[null], size[null] = True, 0
    for mark, wide in _WIDE:
        rows = marked[marks == mark]
        if not len(rows):
            continue
        if (at[rows] + wide > len(found)).any():
            raise OperationalError(CR.CR_MALFORMED_PACKET, _BAD)
        bytes_of = found[at[rows, None] + np.arange(wide)].astype(np.int64)
        size[rows] = bytes_of @ (1 << (8 * np.arange(wide, dtype=np.int64)))
        at[rows] += wide
    if (size < 0).any():
        raise OperationalError(CR.CR_MALFORMED_PACKET, _BAD)
    return at, size


def _taken(data: bytes, edges: Numbers, empty: npt.NDArray[np.bool_]) -> list[pa.Array[Any]]:
    """Each column's cells. What lies between two cells stands for a cell that nobody takes."""
    ends = np.concatenate([np.zeros(1, np.int64), edges.reshape(-1)])
    buffers = [None, pa.py_buffer(ends.tobytes()), pa.py_buffer(data)]
    whole: Any = pa.Array.from_buffers(pa.large_binary(), len(ends) - 1, buffers)
    rows, width, _ = edges.shape
    first = 1 + 2 * width * np.arange(rows, dtype=np.int64)
    return [
        whole.take(pa.array(first + 2 * column, mask=empty[:, column])) for column in range(width)
    ]
