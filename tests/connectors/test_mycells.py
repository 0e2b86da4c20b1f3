"""Packets of MySQL rows are cut into the cells that they were made of, or are named as bad."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymysql.err import OperationalError

from connectors.mycells import Places, cut

Cell = bytes | None
CELLS = st.none() | st.binary(max_size=6) | st.integers(248, 70_000).map(lambda n: b"x" * n)


def written(cell: Cell) -> bytes:
    if cell is None:
        return b"\xfb"
    size = len(cell)
    if size < 0xFB:
        return bytes([size]) + cell
    head = b"\xfc" + size.to_bytes(2, "little") if size < 1 << 16 else b""
    return (head or b"\xfd" + size.to_bytes(3, "little")) + cell


def packed(rows: list[bytes]) -> tuple[bytes, Places]:
    data, places = b"", Places()
    for row in rows:
        places.add(len(data) + 4, len(data) + 4 + len(row))
        data += b"head" + row
    return data, places


@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n))))
def test_cells_come_out_as_they_went_in(rows: list[list[Cell]]) -> None:
    width = len(rows[0]) if rows else 3
    data, places = packed([b"".join(map(written, row)) for row in rows])
    columns = [column.to_pylist() for column in cut(data, places, width)]
    assert columns == [[row[n] for row in rows] for n in range(width)]


def test_a_cell_of_eight_length_bytes_is_read() -> None:
    data, places = packed([b"\xfe" + (5).to_bytes(8, "little") + b"12345"])
    assert [one.to_pylist() for one in cut(data, places, 1)] == [[b"12345"]]


@given(st.lists(st.binary(min_size=1, max_size=12), min_size=1, max_size=5), st.integers(1, 4))
def test_a_row_that_lies_about_its_cells_is_an_error_and_nothing_else(
    rows: list[bytes], width: int
) -> None:
    data, places = packed(rows)
    try:
        columns = [column.to_pylist() for column in cut(data, places, width)]
    except OperationalError:
        return
    again = [b"".join(written(column[n]) for column in columns) for n in range(len(rows))]
    assert all(len(one) <= len(row) for one, row in zip(again, rows, strict=True))


@pytest.mark.parametrize("row", [b"\x05ab", b"\x01a\x01", b"\xfc\xff", b"\xfe" + b"\xff" * 8])
def test_a_cell_that_goes_beyond_its_row_is_refused(row: bytes) -> None:
    data, places = packed([row, b"\x00" * 40])
    with pytest.raises(OperationalError):
        cut(data, places, 2)
