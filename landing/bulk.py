"""Bulk rows: a block of COPY text to a temporary stage, then one INSERT … ON CONFLICT."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column as TableColumn
from sqlalchemy import Connection, MetaData, Table, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.elements import ColumnElement

from landing.columns import Column, column, joined, replaced

#: What COPY's text form wants escaped, in this order.
ESCAPES = (("\\", "\\\\"), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"))
ROW_KEY = ("system", "stream", "key_hash")


def escaped(values: Column) -> Column:
    """Text with what COPY's text form wants escaped."""
    for found, written in ESCAPES:
        values = replaced(values, found, written)
    return values


def texts(values: Sequence[str | None]) -> Column:
    """Any text, escaped."""
    return escaped(column(values))


def binary(values: Sequence[bytes | None]) -> Column:
    """Bytes as COPY's text form writes a bytea."""
    return column([None if v is None else "\\\\x" + v.hex() for v in values])


def upsert(
    conn: Connection,
    table: Table,
    columns: Mapping[str, Column],
    constants: Mapping[str, object],
    update: Sequence[str] | None = None,
    open_only: ColumnElement[bool] | None = None,
) -> None:
    """Insert rows, or update those of the same primary key.

    `columns`: arrays of escaped text, null is null; `constants`: one value for every row; `update`:
    the columns to overwrite (None: all but the primary key); `open_only`: rows are told apart by
    system, stream and key hash among those for which this holds. Runs in the caller's transaction.
    """
    stage = _stage(conn, table, list(columns))
    _copy(conn, stage, columns)
    if update is None:
        update = [name for name, column in table.columns.items() if not column.primary_key]
    chosen = select(*(literal(v, table.c[n].type) for n, v in constants.items()), *stage.columns)
    order = insert(table).from_select([*constants, *columns], chosen, include_defaults=False)
    unique = [table.c[name] for name in ROW_KEY if open_only is not None]
    index = unique or list(table.primary_key)
    if update:
        overwrite = {name: order.excluded[name] for name in update}
        order = order.on_conflict_do_update(
            index_elements=index, index_where=open_only, set_=overwrite
        )
    else:
        order = order.on_conflict_do_nothing(index_elements=index, index_where=open_only)
    conn.execute(order)
    stage.drop(conn)


def _stage(conn: Connection, table: Table, names: list[str]) -> Table:
    stage = Table(
        f"stage_{table.name}",
        MetaData(),
        *(TableColumn[Any](name, table.c[name].type) for name in names),
        prefixes=["TEMPORARY"],
        postgresql_on_commit="DROP",
    )
    stage.create(conn, checkfirst=False)
    return stage


def _copy(conn: Connection, stage: Table, columns: Mapping[str, Column]) -> None:
    lines = joined(list(columns.values()), "\t", "\\N")
    quote = conn.dialect.identifier_preparer.quote
    listed = ", ".join(quote(name) for name in columns)
    raw: Any = conn.connection.driver_connection
    with raw.cursor() as cursor, cursor.copy(f"COPY {stage.name} ({listed}) FROM STDIN") as copy:
        copy.write("\n".join(lines) + "\n")
