"""A department's officer sees who looked at its licences: office, item, case, type, when, why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select, text

from catalog.versions import read as catalogue
from certs.looks.by_issuer import Look, Mark, Way, looks
from kernel.house import House
from registry import accounts, licence_types
from registry.accounts import Account
from registry.tables import owner

PAGE: Final = 50
MOST: Final = 10_000
MATERIALS: Final = text(
    "WITH m AS (SELECT version, item_id, material_id, name FROM catalog.published_material"
    " UNION SELECT version, item_id, split_part(field, ':', 2), value ->> 'name'"
    " FROM catalog.published_flow WHERE field LIKE 'material:%')"
    " SELECT DISTINCT m.item_id, m.material_id, m.name FROM m"
    " JOIN unnest(CAST(:versions AS int[]), CAST(:items AS text[]), CAST(:materials AS text[]))"
    " AS asked (version, item_id, material_id) USING (version, item_id, material_id)"
)


@dataclass(frozen=True)
class LookRow:
    """One look in words; no person. `mark`: what older looks are asked for with."""

    at: datetime
    licence_type: str
    way: Way
    office: str  # the post's name
    item: str
    case: str
    material: str  # what the licence stood for
    mark: str


class Looked:
    """Over one installation."""

    def __init__(self, house: House) -> None:
        self.house = house

    def types(self, account: Account) -> list[str]:
        """The licence types that the officer's department is competent for."""
        known = licence_types.load().values()
        return [one.name for one in known if one.department == account.department]

    def rows(
        self, account: Account, licence_type: str = "", before: str = "", limit: int = PAGE + 1
    ) -> list[LookRow]:
        """Looks at the licences of the officer's department, the newest first.

        Copies of them, and facts of them that filled a form or answered a call. Row-level
        security shows no other department's. Raises BadInput on a `before` that no row has.
        """
        mark = Mark.of(before) if before else None
        own = self.house.for_department(account.department)
        with own.engine.begin() as conn:
            mine = owner.c.department == account.department
            systems = list(conn.scalars(select(owner.c.system).where(mine)))
            found = looks(conn, systems, limit, licence_type or None, mark)
        with self.house.engine.connect() as conn:
            return _in_words(conn, found)


def _in_words(conn: Connection, found: Sequence[Look]) -> list[LookRow]:
    posts = accounts.posts()
    version = catalogue.current_version(conn)
    items = catalogue.names_of(conn, version, {one.item_id for one in found})
    materials = _materials(conn, found)
    return [
        LookRow(
            at=one.made_at,
            licence_type=one.licence_type,
            way=one.way,
            office=posts[one.post].name if one.post in posts else one.post,
            item=items.get(one.item_id, one.item_id),
            case=one.case_number,
            material=materials.get((one.item_id, one.material_id), one.licence_type),
            mark=str(one.mark),
        )
        for one in found
    ]


def _materials(conn: Connection, found: Sequence[Look]) -> dict[tuple[str, str], str]:
    """Names of materials, as the version said that each look went by."""
    asked = sorted({(one.catalogue_version, one.item_id, one.material_id) for one in found})
    versions, items, materials = ([one[n] for one in asked] for n in range(3))
    given = {"versions": versions, "items": items, "materials": materials}
    rows = conn.execute(MATERIALS, given)
    return {(row.item_id, row.material_id): row.name for row in rows}
