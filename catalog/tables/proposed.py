"""What people say of an item: who decides it, what a county does otherwise, what its form asks.

A period runs from `begins` to the day before `ends`; the migration adds exclusion constraints: of
one subject no two periods overlap.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Identity, Index, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from catalog.tables.base import TIME, metadata

deciding = Table(  # who decides an item, when
    "deciding",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("item_id", Text, nullable=False),
    Column("division", Text, nullable=False),  # present name; '' everywhere
    Column("origin", Text, nullable=False),  # source: the item system's department; bureau
    Column("begins", Date, nullable=False),  # 0001-01-01: as long as is known
    Column("ends", Date),  # the first day on which it no longer holds
    Column("department", Text),  # null: exempted, nobody decides
    Column("manner", Text, nullable=False),  # kept | delegated | passed_down | transferred | …
    Column("on_behalf_of", Text),  # delegated: in whose name
    Column("document", Text),
    Column("basis", Text),
    Column("by", Text, nullable=False),
    Column("at", TIME, nullable=False),
    Column("why", Text, nullable=False),
    Column("ended_by", BigInteger),  # the later one that it gave way to
    Column("withdrawn_at", TIME),
    Column("withdrawn_by", Text),
    Column("withdrawn_why", Text),
)
flow_delta = Table(  # what a county does otherwise ('' : what the city adds to the base catalogue)
    "flow_delta",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("item_id", Text, nullable=False),
    Column("division", Text, nullable=False),
    Column("local_code", Text, nullable=False),  # follows this code where it is mapped; '' : none
    Column("field", Text, nullable=False),
    Column("value", JSONB, nullable=False),
    Column("begins", Date, nullable=False),
    Column("ends", Date),
    Column("basis", Text, nullable=False),
    Column("document", Text),
    Column("why", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", TIME, nullable=False),
    Column("state", Text, nullable=False),  # proposed | accepted | refused | withdrawn
    Column("decided_by", Text),
    Column("decided_at", TIME),
    Column("decided_why", Text),
    Column("ended_by", BigInteger),
)
Index("flow_delta_state", flow_delta.c.state, flow_delta.c.item_id)
form_change = Table(  # a form proposed for an item, whole; the last accepted one is its form
    "form_change",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("item_id", Text, nullable=False),
    Column("fields", JSONB, nullable=False),  # [{name, type, required}] in order
    Column("why", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", TIME, nullable=False),
    Column("state", Text, nullable=False),  # proposed | accepted | refused | withdrawn
    Column("decided_by", Text),
    Column("decided_at", TIME),
    Column("decided_why", Text),
)
Index("form_change_item", form_change.c.item_id, form_change.c.state)
