"""Publish: a snapshot of the catalogue under a new number, when its content changed.

A published version is never changed: the database refuses it. After a roll-back nothing new is
published until a person says so, else the next run would undo it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, insert, text

from catalog.deciding.source import follow_source
from catalog.tables import LOCK
from catalog.tables import version as version_table
from catalog.versions.content import COLUMNS, Content, content_now, digest_of
from kernel import logs
from kernel.clock import CITY_TIME
from kernel.db import copy_rows, lock
from kernel.house import House
from ledger import log
from ledger.events import EventName, event

#: How the ledger calls what a version holds.
_FACTS = {"mapping": "mappings", "material": "materials"}
_COUNTED = ("item", "mapping", "material")


def publish(house: House, by: str) -> int:
    """Publish what is unified; the version's number. Unchanged content: the number it has."""
    with house.engine.begin() as conn:
        lock(conn, LOCK)
        last = conn.execute(
            text("SELECT number, digest FROM catalog.version ORDER BY number DESC LIMIT 1")
        ).first()
        if last is not None and held(conn):
            return int(last[0])
        at = house.clock()
        follow_source(conn, at.astimezone(CITY_TIME).date(), at)
        content = content_now(conn)
        digest = digest_of(content)
        if last is not None and last[1] == digest:
            return int(last[0])
        number = 1 if last is None else int(last[0]) + 1
        write(conn, number, content)
        facts = {"number": number, "digest": digest, "published_at": at, "by": by}
        announce(conn, "catalogue.published", facts, counts_of(content))
    logs.info("catalogue published", version=number)
    return number


def held(conn: Connection) -> bool:
    """Whether a roll-back holds publishing back."""
    found = conn.execute(text("SELECT 1 FROM catalog.publishing_hold WHERE ended_at IS NULL"))
    return found.first() is not None


def write(conn: Connection, number: int, content: Content) -> None:
    """The rows of a version, before the version itself: behind it nothing can be added."""
    for kind, rows in content.items():
        packs = [_PACKS.get((kind, name), _same) for name in COLUMNS[kind]]
        copy_rows(
            conn,
            f"catalog.published_{kind}",
            ("version", *COLUMNS[kind]),
            ((number, *(pack(v) for pack, v in zip(packs, row, strict=True))) for row in rows),
        )


def counts_of(content: Content) -> dict[str, int]:
    """Rows by kind, of those that are counted."""
    return {kind: len(content[kind]) for kind in _COUNTED}


def announce(
    conn: Connection, name: EventName, facts: dict[str, Any], counts: dict[str, int]
) -> None:
    """The version's own row and its entry in the ledger."""
    conn.execute(
        insert(version_table).values(
            **facts, items=counts["item"], mappings=counts["mapping"], materials=counts["material"]
        )
    )
    at: datetime = facts["published_at"]
    said = {_FACTS[kind]: count for kind, count in counts.items() if kind in _FACTS}
    body = event(
        at, name, facts["by"], version=facts["number"], digest=facts["digest"],
        catalogue_version=facts.get("equal_to"), **said,
    )  # fmt: skip
    log.append(conn, body)


def _same(value: Any) -> Any:
    return value


def _listed(value: Any) -> Any:
    return None if value is None else Jsonb(value)


#: Columns that hold JSON, by kind and name.
_PACKS: Final[dict[tuple[str, str], Callable[[Any], Any]]] = {
    ("flow", "value"): Jsonb, ("declared", "steps"): _listed, ("declared", "results"): _listed,
}  # fmt: skip
