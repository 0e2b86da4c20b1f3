"""When a system did not give what it should: the times between a failed run and the next good one.

A run that rests is no failure and ends no outage: nothing was read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, select, text, tuple_

from landing.runs import FAILED
from landing.tables import run as runs

#: How long before a time its runs are looked at: no schedule is rarer than once a month.
BEFORE: Final = timedelta(days=32)


@dataclass(frozen=True)
class FailedRun:
    """One run that failed. `request`: the id of the request that failed, where it was one."""

    run: str
    started: datetime
    ended: datetime | None
    error: str
    request: str | None


@dataclass(frozen=True)
class Outage:
    """`began`: the first failed run; `ended`: when the next good run was through, None: not yet."""

    began: datetime
    ended: datetime | None
    failed: tuple[FailedRun, ...]


#: Runs that a time's outages are made of. What a good run that was through before `since` ended is
#: over, and behind the first good run that began after `until` nothing concerns it: each border is
#: one step into the index of a system's runs. Of the good ones, those alone that end an outage.
_TOUCHING = text("""
WITH border AS (
  SELECT s.code,
    coalesce((SELECT started FROM landing.run WHERE system = s.code AND kind = 'sync'
      AND state = 'done' AND started BETWEEN :earliest AND :since AND ended <= :since
      ORDER BY started DESC LIMIT 1), :earliest) AS first,
    coalesce((SELECT started FROM landing.run WHERE system = s.code AND kind = 'sync'
      AND state = 'done' AND started >= :until ORDER BY started LIMIT 1), 'infinity') AS last
  FROM unnest(cast(:codes AS text[])) AS s(code)
), every AS (
  SELECT r.system, r.id, r.state, r.started, r.ended, r.error, r.request,
    lag(r.state) OVER (PARTITION BY r.system ORDER BY r.started, r.id) AS before
  FROM border b JOIN landing.run r ON r.system = b.code AND r.kind = 'sync'
    AND r.state IN ('done', 'failed') AND r.started BETWEEN b.first AND b.last
)
SELECT * FROM every WHERE 'failed' IN (state, before) ORDER BY system, started, id
""")


def of_systems(
    conn: Connection, codes: Iterable[str], since: datetime, until: datetime
) -> dict[str, list[Outage]]:
    """The outages that touch a time, by system, the oldest first; who had none is left out.

    One that began long before `since` is told from the first of its failed runs in BEFORE.
    """
    borders = {"since": since, "until": until, "earliest": since - BEFORE}
    rows = conn.execute(_TOUCHING, {"codes": sorted(codes), **borders}).all()
    found = {}
    for code, own in groupby(rows, lambda row: row.system):
        touching = [
            one
            for one in outages(list(own))
            if one.began < until and (one.ended is None or one.ended > since)
        ]
        if touching:
            found[code] = touching
    return found


def of_system(conn: Connection, code: str, since: datetime, until: datetime) -> list[Outage]:
    """The outages of one system that touch a time, the oldest first."""
    return of_systems(conn, [code], since, until).get(code, [])


def outages(rows: Sequence[Any]) -> list[Outage]:
    """Of ended runs in the order of their start."""
    found: list[Outage] = []
    failed: list[FailedRun] = []
    for row in rows:
        if row.state == FAILED:
            failed.append(FailedRun(row.id, row.started, row.ended, row.error or "", row.request))
        elif failed:
            found.append(Outage(failed[0].started, row.ended, tuple(failed)))
            failed = []
    if failed:
        found.append(Outage(failed[0].started, None, tuple(failed)))
    return found


#: The newest run of each system, its newest good one, and the first that failed after that. Each
#: is one step into the index of a system's runs, however many there are.
_LAST = text("""
SELECT s.code, n.id AS newest, d.ended AS success, f.started AS failing
FROM unnest(cast(:codes AS text[])) AS s(code)
LEFT JOIN LATERAL (SELECT id FROM landing.run WHERE system = s.code AND kind = 'sync'
  ORDER BY started DESC, ended DESC NULLS FIRST, state = 'done' DESC LIMIT 1) n ON true
LEFT JOIN LATERAL (SELECT started, ended FROM landing.run WHERE system = s.code
  AND kind = 'sync' AND state = 'done' ORDER BY started DESC LIMIT 1) d ON true
LEFT JOIN LATERAL (SELECT started FROM landing.run WHERE system = s.code AND kind = 'sync'
  AND state = 'failed' AND started > coalesce(d.started, '-infinity') ORDER BY started LIMIT 1) f
  ON true
""")


@dataclass(frozen=True)
class Last:
    """`newest`: the newest run's row; `success`: when the last good one ended; `failing`: since
    when none is good."""

    newest: Any
    success: datetime | None
    failing: datetime | None


def last_runs(conn: Connection, codes: Iterable[str]) -> dict[str, Last]:
    """The last runs of systems; who never ran is left out."""
    rows = conn.execute(_LAST, {"codes": sorted(codes)}).all()
    known = [(row.code, row.newest) for row in rows if row.newest is not None]
    pairs = tuple_(runs.c.system, runs.c.id).in_(known)
    newest = {row.system: row for row in conn.execute(select(runs).where(pairs))} if known else {}
    return {
        row.code: Last(newest[row.code], row.success, row.failing)
        for row in rows
        if row.code in newest
    }
