"""Published versions: never changed once they stand."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, Identity, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from catalog.tables.base import TIME, metadata

version = Table(
    "version",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("published_at", TIME, nullable=False),
    Column("by", Text, nullable=False),
    Column("items", Integer, nullable=False),
    Column("mappings", Integer, nullable=False),
    Column("materials", Integer, nullable=False),
    Column("equal_to", Integer),  # a roll-back: the older version that it repeats
    Column("why", Text),
)
published_item = Table(
    "published_item",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("item_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("parent", Text),
    Column("department", Text),
    Column("task_type", Text),
)
published_mapping = Table(
    "published_mapping",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("local_code", Text, primary_key=True),  # a county's implementation
    Column("item_id", Text, nullable=False),
    Column("relation", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("division", Text),
    Column("department", Text),  # the one that handles it there
)
published_material = Table(
    "published_material",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("item_id", Text, primary_key=True),
    Column("material_id", Text, primary_key=True),
    Column("situation", Text, primary_key=True),  # '' : always
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("need", Boolean, nullable=False),
    Column("purpose", Text, nullable=False),  # prove | compare | surrender
    Column("source_type", Text),
    Column("grade", Text, nullable=False),
    Column("licence_types", ARRAY(Text), nullable=False),
    Column("order", Integer, nullable=False),
)
Index("published_mapping_item", published_mapping.c.version, published_mapping.c.item_id)
published_deciding = Table(
    "published_deciding",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("item_id", Text, primary_key=True),
    Column("division", Text, primary_key=True),
    Column("origin", Text, primary_key=True),
    Column("begins", Date, primary_key=True),
    Column("ends", Date),
    Column("department", Text),
    Column("manner", Text, nullable=False),
    Column("on_behalf_of", Text),
    Column("document", Text),
    Column("basis", Text),
)
published_flow = Table(
    "published_flow",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("item_id", Text, primary_key=True),
    Column("division", Text, primary_key=True),
    Column("local_code", Text, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("begins", Date, primary_key=True),
    Column("origin", Text, primary_key=True),  # catalogue | delta
    Column("ends", Date),
    Column("value", JSONB, nullable=False),
    Column("source", Text, nullable=False),  # the row's code, or the delta's number
    Column("basis", Text),
    Column("document", Text),
)
published_declared = Table(  # what a county's own guide says, reviewed or not
    "published_declared",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("local_code", Text, primary_key=True),
    Column("limit_days", Integer),
    Column("promise_days", Integer),
    Column("fee", Boolean),
    Column("fee_standard", Text),
    Column("fee_basis", Text),
    Column("steps", JSONB),
    Column("results", JSONB),
)
publishing_hold = Table(  # after a roll-back nothing is published until a person says so
    "publishing_hold",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("version", Integer, nullable=False),  # the roll-back's own number
    Column("since", TIME, nullable=False),
    Column("by", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("ended_at", TIME),
    Column("ended_by", Text),
    Column("ended_why", Text),
)
published_field = Table(  # what an item's form asks
    "published_field",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("item_id", Text, primary_key=True),
    Column("name", Text, primary_key=True),  # as the item's form has it
    Column("standard", Text, nullable=False),  # its one name in all forms
    Column("type", Text, nullable=False),
    Column("required", Boolean, nullable=False),
    Column("order", Integer, nullable=False),
)
