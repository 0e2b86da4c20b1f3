"""What one holder may see of the ledger: which office did what with their data, when, for what.

Entries are found by the holder's keyed hash. An entry that an order withholds is left out until
its day; nothing tells that it is.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, text
from sqlalchemy.dialects.postgresql import insert

from kernel.errors import BadInput
from ledger.tables import entry, withheld

#: What concerns a holder, as the holder may see it.
SHOWN = frozenset(
    {
        "look.granted",
        "look.refused",
        "plan.made",
        "plan.refused",
        "lookup.asked",
        "case.opened",
        "form.filled",
        "form.refused",
        "answer.given",
        "answer.refused",
        "scan.used",
        "package.made",
        "order.looked",
        "wallet.issued",
    }
)
MOST = 1000
BEYOND = 2**62
#: The first two conditions are those of the index `entry_holder`.
NEWEST = text("""
SELECT e.seq, e.body FROM ledger.entry e LEFT JOIN ledger.withheld w USING (seq)
WHERE (e.body::jsonb ->> 'holder') = ANY(:holders) AND e.body LIKE '%"holder":%'
  AND e.body::jsonb ->> 'event' = ANY(:shown) AND e.seq < :before
  AND (w.seq IS NULL OR w.withheld_until <= :now)
ORDER BY e.seq DESC LIMIT :limit
""")


@dataclass(frozen=True)
class Seen:
    """One entry about a holder. `office`: the post's code; what is None was not part of it."""

    seq: int
    at: datetime
    event: str
    office: str | None
    item: str | None  # id in the catalogue
    case: str | None
    material: str | None
    licence_type: str | None
    system: str | None
    purpose: str | None
    reason: str | None  # why it was refused
    copy: str | None


def of_holder(
    conn: Connection,
    holders: Collection[str],
    now: datetime,
    *,
    before: int | None = None,
    limit: int = 200,
) -> list[Seen]:
    """The newest entries about a holder, the newest first.

    `holders`: the holder's keyed hashes (one, unless the hash key was changed). `before`: only
    entries with a smaller number, to go on. Raises BadInput on a limit beyond 1 to 1000.
    """
    if not 1 <= limit <= MOST:
        raise BadInput(f"a page of entries has 1 to {MOST}, not {limit}")
    facts = {"holders": sorted(holders), "shown": sorted(SHOWN), "now": now, "limit": limit}
    rows = conn.execute(NEWEST, {**facts, "before": BEYOND if before is None else before})
    return [_seen(row.seq, json.loads(row.body)) for row in rows]


def withhold(
    conn: Connection, seq: int, until: datetime, document: str, by: str, at: datetime
) -> None:
    """Withhold an entry from its holder until a time, under an order's document. Later wins.

    The caller has checked the order and appends to the ledger. Raises BadInput when there is no
    such entry, or the time has no zone.
    """
    if until.tzinfo is None:
        raise BadInput("the time until which an entry is withheld needs a time zone")
    if conn.execute(select(entry.c.seq).where(entry.c.seq == seq)).scalar_one_or_none() is None:
        raise BadInput(f"the ledger has no entry {seq}")
    values = {"withheld_until": until, "document": document, "by": by, "at": at}
    written = insert(withheld).values(seq=seq, **values)
    conn.execute(
        written.on_conflict_do_update(
            index_elements=["seq"], set_=values, where=withheld.c.withheld_until < until
        )
    )


def _seen(seq: int, body: dict[str, Any]) -> Seen:
    names = ("item", "case", "material", "licence_type", "system", "purpose", "reason", "copy")
    facts = {name: body.get(name) for name in names}
    at = datetime.fromisoformat(body["at"])
    return Seen(seq=seq, at=at, event=body["event"], office=body.get("post"), **facts)
