"""How many cases brought a paper because a department's rows were refused.

Certain is what can be traced: the applicant has a row in the system whose newest version waits in
quarantine, and the plan found nothing there. Possible is every case that found nothing in a system
that had refused rows: a refused row that never landed names nobody whom one could look for.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, text

from certs.sums.period import Period

_BROUGHT = text("""
SELECT t.source AS system, count(DISTINCT t.case_number) AS possible,
  count(DISTINCT t.case_number) FILTER (WHERE EXISTS (
    SELECT FROM landing."case" c JOIN landing.licence l
      ON l.holder_hash = c.holder_hash AND l.system = t.source AND l.withheld
    WHERE c.case_number = t.case_number)) AS traced
FROM certs.tally t
WHERE t.day BETWEEN :begin AND :end AND t.source = ANY(:systems)
  AND t.outcome = 'bring' AND t.detail IN ('licence_not_found', 'licence_withdrawn')
GROUP BY t.source
""")


@dataclass(frozen=True)
class Brought:
    """Cases of one system: `traced` to a refused row, and as many as `possible`."""

    traced: int
    possible: int


def brought(conn: Connection, of: Period, systems: Collection[str]) -> dict[str, Brought]:
    """By system; those without such a case are left out."""
    about = {"begin": of.begin, "end": of.end, "systems": sorted(systems)}
    return {row.system: Brought(row.traced, row.possible) for row in conn.execute(_BROUGHT, about)}
