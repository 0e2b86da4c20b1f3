"""Items' uses of licence types as lists for people: counted by type, a page of one type, refusals.

A list goes on by the item's id (keyset), so that its last page is as fast as its first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, RowMapping, TextClause, text

from certs.rights.uses import STATES, State, Use

PAGE = 100
NEWEST = (
    "SELECT DISTINCT ON (item_id, licence_type) item_id, licence_type, department, state, fields,"
    ' due, why, final, "by", at FROM certs.use_step'
)


def _over(sql: str) -> TextClause:
    """A query over the newest step of each use."""
    return text(sql.replace("NEWEST", NEWEST))


COUNTED = _over(
    "SELECT licence_type, department, count(*) FILTER (WHERE state = 'requested') AS requested,"
    " count(*) FILTER (WHERE state = 'approved') AS approved,"
    " count(*) FILTER (WHERE state = 'refused') AS refused,"
    " count(*) FILTER (WHERE state = 'disputed') AS disputed,"
    " count(*) FILTER (WHERE state = 'requested' AND due < :today) AS overdue,"
    " min(due) FILTER (WHERE state = 'requested') AS due"
    " FROM (NEWEST ORDER BY item_id, licence_type, id DESC) u"
    " WHERE CAST(:department AS text) IS NULL OR department = :department"
    " GROUP BY licence_type, department"
    " ORDER BY overdue DESC, requested DESC, licence_type"
)
OF_TYPE = _over(
    "SELECT u.*, coalesce(i.name, u.item_id) AS name, i.department AS needs"
    " FROM (NEWEST WHERE licence_type = :licence_type AND item_id > :after"
    " ORDER BY item_id, licence_type, id DESC) u"
    " LEFT JOIN catalog.published_item i ON i.item_id = u.item_id AND i.version = :version"
    " WHERE u.state = :state ORDER BY u.item_id LIMIT :limit"
)
#: What was refused or is in dispute: of one department's items, or of all.
REFUSED = _over(
    "SELECT u.*, coalesce(i.name, u.item_id) AS name, i.department AS needs"
    " FROM (NEWEST ORDER BY item_id, licence_type, id DESC) u"
    " LEFT JOIN catalog.published_item i ON i.item_id = u.item_id AND i.version = :version"
    " WHERE u.state IN ('refused', 'disputed')"
    " AND (CAST(:needs AS text) IS NULL OR i.department = :needs)"
    " ORDER BY u.state, u.at DESC, u.item_id LIMIT :limit"
)


@dataclass(frozen=True)
class Counted:
    """How a type's uses stand. `due`: the first day on which a decision is due; None: none waits.

    `overdue`: those that should have been decided by now."""

    licence_type: str
    department: str
    requested: int
    approved: int
    refused: int
    disputed: int
    overdue: int
    due: date | None


@dataclass(frozen=True)
class Named:
    """A use with its item's name, and the department that handles the item."""

    name: str
    needs: str | None
    use: Use


def counted(conn: Connection, today: date, department: str | None = None) -> list[Counted]:
    """Every type that an item uses: of that issuing department, or of all; the latest first."""
    rows = conn.execute(COUNTED, {"today": today, "department": department})
    return [Counted(**row._mapping) for row in rows]


def of_type(
    conn: Connection, version: int, licence_type: str, state: State, after: str = ""
) -> list[Named]:
    """A page of a type's uses in that state, by item; one more than PAGE when more follow."""
    asked = {"licence_type": licence_type, "state": state, "after": after, "limit": PAGE + 1}
    return [_named(row._mapping) for row in conn.execute(OF_TYPE, {**asked, "version": version})]


def refused(conn: Connection, version: int, needs: str | None = None) -> list[Named]:
    """At most PAGE uses that were refused or are in dispute: of the items of department `needs`,
    or of all; those in dispute first."""
    asked = {"version": version, "needs": needs, "limit": PAGE}
    return [_named(row._mapping) for row in conn.execute(REFUSED, asked)]


def _named(row: RowMapping) -> Named:
    if row["state"] not in STATES:
        raise ValueError(f"a use is {', '.join(STATES)}")
    found = {name: row[name] for name in Use.__dataclass_fields__}
    use = Use(**{**found, "fields": tuple(row["fields"])})
    return Named(row["name"], row["needs"], use)
