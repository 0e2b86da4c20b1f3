"""Bad rows and hostile files, format by format: a reason and a place, never silence."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from connectors.decode import READERS
from connectors.frames import BATCH
from connectors.lines import BLOCK, LONGEST_LINE
from tests.connectors.decoded import decoded, reasons


def test_a_csv_row_with_too_many_or_few_cells_is_told_with_its_line() -> None:
    rows = decoded("csv", b"id,a,b\r\n1,x,y\r\n2,x\r\n3,x,y,z,w\r\nid,a,b\r\n")
    assert [row["+bad"] for row in rows] == [
        None,
        "line 3 has 2 cells, the header has 3",
        "line 4 has 5 cells, the header has 3",
        "line 5 repeats the header",
    ]
    assert (rows[1]["id"], rows[1]["b"], rows[2]["+more"]) == ("2", None, '["z", "w"]')


def test_a_bad_line_is_found_behind_many_good_ones() -> None:
    good = b"".join(b"%d,x\n" % number for number in range(BATCH.rows + 3))
    told = reasons("csv", b"id,a\n" + good + b"only\n")
    assert told[-1] == f"line {BATCH.rows + 5} has 1 cells, the header has 2"
    assert set(told[:-1]) == {None}


@pytest.mark.parametrize(
    ("kind", "content", "line"),
    [
        ("csv", b"id,a\r\n1,x\r\n2", 3),
        ("csv", b"id,a\n" + b"1,x\n" * BATCH.rows + b"2", BATCH.rows + 2),
        ("jsonl", b'{"id": "1"}\n{"id": "2', 2),
    ],
)
def test_a_file_that_ends_in_the_middle_of_a_row_is_cut(
    kind: str, content: bytes, line: int
) -> None:
    with pytest.raises(ValueError, match=f"cut in the middle of line {line}$"):
        decoded(kind, content)


def test_a_last_row_without_a_line_s_end_is_a_row() -> None:
    assert [row["a"] for row in decoded("csv", b"id,a\n1,x\n2,y")] == ["x", "y"]
    assert [row["a"] for row in decoded("jsonl", b'{"a": "x"}\n{"a": "y"}')] == ["x", "y"]


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "gb18030"])
def test_bytes_of_no_character_spoil_their_row_only(encoding: str) -> None:
    lines = [f"{number},某市民\r\n".encode(encoding) for number in range(100)]
    lines[40] = b'40,"\xff\xff\x81"\r\n'
    rows = decoded("csv", "编号,姓名\r\n".encode(encoding) + b"".join(lines), encoding)
    assert rows[40]["+bad"] == "line 42 holds bytes that are not in the file's encoding"
    assert [row["+bad"] for row in rows if row["+bad"]] == [rows[40]["+bad"]]
    assert rows[39]["姓名"] == "某市民"


def test_a_file_in_another_encoding_is_refused_with_the_byte() -> None:
    content = b"id,name\n" + "某市民,某\n".encode("gbk") * 100
    with pytest.raises(ValueError, match="not utf-8 at byte 10"):
        decoded("csv", content)


def test_a_nul_byte_spoils_its_row() -> None:
    assert reasons("csv", b"id,a\n1,x\0y\n2,z\n") == ["line 2 holds a NUL byte", None]
    assert "NUL" in str(reasons("jsonl", b'{"a":"x"}\n{"a":"x\\u0000"}\n')[1])


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_line_without_an_end_is_refused_before_it_is_held(kind: str) -> None:
    class Endless(io.RawIOBase):
        """A file of one line; counts what is asked of it."""

        given = 0

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            assert size > 0
            self.given += size
            return b"x" * size

        def readline(self, size: int | None = -1) -> bytes:
            return self.read(size or 0)

    file = Endless()
    with pytest.raises(ValueError, match="line 1 is longer than 4 MB"):
        list(READERS[kind](file, "utf-8"))  # type: ignore[arg-type]
    assert file.given <= BLOCK + LONGEST_LINE


def test_a_quote_that_never_closes_is_refused() -> None:
    with pytest.raises(ValueError, match="is not CSV"):
        decoded("csv", b'id,a\n1,"x\n' + b"2,y\n" * 500_000)


@pytest.mark.parametrize(
    "line",
    [b"[1]", b'{"a":1', b'{"a":1,"a":2}', b"[" * 100_000, b'{"+bad":"x"}'],
    ids=["list", "cut", "twice", "deep", "reserved"],
)
def test_a_line_that_is_no_json_object_is_told(line: bytes) -> None:
    rows = decoded("jsonl", b'{"a":1}\n' + line + b'\n{"a":3}\n')
    assert rows[1]["+bad"] == "line 2 is not a JSON object with each name once"
    assert json.loads(str(rows[1]["+more"])) == [line.decode()]
    assert [row["a"] for row in rows] == ["1", None, "3"]


def test_xml_rows_that_hold_more_than_cells_are_told() -> None:
    text = b"<R><ROW><a>1</a><a>2</a></ROW><ROW><a><b>x</b></a></ROW><ROW><a>3</a></ROW></R>"
    assert reasons("xml", text) == [
        "row 1 has the column a twice",
        "row 2 has elements inside the column a",
        None,
    ]


def test_deep_or_endless_xml_is_refused() -> None:
    with pytest.raises(ValueError, match="broken at line 1"):
        decoded("xml", b"<R><ROW>" + b"<a>" * 100_000)
    with pytest.raises(ValueError, match="no element"):
        decoded("xml", b"<?xml version='1.0'?>" + b"<!-- x -->" * 200_000 + b"<R/>")
    with pytest.raises(ValueError, match="broken"):
        decoded("xml", b"<R><ROW><a>" + b"x" * 11_000_000 + b"</a></ROW></R>")


def test_xml_of_many_parts_gives_every_row() -> None:
    rows = b"".join(b"<ROW><id>%d</id></ROW>" % i for i in range(30_000))
    assert [row["id"] for row in decoded("xml", b"<ROWS>" + rows + b"</ROWS>")] == [
        str(i) for i in range(30_000)
    ]


def book(fill: Callable[[Worksheet], Any], **kind: Any) -> bytes:
    """A workbook with a header and what `fill` puts below."""
    made = openpyxl.Workbook(**kind)
    sheet = made.active
    assert isinstance(sheet, Worksheet)
    sheet.append(["id", "号码"])
    fill(sheet)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["1", 360782199001011234], "digits are lost; format the column as text"),
        (["1", 3.6078219900101123e17], "digits are lost"),
        (["1", "=1+1"], "a formula"),
        (["1", "#N/A"], "an error (#N/A)"),
        (["1", "x", "y"], "cells beyond the header"),
        (["id", "号码"], "repeats the header"),
    ],
)
def test_an_excel_cell_that_cannot_be_trusted_is_told(cells: list[Any], said: str) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(cells)
        sheet.append(["2", "x"])

    told = reasons("excel", book(fill))
    assert said in str(told[0])
    assert str(told[0]).startswith("line 2 ")
    assert told[1] is None


def test_an_excel_number_of_15_digits_and_text_that_looks_like_more_are_good() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["1", 360782900101123])
        sheet.append(["2", "360782199001011234"])
        sheet.append(["3", True])

    rows = decoded("excel", book(fill))
    assert [row["号码"] for row in rows] == ["360782900101123", "360782199001011234", "true"]
    assert "+bad" not in rows[0]


def test_merged_cells_are_told_and_in_the_header_refused() -> None:
    def fill(sheet: Worksheet) -> None:
        for number in range(2, 6):
            sheet.append([str(number), "x"])
        sheet.merge_cells("B3:B4")

    told = reasons("excel", book(fill))
    assert [line and "merged" in line for line in told] == [None, True, True, None]
    with pytest.raises(ValueError, match="header has merged"):
        decoded("excel", book(lambda sheet: sheet.merge_cells("A1:B1")))


def test_a_hidden_first_sheet_and_a_second_one_with_cells_are_refused() -> None:
    def second(sheet: Worksheet) -> Worksheet:
        assert sheet.parent is not None
        made = sheet.parent.create_sheet()
        assert isinstance(made, Worksheet)
        return made

    def hide(sheet: Worksheet) -> None:
        second(sheet)
        sheet.sheet_state = "hidden"

    with pytest.raises(ValueError, match="first sheet is hidden"):
        decoded("excel", book(hide))
    with pytest.raises(ValueError, match="sheet 2 has cells"):
        decoded("excel", book(lambda sheet: second(sheet).append(["id"])))

    def empty_second(sheet: Worksheet) -> None:
        second(sheet)
        sheet.append(["1", "x"])

    assert decoded("excel", book(empty_second)) == [{"id": "1", "号码": "x"}]


def repacked(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one part changed."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            told = old.read(part)
            new.writestr(part.filename, change(told) if part.filename == name else told)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def test_zip_bombs_lies_and_document_types_are_refused() -> None:
    content = book(lambda sheet: sheet.append(["1", "x"]))
    bomb = repacked(content, SHEET, lambda text: text + b" " * 300_000_000)
    assert len(bomb) < 1_000_000
    with pytest.raises(ValueError, match="over 500 times"):
        decoded("excel", bomb)
    kind = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>'
    declared = repacked(content, SHEET, lambda text: kind + text)
    with pytest.raises(ValueError, match="document type"):
        decoded("excel", declared)
    wide = repacked(content, SHEET, lambda text: text.replace(b'r="B2"', b'r="XFB2"'))
    with pytest.raises(ValueError, match="over 1024 columns"):
        decoded("excel", wide)
    lying = bytearray(repacked(content, SHEET, lambda text: text + b" " * 900_000))
    with zipfile.ZipFile(io.BytesIO(bytes(lying))) as packed:
        size = packed.getinfo(SHEET).file_size.to_bytes(4, "little")
    while (at := lying.find(size)) >= 0:
        lying[at : at + 4] = (1000).to_bytes(4, "little")
    with pytest.raises(ValueError, match=r"Excel|XML"):
        decoded("excel", bytes(lying))


def test_a_broken_cell_is_told_without_its_value() -> None:
    content = book(lambda sheet: sheet.append([1, 2]))
    secret = b"<v>360782199001011234x</v>"
    broken = repacked(content, SHEET, lambda text: text.replace(b"<v>2</v>", secret))
    with pytest.raises(ValueError, match="line 2 has a cell") as raised:
        decoded("excel", broken)
    assert "3607" not in str(raised.value)
    with pytest.raises(ValueError, match="twice: 2 and 3") as raised:
        decoded("csv", b"a,360782199001011234,360782199001011234\n")
    assert "3607" not in str(raised.value)


def test_xml_whose_rows_have_another_name_is_not_taken_for_empty() -> None:
    with pytest.raises(ValueError, match="none is named ROW"):
        decoded("xml", b"<R><record><a>1</a></record></R>")
    assert decoded("xml", b"<R></R>") == []


def parquet(table: pa.Table, **how: Any) -> bytes:
    """A table as a Parquet file."""
    out = io.BytesIO()
    pq.write_table(table, out, **how)
    return out.getvalue()


def test_parquet_values_become_the_text_that_other_formats_have() -> None:
    table = pa.table(
        {
            "id": ["a", "b"],
            "n": pa.array([1, None], pa.int64()),
            "fee": pa.array([Decimal("1.50"), None]),
            "ok": [True, None],
            "day": [date(2026, 1, 2), None],
            "at": pa.array([datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), None]),
            "list": [["x"], None],
            "空": pa.nulls(2),
        }
    )
    assert decoded("parquet", parquet(table)) == [
        {
            "id": "a",
            "n": "1",
            "fee": "1.50",
            "ok": "true",
            "day": "2026-01-02",
            "at": "2026-01-02 11:04:05",
            "list": '["x"]',
            "空": None,
        },
        {"id": "b"} | dict.fromkeys(["n", "fee", "ok", "day", "at", "list", "空"]),
    ]


def test_parquet_floats_that_lose_digits_bytes_and_nul_are_told() -> None:
    table = pa.table({"id": ["a", "b\0"], "n": [3.6e17, 1.0]})
    told = reasons("parquet", parquet(table))
    assert "row 1 has the column n stored as a number, digits are lost" in str(told[0])
    assert "NUL" in str(told[1])
    with pytest.raises(ValueError, match="column n holds bytes"):
        decoded("parquet", parquet(pa.table({"n": [b"x"]})))
