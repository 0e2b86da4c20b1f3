"""Coverage-guided fuzzing of the readers of what sources send: XML, CSV, JSON, Excel, Parquet.

`make fuzz NAME=sources`. Rows, or a ValueError that says why the file cannot be read; anything else
is a crash.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator

import atheris
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from tests.fuzz.running import run

with atheris.instrument_imports(include=["connectors", "python_calamine", "openpyxl"]):
    from connectors import xml
    from connectors.csvrows import csv_chunks
    from connectors.decode import jsonl_rows
    from connectors.envelopes import page_of_xml
    from connectors.parquet import parquet_chunks
    from connectors.workbook import excel_rows
    from connectors.xmlrows import xml_rows
    from kernel.errors import ZhongtaiError
    from registry.shapes import Shape, whole

SHAPE = Shape(rows="a.b", next="a.c")
ENCODINGS = ("utf-8", "gb18030")
Reader = Callable[[io.BytesIO, str], Iterator[object]]


def envelope(file: io.BytesIO, _: str) -> Iterator[object]:
    """The answer of a gateway in XML."""
    content = file.read()
    yield page_of_xml("s", "/p", "page", content, whole("page", None, "xml"))
    yield page_of_xml("s", "/p", "cursor", content, whole("cursor", SHAPE, "xml"))


def soap(file: io.BytesIO, _: str) -> Iterator[object]:
    """The rows of a SOAP answer."""
    yield xml.rows_of(xml.parse(file.read()), "row")


READERS: tuple[Reader, ...] = (
    xml_rows, csv_chunks, jsonl_rows, envelope, soap, excel_rows, parquet_chunks,
)  # fmt: skip


def one(data: bytes) -> None:
    """The first byte says as what and in which encoding the others are read."""
    kind = data[0] if data else 0
    reader, encoding = READERS[kind % len(READERS)], ENCODINGS[kind // len(READERS) % 2]
    try:
        for _ in reader(io.BytesIO(data[1:]), encoding):
            pass
    except (ValueError, ZhongtaiError):
        return


def seeds() -> dict[str, bytes]:
    """One small file of each kind, in both encodings."""
    book, out, table = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    sheet = book.create_sheet(index=0)
    sheet.append(["编号", "名称"])
    sheet.append(["1", "某人"])
    book.save(out)
    pq.write_table(pa.table({"编号": ["1"], "日期": pa.array([1], pa.date32())}), table)
    rows = "<ROWS><ROW><ID>1</ID><NAME>某人</NAME></ROW></ROWS>"
    texts = (
        rows,
        '编号,名称\n1,"某,人"\n',
        '{"id":"1","name":"某人"}\n',
        f"<r><code>200</code><total>1</total><rows>{rows.lower()}</rows></r>",
        rows.lower(),
    )
    made = {
        f"{number}-{encoding}": bytes([number + at * len(READERS)]) + text.encode(encoding)
        for number, text in enumerate(texts)
        for at, encoding in enumerate(ENCODINGS)
    }
    return {**made, "excel": b"\5" + out.getvalue(), "parquet": b"\6" + table.getvalue()}


if __name__ == "__main__":
    run(sys.argv, "sources", seeds(), one)
