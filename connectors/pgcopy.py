"""PostgreSQL's rows as an Arrow table of text: the server renders, ADBC receives whole columns.

A binary COPY of text columns; no Python object is made for a row. Nothing is guessed from the text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
import pyarrow as pa

from connectors.sessions import Session

#: How types are written that the server would write otherwise than the other databases do.
_AS = {
    "bpchar": "textin(bpcharout({}))",  # with its padding, as the key it may be
    "bytea": "encode({}, 'hex')",
    "timestamptz": "({} AT TIME ZONE 'Etc/GMT-8')::text",  # city time, without an offset
    "timetz": "({} AT TIME ZONE 'Etc/GMT-8')::text",
}
BATCH_BYTES = "adbc.postgresql.batch_size_hint_bytes"
#: So many rows come over the connection that is open anyway: a second one takes longer to open
#: than a read takes that finds nothing new.
FEW = 100
#: Session settings that a value's text depends on.
SETTINGS = (
    "-c TimeZone=Etc/GMT-8 -c DateStyle=ISO -c IntervalStyle=postgres -c extra_float_digits=1"
)


def types_of(conn: psycopg.Connection[Any], query: str) -> dict[str, str]:
    """The columns of a query and the server's names of their types."""
    found = conn.execute(query).description or []
    return {one.name: one.type_display for one in found}


def expression(column: str, type_name: str) -> str:
    """What to select for a column (quoted) of that type."""
    if type_name.endswith("[]"):
        return f"to_jsonb({column})::text"
    return _AS.get(type_name.partition("(")[0], "{}::text").format(column)


def read(
    session: Session,
    query: str,
    values: Sequence[object],
    columns: Sequence[str],
    types: Mapping[str, str],
) -> pa.Table:
    """The rows of a query that selects these columns of these types: text, null apart from "".

    What is rendered stands around the query, so that its order is that of the columns themselves.
    """
    names = [f"c{i}" for i in range(len(columns))]  # a view may give two columns one name
    asked = psycopg.ClientCursor(session.conn).mogrify(query, values)
    shown = ", ".join(
        expression(name, types.get(column, "text"))
        for name, column in zip(names, columns, strict=True)
    )
    whole = f"SELECT {shown} FROM ({asked}) AS q({', '.join(names)})"  # noqa: S608 (values are bound)
    schema = pa.schema([(name, pa.string()) for name in columns])
    if session.columnar is None:
        rows = session.conn.execute(f"{whole} LIMIT {FEW + 1}").fetchall()
        if len(rows) <= FEW:
            cells = zip(*rows, strict=True) if rows else [()] * len(columns)
            return pa.table([pa.array(one, pa.string()) for one in cells], schema=schema)
    driver = _driver()
    try:
        if session.columnar is None:
            session.columnar = _connect(driver, session.conn)
        with session.columnar.cursor() as cursor:
            cursor.adbc_statement.set_options(**{BATCH_BYTES: str(4 << 20)})
            cursor.execute(whole)
            batches = list(cursor.fetch_record_batch())
    except driver.Error as error:  # as psycopg says it: one place names what went wrong
        known = psycopg.errors.lookup(error.sqlstate) if error.sqlstate else None
        raise (known or psycopg.OperationalError)(str(error)) from None
    except OSError as error:  # in mid-read it is Arrow that speaks, without a code
        ended = "terminating connection" in str(error)
        raise (psycopg.errors.AdminShutdown if ended else psycopg.OperationalError)(
            str(error)
        ) from None
    if not batches:
        return schema.empty_table()
    return pa.Table.from_batches(batches).rename_columns(list(columns))


def _driver() -> Any:
    import adbc_driver_postgresql.dbapi

    return adbc_driver_postgresql.dbapi


def _connect(driver: Any, conn: psycopg.Connection[Any]) -> Any:
    """A second connection as the first one is, TLS and encoding too, that gives Arrow columns."""
    said = {**conn.info.get_parameters(), "password": conn.info.password}
    address = urlencode(said, quote_via=quote)  # libpq takes + for itself
    return driver.connect(f"postgresql://?{address}", autocommit=True)
