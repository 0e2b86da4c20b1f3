"""What one entry of the ledger tells: events read out of the tables that it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, text

from certs.events.kinds import Event, Kind, Position
from landing.several import holders_of
from ledger.events import moment
from registry import licence_types

#: Events of one entry that are read at a time.
PAGE: Final = 512
_LICENCE = """
SELECT c.{place} AS place, c.id, c.system, c.type, c.standing, c.issuer, c.version, c.issued,
       c.valid_from, c.valid_to, c.published_at, c.ended_at, c.key_hash,
       coalesce((SELECT s.was FROM certs.licence_state s WHERE s.licence_id = c.id
                 ORDER BY s.id LIMIT 1), c.state) AS state,
       l.holder_hash, l.co_holder_hash
FROM {rows}
LEFT JOIN landing.licence l
  ON l.system = c.system AND l.stream = c.stream AND l.key_hash = c.key_hash
WHERE {which} ORDER BY place LIMIT :page
"""
_PUBLISHED = text(
    _LICENCE.format(
        place="leaf_index",
        rows="certs.seal_batch b JOIN certs.licence c ON c.seal_batch = b.id",
        which="b.root = :root AND c.leaf_index >= :place",
    )
)
_ENDED = text(
    _LICENCE.format(
        place="seal_batch * 4096 + c.leaf_index",  # the same whatever is erased meanwhile
        rows="certs.licence c",
        which="c.system = :system AND c.ended_at = :at AND c.state <> 'superseded'"
        " AND c.seal_batch * 4096 + c.leaf_index >= :place",
    )
)
_FINISHED = text("""
SELECT f.id - :first AS place, f.case_number, f.item_code, f.department, f.state, f.closed, f.at,
       c.holder_hash
FROM landing.finished f
LEFT JOIN landing."case" c
  ON c.system = f.system AND c.stream = f.stream AND c.key_hash = f.key_hash
WHERE f.id BETWEEN :first AND :last AND f.entry = :entry AND f.id >= :first + :place
ORDER BY f.id LIMIT :page
""")
_CORRECTION = text("""
SELECT id, system, licence_type, department, answer, answered_at, key_hash, case_number
FROM certs.correction WHERE id = :number
""")
Body = Mapping[str, Any]
Reader = Callable[[Connection, int, Body, int], Iterator[Event]]


def _published(conn: Connection, entry: int, body: Body, place: int) -> Iterator[Event]:
    asked = {"root": body["root"], "place": place, "page": PAGE}
    for row in conn.execute(_PUBLISHED, asked):
        yield _of_licence(entry, _kind(row), row, row.published_at)


def _kind(row: Row[Any]) -> Kind:
    """What a new version tells."""
    if row.state == "revoked":
        return "licence.revoked"
    if row.state == "suspended":
        return "licence.suspended"
    return "licence.issued" if row.version == 1 else "licence.changed"


def _ended(conn: Connection, entry: int, body: Body, place: int) -> Iterator[Event]:
    at = datetime.fromisoformat(body["at"])
    asked = {"system": body["system"], "at": at, "place": place, "page": PAGE}
    for row in conn.execute(_ENDED, asked):
        yield _of_licence(entry, "licence.ended", row, at)


def _of_licence(entry: int, kind: Kind, row: Row[Any], at: datetime) -> Event:
    holders = holders_of(row.holder_hash, row.co_holder_hash)
    department = licence_types.load()[row.type].department
    data = {
        "licence": row.id,
        "licence_type": row.type,
        "standing": row.standing,
        "state": "gone" if kind == "licence.ended" else row.state,
        "version": row.version,
        "issuer": row.issuer,
        "department": department,
        "system": row.system,
        "issued": _day(row.issued),
        "valid_from": _day(row.valid_from),
        "valid_to": _day(row.valid_to),
    }
    place, types = Position(entry, int(row.place)), frozenset({str(row.type)})
    return Event(place, kind, at, f"licence/{row.key_hash}", types, department, holders, data)


def _finished(conn: Connection, entry: int, body: Body, place: int) -> Iterator[Event]:
    asked = {
        "first": body["first_id"], "last": body["last_id"], "entry": entry, "place": place,
        "page": PAGE,
    }  # fmt: skip
    for row in conn.execute(_FINISHED, asked):
        data = {
            "case": row.case_number,
            "item_code": row.item_code,
            "department": row.department,
            "outcome": row.state,
            "closed": moment(row.closed) if row.closed is not None else None,
        }
        at, subject = Position(entry, int(row.place)), f"case/{row.case_number}"
        yield Event(
            at, "approval.finished", row.at, subject, frozenset(), row.department,
            [row.holder_hash] if row.holder_hash is not None else [], data,
        )  # fmt: skip


def _waiver(_: Connection, entry: int, body: Body, place: int) -> Iterator[Event]:
    if place == 0:
        data = {name: body[name] for name in ("list", "document", "types")}
        at = datetime.fromisoformat(body["at"])
        types = frozenset(body["types"])
        yield Event(Position(entry, 0), "waiver.published", at, "waivers", types, None, (), data)


def _answered(conn: Connection, entry: int, body: Body, place: int) -> Iterator[Event]:
    row = conn.execute(_CORRECTION, {"number": body["correction"]}).one_or_none()
    if row is None or place > 0:
        return
    data = {
        "correction": row.id,
        "licence_type": row.licence_type,
        "department": row.department,
        "system": row.system,
        "outcome": body["outcome"],
        "case": row.case_number,
    }
    at = datetime.fromisoformat(body["at"])
    yield Event(
        Position(entry, 0), "correction.answered", at, f"licence/{row.key_hash}",
        frozenset({str(row.licence_type)}), row.department, (), data,
    )  # fmt: skip


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


#: By the name of an entry; what is not here tells nothing to receivers.
READERS: Final[Mapping[str, Reader]] = {
    "licence.published": _published,
    "licence.ended": _ended,
    "case.finished": _finished,
    "waiver.published": _waiver,
    "correction.answered": _answered,
}
