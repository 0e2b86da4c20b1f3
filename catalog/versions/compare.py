"""Counties side by side for one item: who decides, flow, materials; what is not yet reviewed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from catalog.flow.fields import DECLARED, FIELDS, agrees, shown
from catalog.periods import division_of, named_division
from catalog.versions.asked import applied, asked_of
from catalog.versions.bodies import DecidingBody, deciding_body
from catalog.versions.flows import FlowValue, effective_flow, papers_read
from catalog.versions.guides import Written, written
from catalog.versions.published import PublishedMaterial
from catalog.versions.read import item_of_code
from kernel.errors import BadInput
from kernel.reads import read

_MAPPED = text(
    "SELECT m.local_code, m.name, m.division, m.department, m.relation, d.limit_days,"
    " d.promise_days, d.fee, d.fee_standard, d.fee_basis, d.steps, d.results"
    " FROM catalog.published_mapping m"
    " LEFT JOIN catalog.published_declared d"
    " ON d.version = m.version AND d.local_code = m.local_code"
    " WHERE m.version = :version AND m.item_id = :item AND m.division IS NOT NULL"
    " ORDER BY m.division, m.local_code"
)
#: A county's own list of today: its papers by canonical id.
_ASKED = text(
    "SELECT DISTINCT r.item_code, p.id, p.name FROM landing.material r"
    " JOIN catalog.judgement j ON j.subject = 'material' AND j.\"left\" = r.name"
    " AND j.undone_at IS NULL AND j.relation = 'same'"
    " CROSS JOIN LATERAL unnest(string_to_array(j.\"right\", ' ')) AS one(id)"
    " JOIN catalog.canonical_material p ON p.id = one.id"
    " WHERE r.deleted_at IS NULL AND NOT r.withheld AND r.need IS DISTINCT FROM false"
    " AND r.item_code = ANY(:codes)"
)


@dataclass(frozen=True)
class County:
    """One implementation. `unreviewed`: fields in which its guide differs from what is in force.

    `papers`: single materials in which an accepted deviation holds there. `materials`: names by
    canonical id as its own list asks; None where it has no list of its own. `more`, `fewer`: what
    that list asks beyond what is in force there, and what it leaves out.
    """

    division: str
    local_code: str
    name: str
    relation: str
    handled_by: str | None
    body: DecidingBody | None
    flow: tuple[FlowValue, ...]
    declared: dict[str, Any]
    unreviewed: tuple[str, ...]
    papers: tuple[FlowValue, ...]
    materials: dict[str, str] | None
    more: tuple[str, ...]
    fewer: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """An item's counties on a day, with the catalogue's own flow and materials."""

    version: int
    item_id: str
    name: str
    day: date
    flow: tuple[FlowValue, ...]
    asked: tuple[PublishedMaterial, ...]  # of the whole city
    counties: tuple[County, ...]

    @property
    def guides(self) -> tuple[Written, ...]:
        """What the guides say, value by value."""
        return written(self.counties, {one.field: one.value for one in self.flow})

    @property
    def materials(self) -> dict[str, str]:
        """Names of the needed ones by canonical id."""
        return _needed(self.asked)

    def as_json(self) -> dict[str, Any]:
        """Days as text."""
        return {
            "version": self.version,
            "item_id": self.item_id,
            "name": self.name,
            "day": self.day.isoformat(),
            "flow": [one.as_json() for one in self.flow],
            "materials": self.materials,
            "guides": [vars(one) for one in self.guides],
            "counties": [
                {
                    **vars(one),
                    "body": one.body.as_json() if one.body else None,
                    "flow": [value.as_json() for value in one.flow],
                    "papers": [value.as_json() for value in one.papers],
                }
                for one in self.counties
            ],
        }


def compare(
    conn: Connection, version: int, item_id: str, only: Sequence[str], day: date
) -> Comparison:
    """The published item's counties, or `only` those divisions. Raises BadInput."""
    item = item_of_code(conn, version, item_id)
    if item is None or item.item_id != item_id:
        raise BadInput(f"catalogue version {version} has no item {item_id}")
    wanted = {division_of(one) for one in only}
    rows = [
        row
        for row in conn.execute(_MAPPED, {"version": version, "item": item_id})
        if not wanted or named_division(row.division) in wanted
    ]
    listed = asked_of(conn, version, item, day)
    asked = _asked(conn, [row.local_code for row in rows])
    counties = []
    for row in rows:
        flow = tuple(effective_flow(conn, version, item_id, row.division, day, row.local_code))
        own = asked.get(row.local_code)
        where = (version, item_id, row.division, day, row.local_code)
        papers = read(conn, papers_read(*where))
        here = _needed(applied(listed, item_id, papers))
        said = {field: row._mapping[field] for field in DECLARED}
        counties.append(
            County(
                named_division(row.division), row.local_code, row.name, row.relation,
                row.department, deciding_body(conn, version, item_id, row.division, day), flow,
                said, _unreviewed(flow, said), tuple(papers), own, *_differ(own, here),
            )
        )  # fmt: skip
    shared = tuple(effective_flow(conn, version, item_id, None, day))
    return Comparison(version, item_id, item.name, day, shared, tuple(listed), tuple(counties))


def table(made: Comparison) -> list[list[str]]:
    """The comparison as rows of text, the heading first: an aspect a row, a county a column.

    A value that the county's guide says otherwise, without an accepted deviation, stands behind.
    """
    heads = ["比较项", "目录", *(_head(one, made.counties) for one in made.counties)]
    rows = [heads, ["事项名称", made.name, *(one.name for one in made.counties)]]
    bodies = [one.body.said if one.body else "未知" for one in made.counties]
    rows.append(["决定机关", "", *bodies])
    rows.append(["承办部门", "", *(one.handled_by or "" for one in made.counties)])
    for field in FIELDS:
        cells = [_cell(field, made.flow, None)]
        cells += [_cell(field, one.flow, one) for one in made.counties]
        rows.append([FIELDS[field].name, *cells])
    own = [str(len(one.materials)) if one.materials else "同目录" for one in made.counties]
    decided = ["；".join(shown(one.field, one.value) for one in c.papers) for c in made.counties]
    rows.append(["材料另有规定", "", *decided])
    rows.append(["必要材料份数", str(len(made.materials)), *own])
    rows.append(["比目录多要", "", *("、".join(one.more) for one in made.counties)])
    rows.append(["比目录少要", "", *("、".join(one.fewer) for one in made.counties)])
    return rows


def _needed(listed: Sequence[PublishedMaterial]) -> dict[str, str]:
    return {one.material_id: one.name for one in listed if one.need}


def _asked(conn: Connection, codes: list[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for code, material_id, name in conn.execute(_ASKED, {"codes": codes}):
        found.setdefault(code, {})[material_id] = name
    return {code: dict(sorted(one.items())) for code, one in found.items()}


def _differ(
    own: dict[str, str] | None, needed: dict[str, str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names that a county asks for beyond what is in force, and those that it leaves out."""
    if own is None:
        return (), ()
    more = sorted(own[one] for one in own if one not in needed)
    return tuple(more), tuple(sorted(needed[one] for one in needed if one not in own))


def _unreviewed(flow: Sequence[FlowValue], said: dict[str, Any]) -> tuple[str, ...]:
    holds = {one.field: one.value for one in flow}
    return tuple(
        field
        for field in DECLARED
        if said[field] is not None and not agrees(field, said[field], holds.get(field))
    )


def _head(one: County, counties: Sequence[County]) -> str:
    alike = [other for other in counties if other.division == one.division]
    return one.division if len(alike) == 1 else f"{one.division} {one.local_code}"


def _cell(field: str, flow: Sequence[FlowValue], county: County | None) -> str:
    value = next((one.value for one in flow if one.field == field), None)
    text_ = shown(field, value)
    if county is not None and field in county.unreviewed:
        text_ += f"（指南写：{shown(field, county.declared[field])}，未确认）"
    return text_
