"""MySQL's and MariaDB's rows as an Arrow table of text, out of the protocol's own packets.

The text protocol already carries every value as text; PyMySQL makes a Python value of each. Here
packets are cut into columns of bytes instead, and Arrow makes text of whole columns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute
from pymysql import Connection
from pymysql.constants import CR, FIELD_TYPE
from pymysql.cursors import SSCursor
from pymysql.err import OperationalError, raise_mysql_exception

_do: Any = pyarrow.compute

_BINARY = 63  # the character set of bytes
_BYTES = {249: "tinyblob", 250: "mediumblob", 251: "longblob", 252: "blob"}
_STRINGS = {253: "varchar", 254: "char"}
_TIMES = (FIELD_TYPE.TIMESTAMP, FIELD_TYPE.DATETIME, FIELD_TYPE.TIME)
_NAMES = {
    getattr(FIELD_TYPE, name): name.lower().replace("newdecimal", "decimal")
    for name in dir(FIELD_TYPE)
    if name.isupper() and name not in ("CHAR", "INTERVAL")
} | {1: "tinyint", 2: "smallint", 3: "int", 8: "bigint", 9: "mediumint"}
_FULL = 0xFFFFFF  # a packet of this length goes on in the next
_CHUNK = 1 << 18


def types_of(conn: Connection[Any], query: str) -> dict[str, str]:
    """The columns of a query without rows, and the server's names of their types."""
    with conn.cursor(SSCursor) as cursor:
        cursor.execute(query)
        fields = _result(cursor).fields
        return {one.name: _type_name(one) for one in fields}


def read(
    conn: Connection[Any], query: str, values: Sequence[object], columns: Sequence[str]
) -> pa.Table:
    """The rows of a query that selects these columns: text, null apart from ""."""
    cursor = conn.cursor(SSCursor)
    cursor.execute(query, list(values))
    result = _result(cursor)
    cells: list[list[bytes | None]] = [[] for _ in columns]
    _cut(_Stream(conn), cells)
    result.unbuffered_active, result.connection = False, None
    made = [_column(one, field) for one, field in zip(cells, result.fields, strict=True)]
    return pa.table(made, names=list(columns))


def _result(cursor: Any) -> Any:
    return cursor._result  # PyMySQL lists what a result's columns are only here


def _type_name(field: Any) -> str:
    name, binary = _NAMES[field.type_code], field.charsetnr == _BINARY
    if field.type_code in _STRINGS:
        return {253: "varbinary", 254: "binary"}[field.type_code] if binary else name
    if field.type_code in _BYTES:
        return _BYTES[field.type_code] if binary else "text"
    return str(name)


class _Stream:
    """The bytes of a result on their way, without their packets' borders lost."""

    def __init__(self, conn: Any) -> None:
        self._conn, self.held = conn, b""

    def more(self, rest: bytes) -> bytes:
        """The rest and what has come since. Raises OperationalError when nothing comes."""
        try:
            got: bytes = self._conn._rfile.read1(_CHUNK)  # no public way to raw packets
        except OSError as error:
            raise OperationalError(CR.CR_SERVER_LOST, f"lost: {type(error).__name__}") from None
        if not got:
            raise OperationalError(CR.CR_SERVER_LOST, "the server closed the connection")
        return rest + got


def _cut(stream: _Stream, cells: list[list[bytes | None]]) -> None:
    """Cut packets until the one that ends the rows."""
    puts = [one.append for one in cells]
    held, at = b"", 0
    while True:
        while len(held) - at < 4 or len(held) - at < 4 + int.from_bytes(
            held[at : at + 3], "little"
        ):
            held, at = stream.more(held[at:]), 0
        size = int.from_bytes(held[at : at + 3], "little")
        start, at = at + 4, at + 4 + size
        first = held[start]
        if first == 0xFE and size < 9:
            return
        if first == 0xFF:
            raise_mysql_exception(held[start:at])
        if size == _FULL:
            packet, held, at = _long(stream, held, start)
            _row(packet, 0, puts)
        else:
            _row(held, start, puts)


def _long(stream: _Stream, held: bytes, start: int) -> tuple[bytes, bytes, int]:
    """A row over several packets: its bytes, and what is held behind it."""
    parts, size, at = [held[start : start + _FULL]], _FULL, start + _FULL
    while size == _FULL:
        while len(held) - at < 4:
            held, at = stream.more(held[at:]), 0
        size = int.from_bytes(held[at : at + 3], "little")
        while len(held) - at < 4 + size:
            held, at = stream.more(held[at:]), 0
        parts.append(held[at + 4 : at + 4 + size])
        at += 4 + size
    return b"".join(parts), held, at


def _row(data: bytes, at: int, puts: Sequence[Callable[[bytes | None], None]]) -> None:
    """One row's cells: a length before each, 0xFB for null."""
    for put in puts:
        size = data[at]
        at += 1
        if size == 0xFB:
            put(None)
            continue
        if size > 0xFB:
            wide = {0xFC: 2, 0xFD: 3, 0xFE: 8}[size]
            size = int.from_bytes(data[at : at + wide], "little")
            at += wide
        put(data[at : at + size])
        at += size


def _column(cells: list[bytes | None], field: Any) -> Any:
    if field.type_code == FIELD_TYPE.BIT:
        width = field.length
        return pa.array(
            [None if one is None else f"{int.from_bytes(one):0{width}b}" for one in cells],
            pa.string(),
        )
    if field.charsetnr == _BINARY and field.type_code in {**_BYTES, **_STRINGS, 255: ""}:
        return pa.array([None if one is None else one.hex() for one in cells], pa.string())
    text = pa.array(cells, pa.binary()).cast(pa.string())
    if field.type_code in _TIMES and field.scale:
        return _do.replace_substring_regex(text, r"\.?0*$", "")  # as PostgreSQL: 10:00:00.25
    return text
