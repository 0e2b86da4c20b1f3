"""The whole log as one file that an auditor checks without the database: JSON, one object a line.

First the head line, then every entry with the root after it, each signed head behind the last
entry that it covers, at the end how many there were. `ledger.audit` reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, select

from kernel.canonical import canonical
from kernel.house import House
from ledger.events import moment
from ledger.files import head_facts, key_facts
from ledger.heads import head_of
from ledger.tables import entry, head

FORMAT = "zhongtai-ledger-export-1"


def export(house: House, file: Path) -> int:
    """Write the log as it is now, in one consistent view; how many entries.

    The file is there whole or not at all. Memory does not grow with the log.
    """
    view = house.engine.execution_options(isolation_level="REPEATABLE READ")
    draft = file.with_name(f".{file.name}.new")
    count = 0
    with view.connect() as conn, draft.open("wb") as out:
        out.write(canonical(_about(house)) + b"\n")
        for line in _lines(conn):
            out.write(line + b"\n")
            count += line.startswith(b'{"body"')
        out.write(canonical({"end": count}) + b"\n")
    draft.replace(file)
    return count


def _about(house: House) -> dict[str, object]:
    return {
        "format": FORMAT,
        "exported_at": moment(house.clock()),
        "profile": house.profile.name,
        "public_keys": key_facts(house.keys.ledger.known()),
    }


def _lines(conn: Connection) -> Iterator[bytes]:
    """Entries and heads side by side, each head behind the last entry that it covers."""
    streamed = conn.execution_options(stream_results=True, yield_per=2000)
    facts = select(entry.c.seq, entry.c.body, entry.c.root)
    entries = streamed.execute(facts.order_by(entry.c.seq))
    heads = streamed.execute(select(head).order_by(head.c.size))
    with entries, heads:
        signed = next(heads, None)
        for row in entries:
            yield canonical({"body": row.body, "root": bytes(row.root).hex(), "seq": row.seq})
            while signed is not None and signed.size <= row.seq + 1:
                yield _head(signed)
                signed = next(heads, None)
        while signed is not None:  # of entries that are gone: the auditor must see them
            yield _head(signed)
            signed = next(heads, None)


def _head(row: Row[Any]) -> bytes:
    return canonical({"head": head_facts(head_of(row))})
