"""What plans said and what became of it (schema `certs`), for the bureau's sums. No person's data.

`planned` is written with each plan and emptied by `certs.sums.count`, which keeps `tally`: one row
a case and material. `demand` says where a clerk asked for a paper although the plan waived it.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, Identity, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from certs.tables import TIME, metadata

__all__ = ["demand", "metadata", "planned", "tallied", "tally", "tally_sum"]

planned = Table(  # a plan that is not counted yet
    "planned",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("case_number", Text, nullable=False),
    Column("item_id", Text, nullable=False),
    Column("division", Text, nullable=False),  # of the implementation applied for; '': not said
    Column("department", Text, nullable=False),  # that decides; '': nobody
    Column("post", Text, nullable=False),
    Column("at", TIME, nullable=False),
    Column("lines", JSONB, nullable=False),  # [{material_id, material, verdict, detail, source}]
)
tally = Table(  # what the newest plan before acceptance said of each material of a case
    "tally",
    metadata,
    Column("case_number", Text, primary_key=True),
    Column("material_id", Text, primary_key=True),
    Column("material", Text, nullable=False),
    Column("item_id", Text, nullable=False),
    Column("division", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("post", Text, nullable=False),
    Column("plan", BigInteger, nullable=False),  # `planned.id` of the plan that says so
    Column("planned_at", TIME, nullable=False),  # the case's first plan
    Column("verdict", Text, nullable=False),  # a line's; also promised (容缺), own
    Column("detail", Text, nullable=False),  # the reason's code; '': none
    Column("source", Text, nullable=False),  # a system, or the types that none gives; '': none
    Column("demanded", Text),  # why a clerk asked for it anyway
    Column("state", Text, nullable=False),  # waiting | accepted | late | withdrawn | never
    Column("outcome", Text, nullable=False),  # as certs.sums.count says
    Column("day", Date, nullable=False),  # the case was opened; until that is known: planned
)
Index("tally_day", tally.c.day, tally.c.case_number, tally.c.material_id)
Index("tally_waiting", tally.c.case_number, postgresql_where=tally.c.state == "waiting")
for _name in ("item_id", "division", "outcome"):  # what rows are narrowed to, in the list's order
    Index(f"tally_{_name}", tally.c[_name], tally.c.day, tally.c.case_number, tally.c.material_id)
tally_sum = Table(  # how many materials: of each day, and of each month out of its days
    "tally_sum",
    metadata,
    Column("grain", Text, primary_key=True),  # day | month
    Column("day", Date, primary_key=True),  # of a month its first
    Column("by", Text, primary_key=True),  # a column of the tally; all: of none
    Column("value", Text, primary_key=True),  # of that column; of detail: with its source behind
    Column("outcome", Text, primary_key=True),
    Column("n", Integer, nullable=False),
)
demand = Table(  # 仍要求提交
    "demand",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("case_number", Text, nullable=False),
    Column("material_id", Text, nullable=False),
    Column("post", Text, nullable=False),
    Column("reason", Text, nullable=False),  # as certs.waivers.demands.REASONS
    Column("by", Text, nullable=False),
    Column("at", TIME, nullable=False),
    Column("withdrawn_at", TIME),
    Column("withdrawn_by", Text),
    Column("counted", Boolean, nullable=False),  # the tally knows of it as it is
)
Index(
    "demand_standing",
    demand.c.case_number,
    demand.c.material_id,
    unique=True,
    postgresql_where=demand.c.withdrawn_at.is_(None),
)
Index("demand_uncounted", demand.c.id, postgresql_where=~demand.c.counted)
tallied = Table(  # one row: when the tally was last brought up to date
    "tallied",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", TIME, nullable=False),
)
