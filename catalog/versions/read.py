"""What others may ask of the catalogue. Published content is read by version; it never changes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from catalog.versions.published import PublishedMaterial
from kernel.reads import Read, Rows, read

#: Written out, so that the public means of the catalogue are listed in one place.
__all__ = [
    "NEWEST_READ",
    "CatalogueCounts",
    "PublishedItem",
    "PublishedMaterial",
    "Review",
    "counts",
    "current_version",
    "item_of_code",
    "item_read",
    "items",
    "materials_of",
    "materials_read",
    "names_of",
    "open_names",
    "reviews",
]


@dataclass(frozen=True)
class PublishedItem:
    """A published canonical item, and how the code that was asked for stands to it.

    `relation`: same or narrower. `local_name`, `division`, `handled_by`: of the county's
    implementation; None where the code asked for is the canonical item's own.
    """

    item_id: str
    name: str
    parent: str | None
    department: str | None  # the competent one
    task_type: str | None
    relation: str = "same"
    local_name: str | None = None
    division: str | None = None
    handled_by: str | None = None
    local_code: str = ""  # the implementation's; '' for the item itself


@dataclass(frozen=True)
class Review:
    """An open question for a person. `candidates`: [{id, name, score, why}], best first."""

    subject: str
    left: str
    left_name: str
    division: str | None
    department: str | None
    candidates: list[dict[str, Any]]
    alike: int  # open questions of the same name: one answer may settle as many


@dataclass(frozen=True)
class CatalogueCounts:
    """The catalogue in figures. Items are live landed ones; `to_review` are open item questions."""

    version: int
    canonical_items: int
    county_items: int
    unified: int
    to_review: int
    materials: int
    materials_proved: int  # by at least one licence type
    materials_to_review: int


NEWEST = text("SELECT coalesce(max(number), 0) FROM catalog.version")


def current_version(conn: Connection) -> int:
    """The newest published version's number; 0 before the first."""
    return read(conn, NEWEST_READ)


def _number(rows: Rows) -> int:
    return int(rows.scalar_one())


#: The same, to be read together with others.
NEWEST_READ = Read(NEWEST, {}, _number)


BY_CODE = text(
    "SELECT i.item_id, i.name, i.parent, i.department, i.task_type, m.relation, m.name,"
    " m.division, m.department, coalesce(m.local_code, '')"
    " FROM catalog.published_item i LEFT JOIN catalog.published_mapping m"
    " ON m.version = i.version AND m.item_id = i.item_id AND m.local_code = :code"
    " WHERE i.version = :version AND i.item_id = coalesce("
    " (SELECT item_id FROM catalog.published_item"
    " WHERE version = :version AND item_id = :code),"
    " (SELECT item_id FROM catalog.published_mapping"
    " WHERE version = :version AND local_code = :code))"
)


def item_of_code(conn: Connection, version: int, code: str) -> PublishedItem | None:
    """The published item of a canonical id or a county's code; None where it is not published."""
    return read(conn, item_read(version, code))


def item_read(version: int, code: str) -> Read[PublishedItem | None]:
    """The same, to be read together with others."""
    return Read(BY_CODE, {"version": version, "code": code}, _item)


def _item(rows: Rows) -> PublishedItem | None:
    row = rows.first()
    if row is None:
        return None
    item_id, name, parent, department, task_type, relation, *local = row
    return PublishedItem(item_id, name, parent, department, task_type, relation or "same", *local)


NAMES = text(
    "SELECT k.code, i.name FROM"
    " (SELECT local_code AS code, item_id FROM catalog.published_mapping"
    " WHERE version = :version AND local_code = ANY(:codes)"
    " UNION ALL SELECT item_id, item_id FROM catalog.published_item"
    " WHERE version = :version AND item_id = ANY(:codes)) k"
    " JOIN catalog.published_item i ON i.version = :version AND i.item_id = k.item_id"
    " ORDER BY k.code, k.code <> k.item_id DESC"
)


def names_of(conn: Connection, version: int, codes: Collection[str]) -> dict[str, str]:
    """The published items' names by canonical id or county's code, those that are published."""
    found = conn.execute(NAMES, {"version": version, "codes": sorted(codes)})
    return {row.code: row.name for row in found}


def items(conn: Connection, version: int) -> list[PublishedItem]:
    """Every published canonical item, by id."""
    found = conn.execute(
        text(
            "SELECT item_id, name, parent, department, task_type FROM catalog.published_item"
            " WHERE version = :version ORDER BY item_id"
        ),
        {"version": version},
    )
    return [PublishedItem(*row) for row in found]


ASKED = text(
    "SELECT item_id, material_id, situation, name, kind, role, need, purpose,"
    ' source_type, grade, licence_types, "order" FROM catalog.published_material'
    ' WHERE version = :version AND item_id = :item ORDER BY situation, "order"'
)


def materials_of(conn: Connection, version: int, item_id: str) -> list[PublishedMaterial]:
    """What a published item asks for: those of every situation ('' is always), in order."""
    return read(conn, materials_read(version, item_id))


def materials_read(version: int, item_id: str) -> Read[list[PublishedMaterial]]:
    """The same, to be read together with others."""
    return Read(ASKED, {"version": version, "item": item_id}, _materials)


def _materials(rows: Rows) -> list[PublishedMaterial]:
    return [
        PublishedMaterial(**{**row, "licence_types": tuple(row["licence_types"])})
        for row in rows.mappings()
    ]


UNSETTLED = text(
    "SELECT DISTINCT m.id FROM catalog.review r JOIN catalog.judgement j"
    ' ON j.subject = r.subject AND j."left" = r."left" AND j.undone_at IS NULL,'
    " LATERAL unnest(string_to_array(j.\"right\", ' ')) AS m (id)"
    " WHERE r.subject = 'material' AND r.closed_at IS NULL AND m.id = ANY(:ids)"
)


def open_names(materials: Collection[str]) -> Read[frozenset[str]]:
    """Those of these materials whose name a person is still to settle."""
    return Read(UNSETTLED, {"ids": sorted(set(materials))}, _ids)


def _ids(rows: Rows) -> frozenset[str]:
    return frozenset(row.id for row in rows)


def reviews(
    conn: Connection,
    subject: str = "item",
    department: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Review]:
    """Open questions, those first whose name stands in most of them."""
    found = conn.execute(
        text(
            'SELECT subject, "left", left_name, division, department, candidates,'
            " count(*) OVER (PARTITION BY left_name) AS alike FROM catalog.review"
            " WHERE subject = :subject AND closed_at IS NULL"
            " AND (CAST(:department AS text) IS NULL OR department = :department)"
            ' ORDER BY alike DESC, left_name, "left" LIMIT :limit OFFSET :offset'
        ),
        {"subject": subject, "department": department, "limit": limit, "offset": offset},
    )
    return [Review(*row) for row in found]


def counts(conn: Connection) -> CatalogueCounts:
    """The figures of now: the last run of unify, the newest version, the open questions."""
    row = conn.execute(
        text(
            "SELECT (SELECT coalesce(max(number), 0) FROM catalog.version),"
            " coalesce((SELECT canonical FROM catalog.unified ORDER BY id DESC LIMIT 1), 0),"
            " coalesce((SELECT county FROM catalog.unified ORDER BY id DESC LIMIT 1), 0),"
            " (SELECT count(*) FROM catalog.judgement j WHERE subject = 'item'"
            " AND undone_at IS NULL AND relation = 'same' AND EXISTS (SELECT 1 FROM landing.item i"
            ' WHERE i.code = j."left" AND i.deleted_at IS NULL AND NOT i.withheld)),'
            " (SELECT count(*) FROM catalog.review WHERE subject = 'item' AND closed_at IS NULL),"
            " (SELECT count(*) FROM catalog.canonical_material),"
            " (SELECT count(*) FROM catalog.canonical_material"
            " WHERE cardinality(licence_types) > 0),"
            " (SELECT count(*) FROM catalog.review WHERE subject = 'material'"
            " AND closed_at IS NULL)"
        )
    ).one()
    return CatalogueCounts(*row)
