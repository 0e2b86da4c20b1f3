"""The catalogue's tables (schema `catalog`). No personal data here."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
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

# Who decides, and the flow. A period runs from `begins` to the day before `ends`; the migration
# adds exclusion constraints: of one subject no two periods overlap.
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
sent = Table(  # what the national exchange tables were last given
    "sent",
    metadata,
    Column("target", Text, primary_key=True),  # the secret's name, or the folder's
    Column("table_name", Text, primary_key=True),
    Column("row_guid", Text, primary_key=True),
    Column("row_hash", Text, nullable=False),
    Column("item_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("batch", Text, nullable=False),
    Column("at", TIME, nullable=False),
    Column("gone", Boolean, nullable=False),  # it was told as deleted
)
reopened = Table(  # rows that came back with a fault: questions for a person
    "reopened",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("fault_guid", Text, nullable=False, unique=True),  # one fault is taken once
    Column("fault_table", Text, nullable=False),
    Column("table_name", Text, nullable=False),
    Column("row_guid", Text, nullable=False),
    Column("item_id", Text),  # null: a row that this catalogue did not send
    Column("code", Text, nullable=False),
    Column("fault", Text, nullable=False),
    Column("row_hash", Text),  # of the row as it was sent
    Column("opened_at", TIME, nullable=False),
    Column("by", Text, nullable=False),
    Column("closed_at", TIME),
    Column("closed_by", Text),
    Column("closed_why", Text),
    Column("resend", Boolean, nullable=False),  # to be sent again as it is
)
Index("sent_row", sent.c.row_guid)
Index("reopened_row", reopened.c.table_name, reopened.c.row_guid)
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
