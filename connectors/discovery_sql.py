"""Tables and views of a database that has no contract yet, out of its own catalogue."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from connectors.database import Database
from connectors.discovery import SAMPLE, Place, Row, Target, chosen
from kernel.errors import BadInput, NotAuthorised, RetryLater, ZhongtaiError
from registry.propose import Column

NAMES = ("place", "comment", "column", "type", "said", "key")

_POSTGRESQL = """
SELECT CASE WHEN pg_table_is_visible(c.oid) THEN c.relname ELSE n.nspname || '.' || c.relname END,
       coalesce(obj_description(c.oid, 'pg_class'), ''), a.attname,
       format_type(a.atttypid, a.atttypmod), coalesce(col_description(c.oid, a.attnum), ''),
       CASE WHEN a.attnum = ANY (i.indkey) THEN 1 ELSE 0 END
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND NOT c.relispartition
  AND n.nspname <> 'information_schema' AND n.nspname !~ '^(pg|sys)_'
  AND has_table_privilege(c.oid, 'SELECT')
ORDER BY n.nspname, c.relname, a.attnum
"""
# A view's own comment is the word VIEW.
_MYSQL = """
SELECT t.TABLE_NAME, CASE WHEN t.TABLE_TYPE = 'VIEW' THEN '' ELSE t.TABLE_COMMENT END,
       c.COLUMN_NAME, c.COLUMN_TYPE, c.COLUMN_COMMENT,
       CASE WHEN c.COLUMN_KEY = 'PRI' THEN 1 ELSE 0 END
FROM information_schema.TABLES t
JOIN information_schema.COLUMNS c USING (TABLE_SCHEMA, TABLE_NAME)
WHERE t.TABLE_SCHEMA = DATABASE()
ORDER BY t.TABLE_NAME, c.ORDINAL_POSITION
"""
_SQLITE = """
SELECT m.name, '', p.name, p.type, '', CASE WHEN p.pk > 0 THEN 1 ELSE 0 END
FROM sqlite_master m JOIN pragma_table_info(m.name) p
WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite!_%' ESCAPE '!'
ORDER BY m.name, p.cid
"""
CATALOGUES: Final = {
    "postgresql": _POSTGRESQL,
    "kingbase": _POSTGRESQL,
    "mysql": _MYSQL,
    "sqlite": _SQLITE,
}
#: Columns of an exchange table's protocol: with all of them it is one.
EXCHANGE = ("cd_operation", "cd_batch", "cd_state")


class SqlExplorer:
    """One database. A view that cannot be read is left out with its reason."""

    def __init__(self, target: Target) -> None:
        dialect, address = _dialect(target)
        if dialect not in CATALOGUES:
            raise BadInput(
                f"the tables of {dialect} databases cannot be listed yet; allowed are "
                f"{', '.join(sorted(CATALOGUES))} (MariaDB: mysql): write the YAML by hand"
            )
        if dialect == "sqlite" and not Path(make_url(address).database or "").is_file():
            raise BadInput("the address names no SQLite file: look at its path")
        self.target, self.dialect = target, dialect
        self.database = Database(target.code, address, dialect)
        self._exchange = False

    def places(self) -> list[Place]:
        """Tables and views that our account may read."""
        table = self.database.read(CATALOGUES[self.dialect], [], NAMES, {})
        found: dict[str, Place] = {}
        for line in table.to_pylist():
            if line["column"]:
                _add(found, {name: line[name] or "" for name in NAMES})
        if not found:
            raise BadInput(
                f"the database of {self.target.code} shows our account no table and no view: "
                "check the database's name, or ask for the right to read"
            )
        places = [self._noted(one) for one in chosen(self.target, list(found.values()))]
        self._exchange = any(_is_exchange(one) for one in places)
        return [self._alike(one) for one in places]

    def rows(self, place: Place) -> list[Row]:
        """The first rows that the database gives, in no order."""
        types = self.database.types(place.path)
        columns = list(types)
        statement = self.database.statement(types)
        what = self.database.what(columns)
        query = statement.select(what, place.path, [], [], SAMPLE)
        return self.database.read(query, statement.values, columns, types).to_pylist()

    def transport(self) -> dict[str, Any]:
        """The address is the whole URL, with its account."""
        kind = "exchange" if self._exchange else "sql"
        address = f"{self.target.code.upper()}_URL"
        return {"kind": kind, "address": address, "dialect": self.dialect}

    def close(self) -> None:
        """Every read ends its own connection."""

    def _alike(self, place: Place) -> Place:
        """A system is read in one way: beside exchange tables any other only gets a note."""
        if self._exchange and not place.note and not _is_exchange(place):
            return replace(place, note="it lacks the columns of an exchange table")
        return place

    def _noted(self, place: Place) -> Place:
        if place.path.count(".") > 1:
            return replace(place, note="its name holds a dot, which a path cannot say")
        try:
            self.database.types(place.path)
        except (NotAuthorised, RetryLater):
            raise
        except ZhongtaiError:
            return replace(place, note="the database does not let our account read it")
        return place


def _dialect(target: Target) -> tuple[str, str]:
    """The contract's dialect, and the address as it must begin for it."""
    try:
        url = make_url(target.address)
    except (ArgumentError, ValueError):
        raise BadInput(
            "the address is not a database URL, like postgresql://reader@host:5432/name"
        ) from None
    dialect = url.get_backend_name()
    return dialect, url.set(drivername=dialect).render_as_string(hide_password=False)


def _add(found: dict[str, Place], line: dict[str, str]) -> None:
    place = found.get(line["place"]) or Place(line["place"], line["comment"])
    column = Column(line["column"], line["type"], line["said"])
    key = (*place.key, column.name) if line["key"] == "1" else place.key
    found[place.path] = replace(place, columns=(*place.columns, column), key=key)


def _is_exchange(place: Place) -> bool:
    names = {one.name.lower() for one in place.columns}
    return set(EXCHANGE) <= names
