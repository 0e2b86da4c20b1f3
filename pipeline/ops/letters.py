"""The letter to the owner of a system (协调函): when it was out of order, and what that did.

Facts only. The portal puts them into the words of an official letter; a person reads, signs and
sends it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from typing import Final

from sqlalchemy import Connection, text

from catalog.questions.papers import types_by_system
from catalog.versions.read import current_version
from kernel.clock import CITY_TIME
from kernel.errors import BadInput
from kernel.house import House
from pipeline.ops import outages
from pipeline.ops.outages import Outage
from pipeline.ops.paper_rows import Affected, Letter
from pipeline.sync import system_of

LOOKED_BACK: Final = timedelta(days=30)
#: Of the items that ask to prove what one of the types proves: live cases opened in a time.
_CASES: Final = text(
    "WITH asked AS (SELECT DISTINCT item_id FROM catalog.published_material"
    " WHERE version = :version AND purpose = 'prove' AND licence_types && cast(:types AS text[])),"
    " codes AS (SELECT item_id, item_id AS code FROM asked UNION"
    " SELECT item_id, local_code FROM catalog.published_mapping WHERE version = :version)"
    " SELECT i.name, count(DISTINCT c.case_number) FROM asked a"
    " JOIN codes k ON k.item_id = a.item_id"
    " JOIN catalog.published_item i ON i.version = :version AND i.item_id = a.item_id"
    ' JOIN landing."case" c ON c.item_code = k.code'
    " WHERE c.opened >= :since AND c.opened < :until AND c.deleted_at IS NULL AND NOT c.withheld"
    " GROUP BY i.item_id, i.name"
)
_PROMISED: Final = text(
    "WITH m AS (SELECT item_id, material_id, licence_types FROM catalog.published_material"
    " WHERE version = :version UNION SELECT item_id, split_part(field, ':', 2),"
    " ARRAY(SELECT jsonb_array_elements_text(value -> 'licence_types'))"
    " FROM catalog.published_flow WHERE version = :version AND field LIKE 'material:%'"
    " AND value ->> 'asks' = 'true')"
    " SELECT count(DISTINCT p.id) FROM certs.promise p JOIN m"
    " ON m.item_id = p.item_id AND m.material_id = p.material_id"
    " WHERE m.licence_types && cast(:types AS text[])"
    " AND p.made_at >= :since AND p.made_at < :until"
)


def letter(house: House, code: str, since: date | None, until: date | None) -> Letter:
    """About the outages of these days, both counted; else of the last thirty.

    Raises BadInput for days in the wrong order or to come.
    """
    system, now = system_of(house, code), house.clock()
    today = now.astimezone(CITY_TIME).date()
    last = until or today
    first = since or last - LOOKED_BACK
    if first > last or first > today:
        raise BadInput("开始日期要在结束日期之前，并且不能晚于今天。")
    begin = datetime.combine(first, clock_time(), CITY_TIME)
    end = min(datetime.combine(last, clock_time(), CITY_TIME) + timedelta(days=1), now)
    types = sorted(types_by_system({code: system}).get(code, ()))
    with house.engine.connect() as conn:
        found = outages.of_system(conn, code, begin, end)
        spans = [(max(one.began, begin), min(one.ended or now, end)) for one in found]
        return Letter(
            code=code,
            system=system.name,
            level=system.level,
            department=system.department,
            contact=system.contact,
            since=first,
            until=last,
            made_at=now,
            outages=tuple(found),
            types=tuple(types),
            affected=_affected(conn, types, spans),
            hours=sum((till - start).total_seconds() for start, till in spans) / 3600,
        )


def _affected(
    conn: Connection, types: Sequence[str], spans: Iterable[tuple[datetime, datetime]]
) -> Affected:
    """A case counts once: outages do not overlap, and it is opened once."""
    version, items, promised = current_version(conn), Counter[str](), 0
    for since, until in spans:
        about = {"version": version, "types": list(types), "since": since, "until": until}
        items.update({row[0]: int(row[1]) for row in conn.execute(_CASES, about)})
        promised += int(conn.scalar(_PROMISED, about) or 0)
    ordered = sorted(items.items(), key=lambda one: (-one[1], one[0]))
    return Affected(sum(items.values()), tuple(ordered), promised)


def outage_hours(one: Outage, now: datetime) -> float:
    """How long an outage lasted, until now when it goes on."""
    return ((one.ended or now) - one.began).total_seconds() / 3600
