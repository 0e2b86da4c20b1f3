"""The flow of a published item for a division on a day: each value says where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from catalog.flow.fields import FIELDS, name_of, shown
from catalog.flow.papers import PREFIX
from catalog.periods import EVERYWHERE, json_day, named_division
from kernel.reads import Read, Rows

_ON = text(
    "SELECT division, local_code, field, begins, ends, origin, value, source, basis, document"
    " FROM catalog.published_flow WHERE version = :version AND item_id = :item"
    " AND begins <= :day AND (ends IS NULL OR :day < ends)"
)
_PAPERS = text(f"{_ON.text} AND field LIKE :papers")


@dataclass(frozen=True)
class FlowValue:
    """One field's value. `division`: '' where it is that of the whole city.

    `origin`: catalogue (the base catalogue's row `source`) or delta (the deviation `source`).
    """

    field: str
    value: Any
    division: str
    local_code: str
    origin: str
    source: str
    begins: date
    ends: date | None
    basis: str | None
    document: str | None

    @property
    def said(self) -> str:
        """Where it comes from, in Chinese."""
        if self.origin == "catalogue":
            return f"基本目录（{self.source}）"
        whose = self.division or "全市"
        return f"{whose}差异第{self.source}号，{self.document}，依据{self.basis}"

    def as_json(self) -> dict[str, Any]:
        """Days as text, with the Chinese of name, value and origin."""
        return {
            **vars(self),
            "begins": json_day(self.begins),
            "ends": json_day(self.ends),
            "name": name_of(self.field),
            "shown": shown(self.field, self.value),
            "said": self.said,
        }


def effective_flow(
    conn: Connection,
    version: int,
    item_id: str,
    division: str | None,
    day: date,
    local_code: str = "",
) -> list[FlowValue]:
    """The fields that have a value, in their order. `division`: as landed, or None for the city.

    What a county's own implementation deviates in outranks its division, that the city's, that the
    base catalogue.
    """
    best = _best(
        conn.execute(_ON, {"version": version, "item": item_id, "day": day}), division, local_code
    )
    return [best[field] for field in FIELDS if field in best]


def papers_read(
    version: int, item_id: str, division: str | None, day: date, local_code: str = ""
) -> Read[list[FlowValue]]:
    """What a place says of single materials on a day, by field; to be read with others."""
    given = {"version": version, "item": item_id, "day": day, "papers": f"{PREFIX}%"}

    def made(rows: Rows) -> list[FlowValue]:
        return [one for _, one in sorted(_best(rows, division, local_code).items())]

    return Read(_PAPERS, given, made)


def _best(rows: Rows, division: str | None, local_code: str) -> dict[str, FlowValue]:
    """By field, what holds for a place."""
    here = named_division(division)
    best: dict[str, FlowValue] = {}
    for row in rows:
        one = FlowValue(
            row.field, row.value, row.division, row.local_code, row.origin, row.source,
            row.begins, row.ends, row.basis, row.document,
        )  # fmt: skip
        if one.division not in (EVERYWHERE, here):
            continue
        if one.local_code and local_code and one.local_code != local_code:
            continue
        best[one.field] = max(best.get(one.field, one), one, key=_weight)
    return best


def _weight(one: FlowValue) -> tuple[bool, bool, bool, int]:
    number = int(one.source) if one.origin == "delta" else 0
    return one.division != EVERYWHERE, bool(one.local_code), one.origin == "delta", number
