"""What the item system says of a flow: of a canonical item, of a county's own guide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from catalog.written import results_of, steps_of, words_of

_ROWS = text(
    "SELECT DISTINCT code, level, limit_days, promise_days, fee, fee_standard, fee_basis, steps,"
    " results FROM landing.item WHERE deleted_at IS NULL AND NOT withheld"
    " AND (CAST(:codes AS text[]) IS NULL OR code = ANY(:codes))"
)


@dataclass(frozen=True)
class Declared:
    """By the codes of `fields.DECLARED`; None where the source leaves one out."""

    limit_days: int | None
    promise_days: int | None
    fee: bool | None
    fee_standard: str | None
    fee_basis: str | None
    steps: list[dict[str, Any]] | None
    results: list[str] | None

    def value(self, field: str) -> Any:
        """By the field's code."""
        return vars(self)[field]


def declared(conn: Connection, codes: list[str] | None = None) -> dict[str, Declared]:
    """By landed code. Of several rows of one code the first in order of content counts."""
    found: dict[str, Declared] = {}
    for row in sorted(conn.execute(_ROWS, {"codes": codes}), key=repr):
        if row.code not in found:
            found[row.code] = _read(row)
    return found


def _read(row: Any) -> Declared:
    return Declared(
        row.limit_days,
        row.promise_days,
        row.fee,
        words_of(row.fee_standard),
        words_of(row.fee_basis),
        steps_of(row.steps),
        results_of(row.results),
    )
