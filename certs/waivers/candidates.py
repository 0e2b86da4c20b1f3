"""The applicant's licences: landed ones, and what look-up systems have just answered.

Licences are read by the applicant's keyed hash only: there is no other way to search for one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, text

from certs.licences.standing import standing_on
from certs.rights.right import LicenceFacts
from certs.waivers.sources import Source, by_stream
from kernel.clock import CITY_TIME
from kernel.house import House
from kernel.reads import Read, together
from landing.asked import Answer, holders_in
from landing.several import holders_of
from landing.tables import AMONG_HOLDERS
from registry import licence_types, waivers
from registry.waivers import Waiver

#: How long a look-up's answer may be used for its case before it must be asked again.
ANSWER_AGE = timedelta(hours=8)
#: Landed licences of one holder, live ones first, with the published version of the same row.
LANDED = text(f"""
SELECT l.*, c.id AS licence_id, c.seal_batch, k.complete_at, EXISTS (
  SELECT 1 FROM certs.correction w
  WHERE w.system = l.system AND w.stream = l.stream AND w.key_hash = l.key_hash
    AND w.row_hash = l.row_hash AND w.answer IS DISTINCT FROM 'refused'
) AS marked
FROM (
  SELECT * FROM landing.licence WHERE holder_hash = :holder AND type = ANY(:types)
  UNION
  SELECT * FROM landing.licence WHERE co_holder_hash = :holder AND type = ANY(:types)
  UNION
  SELECT * FROM landing.licence WHERE {AMONG_HOLDERS} AND type = ANY(:types)
) l
LEFT JOIN certs.licence c
  ON c.system = l.system AND c.stream = l.stream AND c.key_hash = l.key_hash
 AND c.ended_at IS NULL AND c.row_hash = l.row_hash
LEFT JOIN landing.cursor k ON k.system = l.system AND k.stream = l.stream
ORDER BY (l.deleted_at IS NULL AND NOT l.withheld) DESC, l.issued DESC NULLS LAST, l.key_hash
""")  # noqa: S608  (a constant of the tables)


@dataclass(frozen=True)
class Candidate:
    """One licence of the applicant, landed or just asked."""

    type: str
    source: Source
    facts: LicenceFacts
    standing: str
    batch: str
    source_time: datetime | None
    as_of: datetime | None
    licence_id: str | None = None  # of the published version
    seal_batch: int | None = None
    answer: Mapping[str, Any] | None = None  # values of a look-up's answer
    waiver: Waiver | None = None  # what the departments have said of the type
    issued: date | None = None
    row: tuple[str, str] | None = None  # key hash and row hash of what landed


def candidates(
    house: House, conn: Connection, holder: str, types: Iterable[str], answers: Iterable[Answer]
) -> list[Candidate]:
    """The holder's licences of these types: landed ones and those just asked."""
    wanted = set(types)
    with together(conn) as ask:
        landed = ask(landed_read(house, holder, wanted))
        said = ask(waivers.current_read(wanted))
    return with_waivers([*landed(), *asked_for(house, answers, wanted)], said())


def landed_read(house: House, holder: str, types: Collection[str]) -> Read[list[Candidate]]:
    """The holder's landed licences of these types; what waives them is not said yet."""
    given = {"holder": holder, "types": sorted(types)}
    return Read(LANDED, given, lambda rows: [
        one for row in rows if (one := _landed(house, row)) is not None
    ])  # fmt: skip


def asked_for(house: House, answers: Iterable[Answer], types: Collection[str]) -> list[Candidate]:
    """The licences of these types that look-up systems have just given."""
    made = (
        _asked(house, answer, values)
        for answer in answers
        for values in answer.licences
        if values["type"] in types
    )
    return [one for one in made if one is not None]


def with_waivers(found: Iterable[Candidate], said: Mapping[str, Waiver]) -> list[Candidate]:
    """The licences, each with what the departments have said of its type."""
    return [replace(one, waiver=said.get(one.type)) for one in found]


def _landed(house: House, row: Row[Any]) -> Candidate | None:
    source = by_stream(house.settings.home, row.system, row.stream)
    if source is None:
        return None
    kind = licence_types.load()[row.type]
    facts = LicenceFacts(
        holders=frozenset(holders_of(row.holder_hash, row.co_holder_hash)),
        status=row.status,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        live=row.deleted_at is None and not row.withheld,
        published=row.licence_id is not None,
        complete_at=row.complete_at,
        longest_age=timedelta(hours=kind.longest_age_hours),
        marked=row.marked,
        granted_until=source.granted_until,
        share=source.share,
    )
    return Candidate(
        type=row.type,
        source=source,
        facts=facts,
        standing=standing_on(kind, house.clock().astimezone(CITY_TIME).date()),
        batch=row.batch,
        source_time=row.source_time,
        as_of=row.complete_at,
        licence_id=row.licence_id,
        seal_batch=row.seal_batch,
        issued=row.issued,
        row=(row.key_hash, row.row_hash),
    )


def _asked(house: House, answer: Answer, values: Mapping[str, Any]) -> Candidate | None:
    source = by_stream(house.settings.home, answer.system, answer.stream)
    if source is None:
        return None
    facts = LicenceFacts(
        holders=frozenset(holders_in(values)),
        status=str(values["status"]),
        valid_from=_day(values.get("valid_from")),
        valid_to=_day(values.get("valid_to")),
        live=True,
        published=True,
        complete_at=answer.asked_at,
        longest_age=ANSWER_AGE,
        marked=False,  # nothing of an answer is kept that could be marked
        granted_until=source.granted_until,
        share=source.share,
    )
    updated = values.get("source_time")
    return Candidate(
        type=str(values["type"]),
        source=source,
        facts=facts,
        standing="data only",
        batch=f"{answer.system}/{answer.stream}/asked",
        source_time=datetime.fromisoformat(updated) if updated else None,
        as_of=answer.asked_at,
        answer=values,
        issued=_day(values.get("issued")),
    )


def _day(text_: str | None) -> date | None:
    return date.fromisoformat(text_) if text_ else None
