"""What the rules say of a name, kept by a digest of the name and its evidence.

A verdict is asked of the rules once. It is forgotten when the rules or the canonical
items change.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, text

from catalog.items.match import Candidate, Verdict
from kernel.db import copy_rows

_COLUMNS = (
    "subject", "digest", "relation", "ids", "rule", "why", "confidence", "auto", "asks",
    "candidates", "mentions", "parts",
)  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """A rule's verdict. `auto`: nobody needs to look. `asks`: a person may say more all the same.

    `ids`: the canonical ones, several for a compound material or a broader item. `parts`: of a
    material, rows of `canonical_material`.
    """

    relation: str
    ids: tuple[str, ...]
    rule: str
    why: str
    confidence: float
    auto: bool
    asks: bool
    candidates: tuple[Candidate, ...] = ()
    parts: tuple[tuple[Any, ...], ...] = ()


def of_match(verdict: Verdict) -> Kept:
    """A matcher's verdict as it is kept."""
    settled = verdict.item_id is not None
    return Kept(
        "same" if settled else "none",
        (verdict.item_id,) if verdict.item_id is not None else (),
        verdict.rule,
        verdict.why,
        verdict.confidence,
        auto=settled,
        asks=not settled,
        candidates=verdict.candidates,
    )


def keep(conn: Connection, subject: str, found: Iterable[tuple[str, Kept, Sequence[str]]]) -> None:
    """Keep verdicts by digest; the third names what else they depend on (a base code)."""
    copy_rows(
        conn,
        "catalog.verdict",
        _COLUMNS,
        (
            (
                subject,
                digest,
                one.relation,
                list(one.ids),
                one.rule,
                one.why,
                one.confidence,
                one.auto,
                one.asks,
                Jsonb([asdict(candidate) for candidate in one.candidates]),
                sorted({*one.ids, *(c.id for c in one.candidates), *filter(None, also)}),
                Jsonb(one.parts) if one.parts else None,
            )
            for digest, one, also in found
        ),
    )


def forget(conn: Connection, subject: str, digests: Collection[str] | None = None) -> None:
    """Forget these verdicts, or all of a subject."""
    conn.execute(
        text(
            "DELETE FROM catalog.verdict WHERE subject = :s"
            " AND (CAST(:digests AS text[]) IS NULL OR digest = ANY(:digests))"
        ),
        {"s": subject, "digests": None if digests is None else list(digests)},
    )


def forget_unused(conn: Connection, subject: str) -> None:
    """Forget verdicts that no live name needs."""
    conn.execute(
        text(
            "DELETE FROM catalog.verdict v WHERE subject = :s AND NOT EXISTS (SELECT FROM"
            " catalog.local l WHERE l.subject = :s AND l.digest = v.digest)"
        ),
        {"s": subject},
    )
