"""Names and materials unified: what they were found to be, and what waits for a person."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Identity, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from catalog.tables.base import TIME, metadata

canonical_item = Table(
    "canonical_item",
    metadata,
    Column("id", Text, primary_key=True),  # the base catalogue's code
    Column("name", Text, nullable=False),
    Column("parent", Text),
    Column("task_type", Text),
    Column("department", Text),
    Column("gone_at", TIME),
    Column("level", Text, nullable=False),  # main | sub | handling (GB/T 39554)
    Column("parent_id", Text),  # the main item of a sub-item, the sub-item of a handling item
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
judgement = Table(  # what holds of each row, and what held: follows from rules and statements
    "judgement",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("subject", Text, nullable=False),  # item | material
    Column("left", Text, nullable=False),  # local item code, or the material's name as written
    Column("right", Text),  # canonical id (a compound material: several, by spaces); null: none
    Column("relation", Text, nullable=False),  # same | narrower | broader | none
    Column("key", Text, nullable=False),  # of the question: name and office
    Column("statement", BigInteger),  # the person's, where one decides
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
review = Table(  # rows that wait for a person's answer
    "review",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("left", Text, primary_key=True),
    Column("left_name", Text, nullable=False),
    Column("division", Text),
    Column("department", Text),
    Column("key", Text, nullable=False),  # rows of one name and office are one question
    Column("why", Text, nullable=False),
    Column("candidates", JSONB, nullable=False),  # [{id, name, score, why}], best first
    Column("opened_at", TIME, nullable=False),
    Column("closed_at", TIME),
)
Index("review_open", review.c.subject, review.c.key, postgresql_where=review.c.closed_at.is_(None))
unified = Table(  # a run of unify that had something to do
    "unified",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("run", Text, nullable=False),
    Column("at", TIME, nullable=False),
    Column("rules", Text, nullable=False),  # digest of the rules it used
    Column("left_behind", Text, nullable=False),  # of what the tables held when it ended
    Column("canonical", Integer, nullable=False),
    Column("county", Integer, nullable=False),
    Column("unified", Integer, nullable=False),
    Column("to_review", Integer, nullable=False),
)
