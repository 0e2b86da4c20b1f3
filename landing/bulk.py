"""Bulk rows: COPY in PostgreSQL's binary form, made by whole columns, to a table or a stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    literal,
    null,
    select,
    update,
)
from sqlalchemy import Column as TableColumn
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.elements import ColumnElement

from landing.columns import Column

try:
    from pgpq import ArrowToPostgresBinaryEncoder as Encoder
except ModuleNotFoundError:  # it has no wheel for aarch64
    from landing.binary import Encoder  # type: ignore[assignment]

ROW_KEY = ("system", "stream", "key_hash")
#: Bytes that are given to the driver at a time.
BLOCK = 1 << 22
#: How Arrow holds what a table's column holds.
ARROW: tuple[tuple[type, pa.DataType], ...] = (
    (Text, pa.large_string()),
    (LargeBinary, pa.large_binary()),
    (DateTime, pa.timestamp("us", "UTC")),
    (Date, pa.date32()),
    (Boolean, pa.bool_()),
    (BigInteger, pa.int64()),  # before Integer, of which it is a kind
    (Integer, pa.int32()),
)


@dataclass(frozen=True)
class Block:
    """Rows as COPY wants them. `names`: their columns, in order."""

    names: tuple[str, ...]
    content: tuple[bytes, ...]


def block(table: Table, columns: Mapping[str, Column], constants: Mapping[str, object]) -> Block:
    """Rows of a table. `columns`: one array each; `constants`: one value for every row."""
    size = len(next(iter(columns.values())))
    arrays: dict[str, Column] = {}
    for name, one in constants.items():
        said: Any = pa.scalar(one, arrow(table, name))
        arrays[name] = pa.repeat(said, size)
    arrays |= {name: one.cast(arrow(table, name)) for name, one in columns.items()}
    rows = pa.RecordBatch.from_pydict(arrays)
    encoder = Encoder(rows.schema)
    content = (encoder.write_header(), encoder.write_batch(rows), encoder.finish())
    return Block(tuple(arrays), content)


def arrow(table: Table, name: str) -> pa.DataType:
    """The type of Arrow of a table's column."""
    held = table.c[name].type
    return next(kind for sql, kind in ARROW if isinstance(held, sql))


def put(conn: Connection, table: Table, rows: Block) -> None:
    """COPY rows into a table inside the caller's transaction."""
    quote = conn.dialect.identifier_preparer
    listed = ", ".join(quote.quote(name) for name in rows.names)
    raw: Any = conn.connection.driver_connection
    order = f"COPY {quote.format_table(table)} ({listed}) FROM STDIN (FORMAT binary)"
    with raw.cursor() as cursor, cursor.copy(order) as into:
        for part in rows.content:
            view = memoryview(part)
            for at in range(0, len(view), BLOCK):
                into.write(view[at : at + BLOCK])


def copy(
    conn: Connection, table: Table, columns: Mapping[str, Column], constants: Mapping[str, object]
) -> None:
    """`block` and `put` in one."""
    put(conn, table, block(table, columns, constants))


def stage(conn: Connection, table: Table, columns: Mapping[str, Column]) -> Table:
    """A temporary table of these columns with these rows; the caller drops it."""
    made = Table(
        f"stage_{table.name}",
        MetaData(),
        *(TableColumn[Any](name, table.c[name].type) for name in columns),
        prefixes=["TEMPORARY"],
        postgresql_on_commit="DROP",
    )
    made.create(conn, checkfirst=False)
    copy(conn, made, columns, {})
    return made


def replace(
    conn: Connection, table: Table, columns: Mapping[str, Column], constants: Mapping[str, object]
) -> None:
    """Overwrite rows that are there, by system, stream and key hash; what is not given is empty.

    `columns` holds key_hash, `constants` system and stream.
    """
    staged = stage(conn, table, columns)
    mine = [table.c[name] == value for name, value in constants.items() if name in ROW_KEY]
    fresh: dict[str, Any] = {
        name: constants.get(name, null()) if one.server_default is None else False
        for name, one in table.columns.items()
        if name not in ROW_KEY
    }
    fresh |= {name: staged.c[name] for name in columns if name != "key_hash"}
    conn.execute(update(table).where(*mine, table.c.key_hash == staged.c.key_hash).values(fresh))
    staged.drop(conn)


def upsert(
    conn: Connection,
    table: Table,
    columns: Mapping[str, Column],
    constants: Mapping[str, object],
    update: Sequence[str],
    open_only: ColumnElement[bool],
) -> None:
    """Insert rows, or update those with the same system, stream and key hash that are open.

    `update`: the columns to overwrite; `open_only`: which rows are open (a partial unique index).
    """
    staged = stage(conn, table, columns)
    given = [literal(value, table.c[name].type) for name, value in constants.items()]
    chosen = select(*given, *staged.columns)
    order = insert(table).from_select([*constants, *columns], chosen, include_defaults=False)
    conn.execute(
        order.on_conflict_do_update(
            index_elements=[table.c[name] for name in ROW_KEY],
            index_where=open_only,
            set_={name: order.excluded[name] for name in update},
        )
    )
    staged.drop(conn)
