"""The sums of days and months, made anew for the days that changed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection, text

_FORGET = text("DELETE FROM certs.tally_sum WHERE grain = :grain AND day = ANY(:days)")
#: GROUPING's bits, the first column the highest: a column that is summed over has a one.
_DAYS = text("""
INSERT INTO certs.tally_sum (grain, day, by, value, outcome, n)
SELECT 'day', day,
  CASE GROUPING(division, department, item_id, demanded, detail)
    WHEN 31 THEN 'all' WHEN 15 THEN 'division' WHEN 23 THEN 'department' WHEN 27 THEN 'item_id'
    WHEN 29 THEN 'demanded' WHEN 30 THEN 'detail' END AS by,
  CASE GROUPING(division, department, item_id, demanded, detail)
    WHEN 31 THEN '' WHEN 15 THEN division WHEN 23 THEN department WHEN 27 THEN item_id
    WHEN 29 THEN coalesce(demanded, '') WHEN 30 THEN detail || chr(9) || source END AS value,
  outcome, count(*)
FROM certs.tally WHERE day = ANY(:days)
GROUP BY GROUPING SETS ((day, outcome), (day, outcome, division), (day, outcome, department),
  (day, outcome, item_id), (day, outcome, demanded), (day, outcome, detail, source))
""")
_MONTHS = text("""
INSERT INTO certs.tally_sum (grain, day, by, value, outcome, n)
SELECT 'month', CAST(date_trunc('month', day) AS date), by, value, outcome, sum(n)
FROM certs.tally_sum
WHERE grain = 'day' AND CAST(date_trunc('month', day) AS date) = ANY(:days)
  AND day >= :begin AND day < CAST(:last + interval '1 month' AS date)
GROUP BY 2, by, value, outcome
""")


def refresh(conn: Connection, days: Collection[date]) -> None:
    """Sum the tally's rows of these days again, and the months that they are in."""
    if not days:
        return
    months = sorted({day.replace(day=1) for day in days})
    conn.execute(_FORGET, {"grain": "day", "days": sorted(days)})
    conn.execute(_DAYS, {"days": sorted(days)})
    conn.execute(_FORGET, {"grain": "month", "days": months})
    conn.execute(_MONTHS, {"days": months, "begin": months[0], "last": months[-1]})
