"""Refused rows, told back to the exchange database that they came from (dn_lic_data_error).

The source's people reopen a row, mend it and send it again; then its fault is taken away.
"""

from __future__ import annotations

from collections.abc import Sequence

from connectors.database import Change, Database
from connectors.keyset import Condition, Reading, is_null
from connectors.protocol import Fault
from registry.contract import Faults

Key = tuple[str, ...]


class FaultTable:
    """One stream's table of faults: one open row a key, however often it is told."""

    def __init__(self, database: Database, faults: Faults) -> None:
        self._database, self._faults = database, faults
        self._types = database.types(faults.table)
        self._open = self._read()

    def tell(self, told: Sequence[Fault]) -> None:
        """Bring the table to what was told, in one transaction. The last word on a key counts."""
        last = {key: one.reason for one in told if (key := _whole(one.key)) is not None}
        changes: list[Change] = []
        for key, reason in last.items():
            if self._open.get(key) == reason:
                continue
            if key in self._open:
                changes.append(self._end(key))
            if reason is not None:
                changes.append(self._begin(key, reason))
        if not changes:
            return
        self._database.change(changes)
        self._open.update({key: why for key, why in last.items() if why is not None})
        for key in [key for key, why in last.items() if why is None]:
            self._open.pop(key, None)

    def _read(self) -> dict[Key, str]:
        """The open faults: key → reason."""
        faults = self._faults
        where: list[Condition] = [is_null(faults.mended)] if faults.mended else []
        columns = [*faults.key, faults.reason]
        found: dict[Key, str] = {}
        for table in Reading(self._database, faults.table, self._types, columns, where).steps(
            faults.key
        ):
            cells = [column.to_pylist() for column in table.columns]
            keys = zip(*cells[:-1], strict=True)
            found.update(zip(keys, map(str, cells[-1]), strict=True))
        return found

    def _begin(self, key: Key, reason: str) -> Change:
        faults, statement = self._faults, self._database.statement(self._types)
        columns = [*faults.key, faults.reason, faults.at]
        names = ", ".join(self._database.dialect.column(one) for one in columns)
        places = [statement.put(one, value) for one, value in zip(faults.key, key, strict=True)]
        places += [statement.put(faults.reason, reason), "CURRENT_TIMESTAMP"]
        table = self._database.dialect.quoted(faults.table)
        query = f"INSERT INTO {table} ({names}) VALUES ({', '.join(places)})"  # noqa: S608
        return query, statement.values

    def _end(self, key: Key) -> Change:
        faults, statement = self._faults, self._database.statement(self._types)
        table, dialect = self._database.dialect.quoted(faults.table), self._database.dialect
        those = " AND ".join(
            statement.compared(one, "=", value) for one, value in zip(faults.key, key, strict=True)
        )
        if faults.mended is None:
            return f"DELETE FROM {table} WHERE {those}", statement.values  # noqa: S608
        mended = dialect.column(faults.mended)
        query = (
            f"UPDATE {table} SET {mended} = CURRENT_TIMESTAMP"  # noqa: S608
            f" WHERE {those} AND {mended} IS NULL"
        )
        return query, statement.values


def _whole(key: tuple[str | None, ...]) -> Key | None:
    """The key when no part of it is missing: a row without one cannot be named."""
    whole = tuple(one for one in key if one is not None)
    return whole if len(whole) == len(key) else None
