"""The catalogue's tables (schema `catalog`). No personal data here."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData(schema="catalog")
TIME = DateTime(timezone=True)
LOCK = "catalog"  # unify, publish and a person's judgement do not overlap

canonical_item = Table(
    "canonical_item",
    metadata,
    Column("id", Text, primary_key=True),  # the base catalogue's code
    Column("name", Text, nullable=False),
    Column("parent", Text),
    Column("task_type", Text),
    Column("department", Text),
    Column("gone_at", TIME),
)
canonical_material = Table(
    "canonical_material",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),  # licence | form | statement | report | approval | other
    Column("role", Text, nullable=False),  # applicant | spouse | agent | legal_representative | …
    Column("licence_types", ARRAY(Text), nullable=False),  # any one of them satisfies it
    Column("grade", Text, nullable=False),  # A | B | C | D
)
judgement = Table(  # every decision, with who, when, why; the newest that is not undone counts
    "judgement",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("subject", Text, nullable=False),  # item | material
    Column("left", Text, nullable=False),  # local item code, or the material's name as written
    Column("right", Text),  # canonical id (a compound material: several, by spaces); null: none
    Column("relation", Text, nullable=False),  # same | narrower | broader | none
    Column("by", Text, nullable=False),  # rule:<name> or user:<name>
    Column("why", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("at", TIME, nullable=False),
    Column("undone_at", TIME),
    Column("left_name", Text, nullable=False),
)
Index(
    "judgement_current",
    judgement.c.subject,
    judgement.c.left,
    unique=True,
    postgresql_where=judgement.c.undone_at.is_(None),
)
review = Table(  # questions for a person
    "review",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("left", Text, primary_key=True),
    Column("left_name", Text, nullable=False),
    Column("division", Text),
    Column("department", Text),
    Column("candidates", JSONB, nullable=False),  # [{id, name, score, why}], best first
    Column("opened_at", TIME, nullable=False),
    Column("closed_at", TIME),
)
unified = Table(  # a run of unify that had something to do
    "unified",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("run", Text, nullable=False),
    Column("at", TIME, nullable=False),
    Column("fingerprint", Text, nullable=False),  # of what it read and what it left
    Column("canonical", Integer, nullable=False),
    Column("county", Integer, nullable=False),
    Column("unified", Integer, nullable=False),
    Column("to_review", Integer, nullable=False),
)
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
form_field = Table(  # what an item's form asks; a department gives the list, whole
    "form_field",
    metadata,
    Column("item_id", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("type", Text, nullable=False),
    Column("required", Boolean, nullable=False),
    Column("order", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", TIME, nullable=False),
)
