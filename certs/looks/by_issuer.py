"""Who looked at a department's licences: annotated copies and facts that were given, by system."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, Self

from sqlalchemy import Connection, Select, Table, and_, literal, or_, select, union_all

from certs.tables import copy, form_look
from kernel.errors import BadInput

Way = Literal["copy", "facts"]
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MARK: Final = re.compile(r"(\d{1,17})-(\d{1,18})")


@dataclass(frozen=True)
class Mark:
    """Where a page ends: the time and the ledger's number of its last look."""

    at: datetime
    seq: int

    def __str__(self) -> str:
        return f"{(self.at - EPOCH) // timedelta(microseconds=1)}-{self.seq}"

    @classmethod
    def of(cls, said: str) -> Self:
        """Read what `str` wrote. Raises BadInput."""
        found = MARK.fullmatch(said)
        if not found:
            raise BadInput("before 不对：请从列表的“更早的”点开，不要手工填写")
        return cls(EPOCH + timedelta(microseconds=int(found[1])), int(found[2]))


@dataclass(frozen=True)
class Look:
    """One look, without whose licence it was. `way`: an annotated copy, or facts of it."""

    way: Way
    licence_type: str
    case_number: str
    item_id: str
    material_id: str
    post: str
    catalogue_version: int
    made_at: datetime
    ledger_seq: int

    @property
    def mark(self) -> Mark:
        """Where it stands in the list."""
        return Mark(self.made_at, self.ledger_seq)


def looks(
    conn: Connection,
    systems: Sequence[str],
    limit: int,
    licence_type: str | None = None,
    before: Mark | None = None,
) -> list[Look]:
    """The newest looks at licences of these systems; of one type, older than `before`."""
    ways: tuple[tuple[Way, Table], ...] = (("copy", copy), ("facts", form_look))
    parts = [  # a system a part: each reads its index from its newest end, and no further
        _of(way, table, system, licence_type, before).limit(limit).subquery()
        for way, table in ways
        for system in systems
    ]
    if not parts:
        return []
    both = union_all(*(select(part) for part in parts)).subquery()
    newest = select(both).order_by(both.c.made_at.desc(), both.c.ledger_seq.desc()).limit(limit)
    return [Look(**row._mapping) for row in conn.execute(newest)]


def _of(
    way: Way, table: Table, system: str, licence_type: str | None, before: Mark | None
) -> Select[tuple[object, ...]]:
    c = table.c
    query = select(
        literal(way).label("way"), c.licence_type, c.case_number, c.item_id, c.material_id,
        c.post, c.catalogue_version, c.made_at, c.ledger_seq,
    ).where(c.system == system)  # fmt: skip
    if licence_type is not None:
        query = query.where(c.licence_type == licence_type)
    if before is not None:  # the time alone first: the index goes by it
        older = or_(c.made_at < before.at, c.ledger_seq < before.seq)
        query = query.where(and_(c.made_at <= before.at, older))
    return query.order_by(c.made_at.desc(), c.ledger_seq.desc())
