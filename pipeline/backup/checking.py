"""Whether a restored installation is whole: ledger, root as backed up, every named object there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, union_all

from certs.tables import copy, issuer_file, scan
from kernel.errors import Stop
from kernel.house import House
from landing.tables import batch
from ledger.tables import entry
from ledger.verify import verify
from pipeline.backup.objects import Version


@dataclass(frozen=True)
class Whole:
    """What was found. `last_batch`: when the newest landed, None in an empty house."""

    entries: int
    root: str
    named: int
    missing: tuple[str, ...]
    last_batch: datetime | None


def check_restored(
    house: House, backed_up: Mapping[str, Any], there: Mapping[str, Version]
) -> Whole:
    """Raises Stop when the ledger does not verify or does not go on from the backup's root."""
    result = verify(house)
    if not result.verified:
        raise Stop(f"the restored ledger does not verify: {result.problem}")
    size, root = int(backed_up["ledger_size"]), str(backed_up["ledger_root"])
    with house.engine.connect() as conn:
        at = conn.execute(select(entry.c.root).where(entry.c.seq == size - 1)).scalar()
        if size and (at is None or bytes(at).hex() != root):
            raise Stop(
                f"entry {size - 1} of the restored ledger has not the root that the backup signed"
            )
        last = conn.execute(select(entry.c.root).order_by(entry.c.seq.desc()).limit(1)).scalar()
        names = set(conn.scalars(_named()))
        newest = conn.execute(select(func.max(batch.c.landed_at))).scalar_one()
    missing = tuple(sorted(names - there.keys()))
    return Whole(result.entries, bytes(last).hex() if last else "", len(names), missing, newest)


def _named() -> Select[Any]:
    """The names of objects in every table that has such."""
    columns = [table.c.object for table in (batch, copy, issuer_file, scan)]
    return select(union_all(*(select(one) for one in columns)).subquery().c[0])
