"""Take one holder out of what has landed: rows of that holder alone, answers, raw batches.

What is not touched: rows that name another holder as well, cases, rows in quarantine (whose holder
is not known; they end when their source mends them).
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import Connection, cast, delete, select, text, update
from sqlalchemy.dialects.postgresql import JSONB

from kernel.crypto import encrypt, keyed_hash
from kernel.house import House
from landing.rawobjects import raw_key, reopen
from landing.tables import AMONG_HOLDERS, asked, batch, licence

#: Rows of a holder, with all their other holders in order, as `theirs`.
_THEIRS = f"""
WITH theirs AS (
  SELECT system, stream, key_hash, array_remove(string_to_array(
      concat_ws(' ', holder_hash, co_holder_hash), ' '), :holder) AS others
  FROM landing.licence
  WHERE holder_hash = :holder OR co_holder_hash = :holder OR ({AMONG_HOLDERS})
)
"""  # noqa: S608  (a constant of the tables)
_BLANKED = text(
    _THEIRS
    + """
UPDATE landing.licence l SET sealed = NULL, deleted_at = coalesce(l.deleted_at, :now)
FROM theirs o WHERE l.system = o.system AND l.stream = o.stream AND l.key_hash = o.key_hash
  AND o.others = '{}' AND l.sealed IS NOT NULL
"""
)
_SHARED = text(
    _THEIRS
    + """
UPDATE landing.licence l SET holder_hash = o.others[1],
  co_holder_hash = nullif(array_to_string(o.others[2:], ' '), '')
FROM theirs o WHERE l.system = o.system AND l.stream = o.stream AND l.key_hash = o.key_hash
  AND o.others <> '{}'
"""
)


def blank_rows(conn: Connection, holder: str, now: datetime) -> int:
    """Rows of that holder alone end and lose their personal values; how many.

    Rows of several holders stay for the others, and are no longer found by this one.

    A source that still gives such a row brings it again: it is to be erased there first.
    """
    conn.execute(delete(asked).where(asked.c.holder_hash == holder))
    rows = conn.execute(_BLANKED, {"holder": holder, "now": now}).rowcount
    conn.execute(_SHARED, {"holder": holder})
    return rows


def streams_of(conn: Connection, holder: str) -> list[tuple[str, str]]:
    """The streams in which the holder has licences."""
    c = licence.c
    query = select(c.system, c.stream).where(c.holder_hash == holder).distinct()
    return [(row.system, row.stream) for row in conn.execute(query)]


def blank_raw(house: House, system: str, stream: str, written: list[str]) -> int:
    """Cells of rows in which one of the holder's numbers stands, in every batch of a stream.

    Rows keep their places. How many rows were blanked. A batch is replaced whole, before its row
    in the database says so; repeating it changes nothing.
    """
    count = 0
    for name, where in _batches(house, system, stream):
        table = reopen(house, name)
        rows = _rows_with(table, written)
        found = int(pc.sum(rows).as_py() or 0)
        if found:
            _replace(house, name, where, _blanked(table, rows))
            count += found
    return count


def _batches(house: House, system: str, stream: str) -> Iterator[tuple[str, str]]:
    c = batch.c
    query = select(c.id, c.object).where(c.system == system, c.stream == stream)
    with house.engine.connect() as conn:
        yield from [(row.id, row.object) for row in conn.execute(query)]


def _rows_with(table: pa.Table, written: list[str]) -> Any:
    found: Any = pa.chunked_array([pa.array([False] * table.num_rows)])
    for column in table.columns:
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            inside: list[Any] = [
                pc.match_substring(column, one, ignore_case=True) for one in written
            ]
            for one in inside:
                found = pc.or_(found, pc.fill_null(one, pa.scalar(False)))
    return found


def _blanked(table: pa.Table, rows: Any) -> pa.Table:
    keep: Any = pc.invert(rows)
    nothing: list[Any] = [pa.scalar(None, column.type) for column in table.columns]
    columns = [pc.if_else(keep, *one) for one in zip(table.columns, nothing, strict=True)]
    return pa.table(columns, schema=pa.schema([f.with_nullable(True) for f in table.schema]))


def _replace(house: House, name: str, where: str, table: pa.Table) -> None:
    out = io.BytesIO()
    pq.write_table(table, out, compression="lz4")
    plain = out.getvalue()
    sealed = encrypt(raw_key(house), plain, where)
    beside = where.replace(".parquet.enc", ".received.enc")
    house.objects.remove(beside)
    house.objects.put(where, sealed)
    digest = hashlib.sha256(plain).hexdigest()
    content = {"content": keyed_hash(house.keys.index, "batch", digest)}
    facts = batch.c.facts.op("||")(cast(content, JSONB))
    sha256 = hashlib.sha256(sealed).hexdigest()
    with house.engine.begin() as conn:
        conn.execute(update(batch).where(batch.c.id == name).values(sha256=sha256, facts=facts))
