"""The plain encoder of COPY's binary form gives pgpq's very bytes, and PostgreSQL reads them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, cast

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pgpq import ArrowToPostgresBinaryEncoder
from sqlalchemy import Column, MetaData, Table, select
from sqlalchemy import types as sql

from kernel.house import House
from landing import binary, bulk
from landing.bulk import ARROW

VALUES: dict[pa.DataType, st.SearchStrategy[Any]] = {
    pa.large_string(): st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    pa.large_binary(): st.binary(),
    pa.timestamp("us", "UTC"): st.datetimes(timezones=st.just(UTC)),
    pa.date32(): st.dates(date(1, 1, 1), date(9999, 12, 31)),
    pa.bool_(): st.booleans(),
    pa.int64(): st.integers(-(2**63), 2**63 - 1),
    pa.int32(): st.integers(-(2**31), 2**31 - 1),
}


def test_every_type_that_is_landed_is_tried() -> None:
    assert set(VALUES) == {kind for _, kind in ARROW}


def encoded(encoder: Any, rows: pa.RecordBatch) -> bytes:
    return bytes(encoder.write_header() + encoder.write_batch(rows) + encoder.finish())


@pytest.mark.parametrize("kind", VALUES, ids=str)
def test_the_bytes_are_those_of_pgpq(kind: pa.DataType) -> None:
    @settings(deadline=None)
    @given(st.lists(st.none() | VALUES[kind], max_size=5))
    def same(values: list[Any]) -> None:
        columns = {"one": pa.array(values, kind), "two": pa.array(values, kind)}
        rows = pa.RecordBatch.from_pydict(columns)
        wanted = encoded(ArrowToPostgresBinaryEncoder(rows.schema), rows)
        assert encoded(binary.Encoder(rows.schema), rows) == wanted

    same()


def test_postgresql_reads_them(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "Encoder", binary.Encoder)
    kinds = (sql.Text, sql.LargeBinary, sql.DateTime(timezone=True), sql.Date, sql.Boolean,
             sql.BigInteger, sql.Integer)  # fmt: skip
    row = ("中台", b"\0\xff", datetime(1999, 12, 31, tzinfo=UTC), date(2026, 11, 27), True, -5, 7)
    names = [f"c{i}" for i in range(len(row))]
    columns_of: list[Column[Any]] = [
        Column(name, kind) for name, kind in zip(names, cast("tuple[Any, ...]", kinds), strict=True)
    ]
    table = Table("binary_tried", MetaData(), *columns_of)
    with house.engine.begin() as conn:
        table.create(conn)
        columns = {
            name: pa.array([value, None], bulk.arrow(table, name))
            for name, value in zip(names, row, strict=True)
        }
        bulk.copy(conn, table, columns, {})
        found = [tuple(one) for one in conn.execute(select(table))]
    assert found == [row, (None,) * len(row)]
