"""The bureau's sums out of the tally, and the rows behind each figure.

One query a page reads the period's rows once. Rows name case, material, item, post and day: no
person, no number of one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, text, tuple_

from certs.sums.period import Period, day_of
from certs.waivers.tables import tally
from kernel.errors import BadInput

#: What sums are by, and what rows can be narrowed to.
BY = ("day", "division", "department", "item_id", "demanded", "detail", "source", "outcome")
#: Outcomes of accepted cases whose paper the applicant had to bring.
BROUGHT = ("bring", "could_be_waived")
#: Rows of a page.
PAGE = 50

_SUMS = text("""
SELECT GROUPING(day, division, department, item_id, demanded, detail) AS which,
  day, division, department, item_id, demanded, detail, source, outcome, count(*) AS n
FROM certs.tally WHERE day BETWEEN :begin AND :end
GROUP BY GROUPING SETS ((outcome), (outcome, day), (outcome, division), (outcome, department),
  (outcome, item_id), (outcome, demanded), (outcome, detail, source))
""")
#: GROUPING's bits, the first column the highest: a column that is summed over has a one.
_WHICH = {
    0b111111: "outcome", 0b011111: "day", 0b101111: "division", 0b110111: "department",
    0b111011: "item_id", 0b111101: "demanded", 0b111110: "detail",
}  # fmt: skip


@dataclass(frozen=True)
class Reason:
    """Materials that accepted cases had to bring, by reason and source. `source`: a system's code,
    or the licence types that no system gives, or ''."""

    detail: str
    source: str
    many: int


@dataclass(frozen=True)
class Sums:
    """Of one period, in materials. A mapping is value -> outcome -> how many."""

    outcomes: Mapping[str, int]
    by: Mapping[str, Mapping[Any, Mapping[str, int]]]
    demanded: Mapping[str, int]  # by reason
    reasons: tuple[Reason, ...]  # most first

    def of(self, *outcomes: str) -> int:
        """How many materials came to one of these."""
        return sum(self.outcomes.get(one, 0) for one in outcomes)


@dataclass(frozen=True)
class TallyRow:
    """One material of one case."""

    day: date
    case_number: str
    material_id: str
    material: str
    item_id: str
    division: str
    department: str
    post: str
    verdict: str
    detail: str
    source: str
    demanded: str | None
    outcome: str


def sums(conn: Connection, of: Period) -> Sums:
    """All sums of the period, in one pass over its rows."""
    outcomes: dict[str, int] = {}
    by: dict[str, dict[Any, dict[str, int]]] = {name: {} for name in BY[:4]}
    demanded: dict[str, int] = {}
    reasons: dict[tuple[str, str], int] = {}
    for row in conn.execute(_SUMS, {"begin": of.begin, "end": of.end}).mappings():
        which, outcome, many = _WHICH[row["which"]], row["outcome"], row["n"]
        if which == "outcome":
            outcomes[outcome] = many
        elif which == "demanded":
            if outcome == "demanded":
                demanded[row["demanded"]] = many
        elif which == "detail":
            if outcome in BROUGHT:
                key = row["detail"], row["source"]
                reasons[key] = reasons.get(key, 0) + many
        else:
            by[which].setdefault(row[which], {})[outcome] = many
    found = (Reason(*key, many) for key, many in reasons.items())
    return Sums(outcomes, by, demanded, tuple(sorted(found, key=_most_first)))


def _most_first(one: Reason) -> tuple[int, str, str]:
    return -one.many, one.detail, one.source


def rows(
    conn: Connection,
    of: Period,
    narrowed: Mapping[str, str],
    after: tuple[date, str, str] | None,
    limit: int,
) -> list[TallyRow]:
    """Rows of a period, newest day first, from behind `after` (day, case, material).

    `narrowed`: column of BY -> value; `outcome` may name several, by commas. Raises BadInput on
    another column.
    """
    t = tally.c
    key = tuple_(t.day, t.case_number, t.material_id)
    query = select(*(t[name] for name in TallyRow.__dataclass_fields__))
    query = query.where(t.day.between(of.begin, of.end), *_narrow(narrowed))
    if after is not None:
        query = query.where(key < tuple_(*after))
    query = query.order_by(t.day.desc(), t.case_number.desc(), t.material_id.desc()).limit(limit)
    return [TallyRow(*row) for row in conn.execute(query)]


def _narrow(narrowed: Mapping[str, str]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for name, value in narrowed.items():
        if name not in BY:
            raise BadInput(f"rows are narrowed by {', '.join(BY)}, not by {name}")
        column = tally.c[name]
        if name == "outcome":
            found.append(column.in_(value.split(",")))
        elif name == "day":
            found.append(column == day_of(value))
        else:
            found.append(column == value)
    return found
