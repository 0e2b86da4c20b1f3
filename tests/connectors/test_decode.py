"""Formats and encodings as departments write them."""

from __future__ import annotations

import io
from datetime import date, datetime

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import xml
from connectors.decode import READERS
from connectors.encodings import text_in
from connectors.frames import Row, frame_of, gather
from tests.connectors.decoded import decoded

#: Code points that GB 18030 moved, by their bytes.
MOVED = {
    "fe59": "\u9fb4",
    "fe61": "\u9fb5",
    "fe66": "\u9fb6",
    "fe67": "\u9fb7",
    "fe6d": "\u9fb8",
    "fe7e": "\u9fb9",
    "fe90": "\u9fba",
    "fea0": "\u9fbb",
    "a6d9": "\ufe10",
    "a6da": "\ufe12",
    "a6db": "\ufe11",
    "a6dc": "\ufe13",
    "a6df": "\ufe16",
    "a6ec": "\ufe17",
    "a6ed": "\ufe18",
    "a6f3": "\ufe19",
    "fe51": "\U00020087",
    "fe91": "\U000241fe",
    "a8bc": "\u1e3f",
}


@pytest.mark.parametrize(("code", "character"), MOVED.items())
@pytest.mark.parametrize("encoding", ["gbk", "gb18030"])
def test_a_moved_character_is_read_as_what_it_is_now(
    code: str, character: str, encoding: str
) -> None:
    assert text_in(bytes.fromhex(code), encoding) == character


@given(st.text(st.characters(exclude_categories=["Cs", "Co"])))
def test_every_other_text_survives_gb18030(text: str) -> None:
    assert text_in(text.encode("gb18030"), "gb18030") == text


@pytest.mark.parametrize("said", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("written", ["utf-8", "utf-8-sig"])
def test_a_byte_order_mark_is_no_part_of_the_first_column(said: str, written: str) -> None:
    content = "序号,姓名\r\n1,某\r\n".encode(written)
    assert decoded("csv", content, said) == [{"序号": "1", "姓名": "某"}]


def test_a_byte_order_mark_in_gb18030_neither() -> None:
    content = "\ufeff序号\r\n1\r\n".encode("gb18030")
    assert decoded("csv", content, "gb18030") == [{"序号": "1"}]


def test_csv_keeps_quotes_and_lines_in_cells_and_an_empty_cell_is_null() -> None:
    content = b'id,a,b\r\n1,"x, ""y""\r\nz",\r\n\r\n2,short,\r\n'
    assert decoded("csv", content) == [
        {"id": "1", "a": 'x, "y"\r\nz', "b": None},
        {"id": "2", "a": "short", "b": None},
    ]


@pytest.mark.parametrize(
    ("kind", "content", "said"),
    [
        ("csv", b"id,id\r\n", "twice"),
        ("csv", b'id\r\n"a', "not CSV"),
        ("csv", "编号".encode("gbk"), "not utf-8 at byte 0"),
        ("csv", b"id,+bad\r\n", "begins with"),
        ("csv", b"id,\r\n", "no name for column 2"),
        ("csv", b"", "empty"),
        ("csv", b"\n1,2\n", "line 1 is empty"),
        ("excel", b"PK not really", "not an Excel"),
        ("parquet", b"PAR1 not really", "not a Parquet file"),
        ("jsonl", b"[1]\n", "line 1"),
        ("xml", b"<ROWS><ROW>", "line 1"),
    ],
)
def test_a_broken_file_says_where(kind: str, content: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        list(READERS[kind](io.BytesIO(content), "utf-8"))


def small_book() -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(["id"])
    sheet.append(["1"])
    book.save(out)
    return out.getvalue()


def test_a_damaged_workbook_is_rows_or_a_sentence() -> None:
    """Found by fuzzing: what the packing says when it is broken is no error of ours."""
    whole, said = small_book(), set()
    for at in range(30, len(whole), 7):
        damaged = whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :]
        try:
            decoded("excel", damaged)
        except ValueError as error:
            said.add(str(error))
    assert "it is not an Excel workbook (xlsx)" in said


def test_excel_cells_become_text() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["序号", "数", "日期", "时间", "空"])
    sheet.append(["001", 12.0, date(2026, 1, 2), datetime(2026, 1, 2, 3, 4, 5), None])  # noqa: DTZ001
    sheet.append([None] * 5)
    out = io.BytesIO()
    book.save(out)
    assert decoded("excel", out.getvalue()) == [
        {"序号": "001", "数": "12", "日期": "2026-01-02", "时间": "2026-01-02 03:04:05", "空": None}
    ]


def test_xml_in_gb18030_is_read_by_the_contracts_encoding() -> None:
    text = '<?xml version="1.0" encoding="GBK"?><ROWS><ROW><姓名>某\ue000</姓名></ROW></ROWS>'
    assert decoded("xml", text.encode("gb18030"), "gb18030") == [{"姓名": "某\ue000"}]


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE r [<!ENTITY e "x">]><r><row><a>&e;</a></row></r>',
        '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]><r><row><a>&e;</a></row></r>',
        '<!DOCTYPE r SYSTEM "http://127.0.0.1:1/x.dtd"><r/>',
    ],
)
def test_xml_with_a_document_type_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="document type"):
        xml.parse_text(text)
    with pytest.raises(ValueError, match="document type"):
        decoded("xml", text.encode())


def test_a_frame_is_text_or_null_in_source_order() -> None:
    frame = frame_of([{"b": 1, "a": True}, {"a": None, "c": {"x": ["y"]}}], ["z"])
    assert list(frame.columns) == ["b", "a", "c", "z"]
    assert set(frame.dtypes) == {pd.StringDtype("pyarrow")}
    assert frame.astype(object).where(frame.notna(), None).to_numpy().tolist() == [
        ["1", "true", None, None],
        [None, None, '{"x": ["y"]}', None],
    ]


@given(st.lists(st.integers(0, 7)), st.integers(1, 10))
def test_gathered_pages_hold_every_row_once_in_order(pages: list[int], size: int) -> None:
    rows: list[list[Row]] = [[{"n": (i, j)} for j in range(count)] for i, count in enumerate(pages)]
    gathered = list(gather(rows, size))
    assert [row for part in gathered for row in part] == [row for page in rows for row in page]
    assert all(part for part in gathered)
