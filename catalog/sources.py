"""What the landing holds of items and materials: live rows, in an order of their own.

The order of arrival and the keyed hashes of an installation play no part: the same rows give the
same answers everywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text

from catalog.items.match import Canonical
from kernel.errors import Stop

_ITEMS = text(
    "SELECT DISTINCT code, coalesce(base_code, '') AS base_code, name,"
    " coalesce(parent, '') AS parent, level, coalesce(task_type, '') AS task_type,"
    " coalesce(department, '') AS department, coalesce(division, '') AS division,"
    " coalesce(handling_department, '') AS handling_department"
    " FROM landing.item WHERE deleted_at IS NULL AND NOT withheld"
    " AND (CAST(:without AS text) IS NULL OR level <> :without)"
)


@dataclass(frozen=True)
class LandedItems:
    """Live items. A code that several rows bear is taken once, by the first in order of content."""

    canonical: tuple[Canonical, ...]  # by id
    id_of: dict[str, str]  # a canonical row's own code -> its id
    implementations: tuple[Implementation, ...]  # by code


@dataclass(frozen=True, order=True)
class Implementation:
    """A county's item."""

    code: str
    name: str
    base_code: str
    department: str
    division: str
    handling_department: str


def read_items(conn: Connection) -> LandedItems:
    """Every live item."""
    return _read(conn, None)


def _read(conn: Connection, without: str | None) -> LandedItems:
    entries: dict[str, list[tuple[str, Canonical]]] = defaultdict(list)
    implementations: dict[str, Implementation] = {}
    rows = sorted(tuple(row) for row in conn.execute(_ITEMS, {"without": without}))
    for code, base, name, parent, level, task_type, department, division, handling in rows:
        if level == "canonical":
            item = Canonical(base or code, name, parent, task_type, department)
            entries[item.id].append((code, item))
        elif level == "implementation":
            one = Implementation(code, name, base, department, division, handling)
            implementations.setdefault(code, one)
        else:
            raise Stop(f"the landed item {code} has the unknown level {level}")
    found = sorted(_with_own_ids(entries), key=lambda entry: (entry[1].id, entry[0]))
    items: dict[str, Canonical] = {}
    for _, item in found:
        items.setdefault(item.id, item)
    id_of = {code: item.id for code, item in found}
    return LandedItems(tuple(items.values()), id_of, tuple(implementations.values()))


def _with_own_ids(
    entries: dict[str, list[tuple[str, Canonical]]],
) -> Iterator[tuple[str, Canonical]]:
    """(code, item). A base code that names several different items names none: each by its code."""
    for group in entries.values():
        several = len({item.name for _, item in group}) > 1
        for code, item in group:
            own = Canonical(code, item.name, item.parent, item.task_type, item.department)
            yield code, (own if several else item)


def read_canonical(conn: Connection) -> tuple[Canonical, ...]:
    """The live canonical items, by id."""
    return _read(conn, "implementation").canonical
