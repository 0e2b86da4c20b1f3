"""Who decides a published item on a day: the bureau's periods before the item system's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from catalog.deciding.bodies import BUREAU, MANNER_NAMES
from catalog.periods import EVERYWHERE, json_day, named_division
from kernel.reads import Read, Rows, read

_ON = text(
    "SELECT item_id, division, origin, begins, ends, department, manner, on_behalf_of, document,"
    " basis FROM catalog.published_deciding WHERE version = :version AND item_id = ANY(:items)"
    " AND begins <= :day AND (ends IS NULL OR :day < ends)"
)


@dataclass(frozen=True)
class DecidingBody:
    """Who decides. `department`: None where the item is exempted, so that nobody does."""

    item_id: str
    division: str  # '' everywhere
    origin: str  # source | bureau
    begins: date
    ends: date | None
    department: str | None
    manner: str
    on_behalf_of: str | None
    document: str | None
    basis: str | None

    def as_json(self) -> dict[str, Any]:
        """Days as text, and where it comes from in Chinese."""
        return {
            **vars(self),
            "begins": json_day(self.begins),
            "ends": json_day(self.ends),
            "said": self.said,
        }

    @property
    def said(self) -> str:
        """One sentence: who, how, by which document."""
        who = self.department or "无需办理"
        name = f"（受{self.on_behalf_of}委托）" if self.on_behalf_of else ""
        basis = f"，依据{self.document}" if self.document else "，按事项系统所列"
        return f"{MANNER_NAMES[self.manner]}：{who}{name}{basis}"


def deciding_body(
    conn: Connection, version: int, item_id: str, division: str | None, day: date
) -> DecidingBody | None:
    """Who decides an item in a division (as landed) on a day; None where no period is known."""
    return read(conn, body_read(version, item_id, division, day))


def body_read(
    version: int, item_id: str, division: str | None, day: date
) -> Read[DecidingBody | None]:
    """The same, to be read together with others."""
    given = {"version": version, "items": [item_id], "day": day}
    return Read(_ON, given, lambda rows: _best(rows, division).get(item_id))


def bodies_on(
    conn: Connection, version: int, items: Iterable[str], division: str | None, day: date
) -> dict[str, DecidingBody]:
    """The same for several items, by id."""
    where = {"version": version, "items": sorted(set(items)), "day": day}
    return _best(conn.execute(_ON, where), division)


def _best(rows: Rows, division: str | None) -> dict[str, DecidingBody]:
    here = named_division(division)
    best: dict[str, DecidingBody] = {}
    for row in rows:
        one = DecidingBody(*row)
        if one.division in (EVERYWHERE, here):
            other = best.setdefault(one.item_id, one)
            best[one.item_id] = max(one, other, key=_weight)
    return best


def _weight(one: DecidingBody) -> tuple[bool, bool]:
    return one.origin == BUREAU, one.division != EVERYWHERE
