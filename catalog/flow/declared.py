"""What the item system says of limits and fees: of a canonical item, of a county's own guide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

_ROWS = text(
    "SELECT DISTINCT code, level, limit_days, promise_days, fee FROM landing.item"
    " WHERE deleted_at IS NULL AND NOT withheld"
    " AND (CAST(:codes AS text[]) IS NULL OR code = ANY(:codes))"
)


@dataclass(frozen=True)
class Declared:
    """Working days and whether a fee is taken; None where the source leaves it out."""

    limit_days: int | None
    promise_days: int | None
    fee: bool | None

    def value(self, field: str) -> Any:
        """By the field's code."""
        return vars(self)[field]


def declared(conn: Connection, codes: list[str] | None = None) -> dict[str, Declared]:
    """By landed code. Of several rows of one code the first in order of content counts."""
    found: dict[str, Declared] = {}
    for row in sorted(conn.execute(_ROWS, {"codes": codes}), key=repr):
        found.setdefault(row.code, Declared(row.limit_days, row.promise_days, row.fee))
    return found
