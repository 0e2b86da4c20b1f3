"""What waits is counted through an index of what is open: what was answered costs nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import ColumnElement, Table, func, select, text

from catalog.tables import review
from kernel.house import House
from landing.tables import finding, hold, quarantine
from pipeline.ops.measured import QUEUES
from pipeline.ops.tables import alarm

OTHERS: dict[str, tuple[Table, ColumnElement[bool]]] = {
    "refused rows": (quarantine, quarantine.c.closed_at.is_(None)),
    "findings": (finding, finding.c.closed_at.is_(None)),
    "holds": (hold, hold.c.ended_at.is_(None)),
    "alarms": (alarm, alarm.c.ended_at.is_(None)),
    "questions of items": (
        review,
        (review.c.subject == "item") & review.c.closed_at.is_(None),
    ),
}
ALL = {**QUEUES, **OTHERS}


@pytest.mark.parametrize("name", ALL)
def test_a_queue_is_counted_through_an_index_of_what_is_open(house: House, name: str) -> None:
    table, waits = ALL[name]
    query = select(func.count()).select_from(table).where(waits)
    index = _index(house, query)
    with house.engine.connect() as conn:
        partial = conn.execute(
            text("SELECT indpred IS NOT NULL FROM pg_index WHERE indexrelid = to_regclass(:n)"),
            {"n": f"{table.schema}.{index}"},
        ).scalar()
    assert partial, f"{name} is counted by {index}"


def _index(house: House, query: Any) -> str:
    """The index that the server would count by, if it could not read the whole table."""
    said = query.compile(house.engine, compile_kwargs={"literal_binds": True})
    with house.engine.connect() as conn:
        conn.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(conn.exec_driver_sql(f"EXPLAIN {said}").scalars())
    found = re.search(r"(?:Index(?: Only)? Scan using|Bitmap Index Scan on) (\w+)", plan)
    assert found is not None, plan
    return found[1]
