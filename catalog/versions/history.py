"""The versions that were published, each as it was; going back to one; letting publishing go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, text

from catalog.tables import LOCK, metadata
from catalog.tables import version as version_table
from catalog.versions.content import COLUMNS, Content, digest_of
from catalog.versions.publish import announce, counts_of, held, write
from kernel.db import lock
from kernel.errors import BadInput, Stop
from kernel.house import House
from ledger import log
from ledger.events import event

#: How many leading columns name a row of each kind.
KEYS = {
    "item": 1, "mapping": 1, "material": 3, "deciding": 4, "flow": 6, "declared": 1, "field": 2,
}  # fmt: skip
_ORDER = {
    "material": ("item_id", "situation", "order", "material_id"),
}


@dataclass(frozen=True)
class VersionRow:
    """A published version. `equal_to`: the older one that a roll-back repeats."""

    number: int
    digest: str
    published_at: datetime
    by: str
    items: int
    mappings: int
    materials: int
    equal_to: int | None
    why: str | None


def versions(conn: Connection) -> list[VersionRow]:
    """All, the newest first."""
    names = tuple(VersionRow.__dataclass_fields__)
    query = select(*(version_table.c[name] for name in names))
    rows = conn.execute(query.order_by(version_table.c.number.desc()))
    return [VersionRow(**row._mapping) for row in rows]


def known(conn: Connection, number: int | None) -> int:
    """A version's number; None: the newest. Raises BadInput where there is no such version."""
    there = [one.number for one in versions(conn)]
    if not there:
        raise BadInput("no catalogue is published yet: run `zhongtai publish`")
    if number is None:
        return there[0]
    if number not in there:
        raise BadInput(f"there is no catalogue version {number}: there are 1 to {there[0]}")
    return number


def content_of(conn: Connection, number: int) -> Content:
    """What a version holds, in the order in which it was written."""
    content: Content = {}
    for kind, columns in COLUMNS.items():
        table = metadata.tables[f"catalog.published_{kind}"]
        rows = conn.execute(
            select(*(table.c[name] for name in columns)).where(table.c.version == number)
        )
        order = [columns.index(one) for one in _ORDER.get(kind, columns[: KEYS[kind]])]
        content[kind] = sorted(
            (tuple(row) for row in rows), key=lambda row: [row[place] for place in order]
        )
    return content


def verify(conn: Connection, number: int) -> Content:
    """The content of a version, compared with its digest. Raises Stop where it is another one."""
    content = content_of(conn, number)
    digest = conn.execute(
        select(version_table.c.digest).where(version_table.c.number == number)
    ).scalar_one()
    if digest_of(content) != digest:
        raise Stop(f"catalogue version {number} does not hold what its digest says")
    return content


def rollback(house: House, number: int, by: str, why: str) -> int:
    """A new version equal to an old one; its number. Publishing is held until `release`.

    Raises BadInput where there is no such version, no reason, or nothing to go back from; Stop
    where the old one is not as it was published.
    """
    with house.engine.begin() as conn:
        lock(conn, LOCK)
        _why(why)
        newest = versions(conn)[:1]
        known(conn, number)
        content = verify(conn, number)
        digest = digest_of(content)
        if newest[0].digest == digest:
            raise BadInput(f"version {newest[0].number} in force is the same as version {number}")
        made = newest[0].number + 1
        write(conn, made, content)
        at = house.clock()
        facts: dict[str, Any] = {
            "number": made, "digest": digest, "published_at": at, "by": by, "equal_to": number,
            "why": why.strip(),
        }  # fmt: skip
        announce(conn, "catalogue.rolled_back", facts, counts_of(content))
        if not held(conn):
            conn.execute(
                text(
                    "INSERT INTO catalog.publishing_hold (version, since, by, why)"
                    " VALUES (:version, :at, :by, :why)"
                ),
                {"version": made, "at": at, "by": by, "why": why.strip()},
            )
        return made


def release(house: House, by: str, why: str) -> None:
    """Let publishing go on after a roll-back. Raises BadInput where nothing holds it."""
    with house.engine.begin() as conn:
        lock(conn, LOCK)
        _why(why)
        at = house.clock()
        ended = conn.execute(
            text(
                "UPDATE catalog.publishing_hold SET ended_at = :at, ended_by = :by,"
                " ended_why = :why WHERE ended_at IS NULL RETURNING version"
            ),
            {"at": at, "by": by, "why": why.strip()},
        ).scalar()
        if ended is None:
            raise BadInput("nothing holds publishing back: only a roll-back does")
        log.append(conn, event(at, "catalogue.released", by, version=ended))


def _why(why: str) -> None:
    if not why.strip():
        raise BadInput("a roll-back, and going on after it, needs a reason")
