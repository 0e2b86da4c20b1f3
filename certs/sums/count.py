"""Brings the tally up to date: new plans, new demands, cases that have been accepted meanwhile.

A paper counts as not asked for only when all of this holds:

- the newest plan before the case was accepted waived it;
- the case's own system says that the case was accepted: a provisional case counts for nothing;
- the first plan came within the days in which an office must accept (`ACCEPTING`): a plan after
  that spared nobody a paper;
- no clerk asked for the paper anyway.

An outcome is one of OUTCOMES. The step may be killed and repeated: it is one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from certs.sums.refresh import refresh
from certs.waivers.tables import demand, planned, tallied
from kernel.db import lock
from kernel.house import House

#: 行政许可法第三十二条: an office accepts, or says what is missing, within five (working) days.
ACCEPTING = timedelta(days=7)
#: A case that its own system has not confirmed by then never came to be.
CONFIRMED_WITHIN = timedelta(days=30)
#: saved: not asked for. demanded: waived, asked for anyway. The rest of an accepted case is the
#: plan's verdict; own: what the applicant makes. waiting: not accepted yet. late, withdrawn, never:
#: such a case counts nowhere.
OUTCOMES = (
    "saved", "demanded", "promised", "could_be_waived", "bring", "own", "not_needed",
    "waiting", "late", "withdrawn", "never",
)  # fmt: skip

_OUTCOME = (
    "CASE WHEN {state} <> 'accepted' THEN {state} WHEN {demanded} IS NOT NULL THEN 'demanded'"
    " WHEN {verdict} = 'waived' THEN 'saved' ELSE {verdict} END"
)
#: A promised material is followed after its case was accepted: the platform fetches it later.
_PLANS = text(f"""
WITH gone AS (DELETE FROM certs.planned WHERE id <= :last RETURNING *),
newest AS (
  SELECT DISTINCT ON (case_number) *, min(at) OVER (PARTITION BY case_number) AS first_at
  FROM gone ORDER BY case_number, id DESC
)
INSERT INTO certs.tally AS t (case_number, material_id, material, item_id, division, department,
  post, plan, planned_at, verdict, detail, source, state, outcome, day)
SELECT n.case_number, l.material_id, l.material, n.item_id, n.division, n.department,
  n.post, n.id, n.first_at, l.verdict, l.detail, l.source, 'waiting', 'waiting',
  CAST(n.first_at AT TIME ZONE 'Asia/Shanghai' AS date)
FROM newest n CROSS JOIN LATERAL jsonb_to_recordset(n.lines)
  AS l(material_id text, material text, verdict text, detail text, source text)
ON CONFLICT (case_number, material_id) DO UPDATE SET
  plan = excluded.plan, material = excluded.material, verdict = excluded.verdict,
  detail = excluded.detail, source = excluded.source, post = excluded.post,
  outcome = {_OUTCOME.format(state="t.state", demanded="t.demanded", verdict="excluded.verdict")}
WHERE t.plan < excluded.plan AND (t.state = 'waiting' OR t.verdict = 'promised')
RETURNING t.case_number, t.day
""")  # noqa: S608  (constants of this file)
#: What the newest plan of a waiting case does not ask for any more.
_DROPPED = text("""
DELETE FROM certs.tally t
USING (SELECT case_number, max(plan) AS plan FROM certs.tally
       WHERE case_number = ANY(:cases) GROUP BY case_number) n
WHERE t.case_number = n.case_number AND t.plan < n.plan AND t.state = 'waiting'
RETURNING t.day
""")
_DEMANDS = text(f"""
WITH said AS (
  SELECT DISTINCT ON (case_number, material_id) case_number, material_id,
    CASE WHEN withdrawn_at IS NULL THEN reason END AS reason
  FROM certs.demand WHERE id = ANY(:ids) ORDER BY case_number, material_id, id DESC
)
UPDATE certs.tally t SET demanded = s.reason,
  outcome = {_OUTCOME.format(state="t.state", demanded="s.reason", verdict="t.verdict")}
FROM said s WHERE t.case_number = s.case_number AND t.material_id = s.material_id
RETURNING t.day
""")  # noqa: S608  (constants of this file)
_STATE = (
    "CASE WHEN c.state = 'withdrawn' THEN 'withdrawn'"
    " WHEN t.planned_at > coalesce(c.opened, t.planned_at) + :accepting THEN 'late'"
    " ELSE 'accepted' END"
)
_ACCEPTED = text(f"""
WITH waiting AS (SELECT DISTINCT case_number FROM certs.tally WHERE state = 'waiting'),
now_known AS (
  SELECT DISTINCT ON (c.case_number) c.case_number, c.state, c.opened
  FROM waiting w JOIN landing."case" c ON c.case_number = w.case_number
  WHERE c.deleted_at IS NULL AND NOT c.withheld AND NOT c.provisional
  ORDER BY c.case_number, c.system = 'xzsp_window', c.landed_at DESC
)
UPDATE certs.tally t SET state = {_STATE},
  outcome = {_OUTCOME.format(state=f"({_STATE})", demanded="t.demanded", verdict="t.verdict")},
  day = CAST(coalesce(c.opened, t.planned_at) AT TIME ZONE 'Asia/Shanghai' AS date)
FROM now_known c, certs.tally o
WHERE t.case_number = c.case_number AND t.state = 'waiting'
  AND o.case_number = t.case_number AND o.material_id = t.material_id
RETURNING o.day AS was, t.day
""")  # noqa: S608  (constants of this file)
_NEVER = text("""
UPDATE certs.tally SET state = 'never', outcome = 'never'
WHERE state = 'waiting' AND planned_at < :before RETURNING day
""")


@dataclass(frozen=True)
class Counted:
    """What was new: cases planned, materials demanded, materials of cases now decided upon."""

    cases: int
    demands: int
    settled: int


def count(house: House) -> Counted:
    """Bring the tally and its sums up to date. One at a time; repeating it does no harm."""
    with house.engine.begin() as conn:
        lock(conn, "tally")
        now, days = house.clock(), set[date]()
        cases = _plans(conn, days)
        demands = _demands(conn, days)
        settled = conn.execute(_ACCEPTED, {"accepting": ACCEPTING}).all()
        days.update(day for row in settled for day in (row.was, row.day))
        days.update(conn.execute(_NEVER, {"before": now - CONFIRMED_WITHIN}).scalars())
        refresh(conn, days)
        _stamp(conn, now)
    return Counted(cases, demands, len(settled))


def counted_at(conn: Connection) -> datetime | None:
    """When the tally was last brought up to date; None: never."""
    at: datetime | None = conn.execute(select(tallied.c.at)).scalar()
    return at


def _plans(conn: Connection, days: set[date]) -> int:
    last = conn.execute(select(func.max(planned.c.id))).scalar()
    if last is None:
        return 0
    rows = conn.execute(_PLANS, {"last": last}).all()
    cases = sorted({row.case_number for row in rows})
    days.update(row.day for row in rows)
    days.update(conn.execute(_DROPPED, {"cases": cases}).scalars())
    return len(cases)


def _demands(conn: Connection, days: set[date]) -> int:
    """A demand whose plan is not counted yet waits for it."""
    known = text(
        "SELECT d.id FROM certs.demand d WHERE NOT d.counted AND EXISTS (SELECT FROM certs.tally t"
        " WHERE t.case_number = d.case_number AND t.material_id = d.material_id)"
    )
    ids = [row.id for row in conn.execute(known)]
    if ids:
        days.update(conn.execute(_DEMANDS, {"ids": ids}).scalars())
        conn.execute(update(demand).where(demand.c.id.in_(ids)).values(counted=True))
    return len(ids)


def _stamp(conn: Connection, now: datetime) -> None:
    row: dict[str, Any] = {"id": 1, "at": now}
    stamp = insert(tallied).values(row)
    conn.execute(stamp.on_conflict_do_update(index_elements=["id"], set_={"at": now}))
