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

#: Items that a period's sums name: those of most papers saved.
TOP = 15
_SUMS = """
SELECT by, value, outcome, sum(n) AS n FROM certs.tally_sum
WHERE by <> 'item_id' AND ({spans}) GROUP BY by, value, outcome
"""
_DAYS = text(
    "SELECT day, outcome, n FROM certs.tally_sum"
    " WHERE grain = 'day' AND by = 'all' AND day BETWEEN :begin AND :end"
)
_ITEMS = """
WITH every AS (
  SELECT value, outcome, sum(n) AS n FROM certs.tally_sum
  WHERE by = 'item_id' AND ({spans}) GROUP BY value, outcome
), top AS (
  SELECT value FROM every GROUP BY value
  ORDER BY coalesce(sum(n) FILTER (WHERE outcome = 'saved'), 0) DESC, sum(n) DESC, value
  LIMIT :top
)
SELECT value, outcome, n FROM every WHERE value IN (SELECT value FROM top)
"""


@dataclass(frozen=True)
class Reason:
    """Materials that accepted cases had to bring, by reason and source. `source`: a system's code,
    or the licence types that no system gives, or ''."""

    detail: str
    source: str
    many: int


@dataclass(frozen=True)
class Sums:
    """Of one period, in materials. A mapping is value -> outcome -> how many; of items: the TOP."""

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
    """All sums of the period, out of those of its months and of the days beside them."""
    outcomes: dict[str, int] = {}
    by: dict[str, dict[Any, dict[str, int]]] = {name: {} for name in BY[:4]}
    demanded: dict[str, int] = {}
    reasons: dict[tuple[str, str], int] = {}
    spans, days = _spans(of)
    for name, value, outcome, many in conn.execute(text(_SUMS.format(spans=spans)), days):
        if name == "all":
            outcomes[outcome] = int(many)
        elif name == "demanded":
            if outcome == "demanded":
                demanded[value] = int(many)
        elif name == "detail":
            if outcome in BROUGHT:
                detail, _, source = value.partition("\t")
                reasons[detail, source] = reasons.get((detail, source), 0) + int(many)
        else:
            by[name].setdefault(value, {})[outcome] = int(many)
    for day, outcome, many in conn.execute(_DAYS, {"begin": of.begin, "end": of.end}):
        by["day"].setdefault(day, {})[outcome] = many
    for value, outcome, many in conn.execute(text(_ITEMS.format(spans=spans)), days | {"top": TOP}):
        by["item_id"].setdefault(value, {})[outcome] = int(many)
    found = (Reason(*key, many) for key, many in reasons.items())
    return Sums(outcomes, by, demanded, tuple(sorted(found, key=_most_first)))


def _spans(of: Period) -> tuple[str, dict[str, Any]]:
    """The period as a condition on grain and day, and the days in it."""
    parts, days = [], dict[str, Any]()
    for number, (grain, begin, end) in enumerate(of.spans()):
        parts.append(f"(grain = '{grain}' AND day BETWEEN :begin{number} AND :end{number})")
        days |= {f"begin{number}": begin, f"end{number}": end}
    return " OR ".join(parts), days


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
