"""MySQL's and MariaDB's rows as an Arrow table of text, out of the protocol's own packets.

The text protocol already carries every value as text; PyMySQL makes a Python value of each. Here
the packets of many rows are cut into columns of bytes at once, and Arrow makes text of them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute
from pymysql import Connection
from pymysql.constants import CR, FIELD_TYPE
from pymysql.cursors import SSCursor
from pymysql.err import OperationalError, raise_mysql_exception

from connectors.mycells import Places, cut

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
_HEAD = struct.Struct("<I")  # of a packet: its length in three bytes, and its number
_CHUNK = 1 << 18
_BLOCK = 1 << 21


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
    cursor: Any = conn.cursor(SSCursor)
    try:
        cursor.execute(query, list(values))
        result = _result(cursor)
        parts = [cut(data, places, len(columns)) for data, places in _blocks(conn)]
        result.unbuffered_active, result.connection = False, None
    finally:
        cursor.connection = None  # else it reads on when thrown away, even if that is lost
    made = [
        _column(pa.concat_arrays([part[n] for part in parts]), field)
        for n, field in enumerate(result.fields)
    ]
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


def _more(conn: Any) -> bytes:
    """What has come. Raises OperationalError when nothing comes."""
    try:
        got: bytes = conn._rfile.read1(_CHUNK)  # no public way to raw packets
    except OSError as error:
        raise OperationalError(CR.CR_SERVER_LOST, f"lost: {type(error).__name__}") from None
    if not got:
        raise OperationalError(CR.CR_SERVER_LOST, "the server closed the connection")
    return got


def _blocks(conn: Any) -> Iterator[tuple[bytes, Places]]:
    """Whole packets of rows, some megabytes at a time, and where each row begins and ends."""
    held, at, places = bytearray(), 0, Places()
    while True:
        while len(held) - at >= 4:
            size = _HEAD.unpack_from(held, at)[0] & _FULL
            start, stop = at + 4, at + 4 + size
            if stop > len(held):
                break
            if not size:
                raise OperationalError(CR.CR_MALFORMED_PACKET, "a row of the result is empty")
            first = held[start]
            if first == 0xFE and size < 9:
                yield bytes(held[:at]), places
                return
            if first == 0xFF:
                raise_mysql_exception(bytes(held[start:stop]))
            if size == _FULL:
                stop = _unite(conn, held, start)
            places.add(start, stop)
            at = stop
        if at >= _BLOCK:
            yield bytes(held[:at]), places
            del held[:at]
            at, places = 0, Places()
        held += _more(conn)


def _unite(conn: Any, held: bytearray, start: int) -> int:
    """Take the heads out of a row that goes over several packets; gives where it ends."""
    stop, size = start + _FULL, _FULL
    while size == _FULL:
        while len(held) - stop < 4:
            held += _more(conn)
        size = _HEAD.unpack_from(held, stop)[0] & _FULL
        del held[stop : stop + 4]
        stop += size
        while len(held) < stop:
            held += _more(conn)
    return stop


def _column(cells: pa.Array[Any], field: Any) -> Any:
    if field.type_code == FIELD_TYPE.BIT:
        width = field.length
        bits = (None if one is None else f"{int.from_bytes(one):0{width}b}" for one in _each(cells))
        return pa.array(bits, pa.string())
    if field.charsetnr == _BINARY and field.type_code in {**_BYTES, **_STRINGS, 255: ""}:
        return pa.array((None if one is None else one.hex() for one in _each(cells)), pa.string())
    text = cells.cast(pa.string())
    if field.type_code in _TIMES and field.scale:
        return _do.replace_substring_regex(text, r"\.?0*$", "")  # as PostgreSQL: 10:00:00.25
    return text


def _each(cells: pa.Array[Any]) -> list[bytes | None]:
    found: list[bytes | None] = cells.to_pylist()
    return found
