"""The landing's tables (schema `landing`).

Personal values are only in `sealed` (AES-256-GCM). What stands in plain columns is what the
steps after this one select by: keyed hashes, types, dates, states.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData(schema="landing")
TIME = DateTime(timezone=True)


def _record(name: str, *own: Column[object]) -> Table:
    """A typed table a kind: its own columns and those that every record has.

    A row is live when `deleted_at` is null and `withheld` is false. `withheld`: a newer version
    of the row is in quarantine.
    """
    return Table(
        name,
        metadata,
        Column("system", Text, primary_key=True),
        Column("stream", Text, primary_key=True),
        Column("key_hash", Text, primary_key=True),
        Column("row_hash", Text, nullable=False),
        Column("batch", Text, nullable=False),
        Column("run", Text, nullable=False),
        Column("source_time", TIME),
        Column("landed_at", TIME, nullable=False),
        Column("deleted_at", TIME),
        Column("withheld", Boolean, nullable=False, server_default=text("false")),
        Column("extra", JSONB),
        Column("sealed", LargeBinary),
        *own,
    )


item = _record(
    "item",
    Column("code", Text, nullable=False),
    Column("base_code", Text),
    Column("name", Text, nullable=False),
    Column("parent", Text),
    Column("level", Text, nullable=False),
    Column("task_type", Text),
    Column("department", Text),
    Column("division", Text),
    Column("handling_department", Text),
    Column("limit_days", Integer),
    Column("promise_days", Integer),
    Column("fee", Boolean),
)
material = _record(
    "material",
    Column("item_code", Text, nullable=False),
    Column("situation", Text),
    Column("name", Text, nullable=False),
    Column("need", Boolean),
    Column("purpose", Text),
    Column("source_type", Text),
    Column("form", Text),
    Column("copies", Integer),
    Column("order", Integer),
)
licence = _record(
    "licence",
    Column("type", Text, nullable=False),
    Column("holder_kind", Text, nullable=False),
    Column("holder_hash", Text, nullable=False),
    Column("co_holder_hash", Text),
    Column("issuer", Text),
    Column("issued", Date),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("status", Text, nullable=False),
    Column("file", Text),
)
case = _record(
    "case",
    Column("case_number", Text, nullable=False),
    Column("item_code", Text, nullable=False),
    Column("department", Text),
    Column("post", Text),
    Column("applicant_kind", Text, nullable=False),
    Column("holder_hash", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("opened", TIME),
    Column("closed", TIME),
    Column("provisional", Boolean, nullable=False, server_default=text("false")),
)
# Keyed hashes have no order: a hash index costs a bulk of rows a third of what a tree does.
Index("licence_holder", licence.c.holder_hash, postgresql_using="hash")
Index(
    "licence_co_holder",
    licence.c.co_holder_hash,
    postgresql_using="hash",
    postgresql_where=licence.c.co_holder_hash.is_not(None),
)
Index("case_number", case.c.case_number)
Index("case_post", case.c.post)
Index("case_holder", case.c.holder_hash)
RECORDS = {"item": item, "material": material, "licence": licence, "case": case}

finished = Table(  # cases that came to an end: what waits to be told to others
    "finished",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("case_number", Text, nullable=False),
    Column("state", Text, nullable=False),  # granted | refused | withdrawn
    Column("system", Text, nullable=False),  # that said so first
    Column("stream", Text, nullable=False),
    Column("key_hash", Text, nullable=False),
    Column("item_code", Text, nullable=False),
    Column("department", Text),
    Column("closed", TIME),
    Column("at", TIME, nullable=False),
    Column("entry", BigInteger),  # the ledger's entry that tells it
    UniqueConstraint("case_number", "state"),
)
Index("finished_untold", finished.c.id, postgresql_where=finished.c.entry.is_(None))

seen = Table(  # keys of a full read that goes on: what it has not seen at its end is gone
    "seen",
    metadata,
    Column("system", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("run", Text, nullable=False),
    Column("key_hash", Text, nullable=False),
    Column("at", TIME, nullable=False),
)
Index("seen_stream", seen.c.system, seen.c.stream)
batch = Table(
    "batch",
    metadata,
    Column("id", Text, primary_key=True),  # <system>/<stream>/<run>/<seq>
    Column("system", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("run", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("object", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("stored", Integer, nullable=False),
    Column("quarantined", Integer, nullable=False),
    Column("facts", JSONB),
    Column("landed_at", TIME, nullable=False),
)
cursor = Table(
    "cursor",
    metadata,
    Column("system", Text, primary_key=True),
    Column("stream", Text, primary_key=True),
    Column("value", Text),
    Column("moved_at", TIME),
    Column("complete_at", TIME),  # the last complete sync of the stream began then
)
quarantine = Table(
    "quarantine",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("system", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("key_hash", Text, nullable=False),
    Column("row_hash", Text, nullable=False),
    Column("batch", Text, nullable=False),
    Column("run", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("column", Text),
    Column("reason", Text, nullable=False),
    Column("first_seen", TIME, nullable=False),
    Column("last_seen", TIME, nullable=False),
    Column("closed_at", TIME),
    Column("closed_by", Text),  # mended | deleted | replay | lookup
    Column("place", Integer),  # which row of the batch it was, from 1
    Column("sealed", LargeBinary, nullable=False),  # the raw row, JSON
)
Index(
    "quarantine_open",
    quarantine.c.system,
    quarantine.c.stream,
    quarantine.c.key_hash,
    unique=True,
    postgresql_where=quarantine.c.closed_at.is_(None),
)
Index("quarantine_seen", quarantine.c.system, quarantine.c.first_seen)
Index(
    "quarantine_list",
    quarantine.c.system,
    quarantine.c.id,
    postgresql_where=quarantine.c.closed_at.is_(None),
)
Index("quarantine_day", quarantine.c.first_seen)
Index(
    "quarantine_closed",
    quarantine.c.closed_at,
    postgresql_where=quarantine.c.closed_at.is_not(None),
)
finding = Table(
    "finding",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("system", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("kind", Text, nullable=False),  # new_column | missing_column | unknown_category | …
    Column("subject", Text, nullable=False),  # the column, or column=category
    Column("detail", Text, nullable=False),
    Column("first_seen", TIME, nullable=False),
    Column("last_seen", TIME, nullable=False),
    Column("closed_at", TIME),
    Column("acknowledged_at", TIME),  # a person knows of it: who, when, why
    Column("acknowledged_by", Text),
    Column("acknowledged_why", Text),
)
Index(
    "finding_open",
    finding.c.system,
    finding.c.stream,
    finding.c.kind,
    finding.c.subject,
    unique=True,
    postgresql_where=finding.c.closed_at.is_(None),
)
run = Table(
    "run",
    metadata,
    Column("id", Text, primary_key=True),
    Column("system", Text, primary_key=True),
    Column("full", Boolean, nullable=False),
    Column("state", Text, nullable=False),  # running | done | failed | resting
    Column("started", TIME, nullable=False),
    Column("ended", TIME),
    Column("stream", Text),  # being read now
    Column("rows", BigInteger, nullable=False, server_default=text("0")),
    Column("stored", BigInteger, nullable=False, server_default=text("0")),
    Column("quarantined", BigInteger, nullable=False, server_default=text("0")),
    Column("deleted", BigInteger, nullable=False, server_default=text("0")),
    Column("seconds", Numeric(12, 3)),
    Column("error", Text),
    Column("findings", ARRAY(Text)),  # what it found wrong: stream/kind/subject
    Column("kind", Text, nullable=False, server_default=text("'sync'")),  # sync | period | record
    Column("streams", JSONB),  # by stream: from, to, batches, rows, seconds by stage
    Column("rests_until", TIME),
    Column("by", Text),  # a person's run: who, and why deletes were accepted
    Column("why", Text),
    Column("request", Text),  # the id of its last request, where a request of it failed
)
Index("run_system", run.c.system, run.c.started.desc())
Index("run_running", run.c.system, postgresql_where=run.c.state == "running")
probe = Table(
    "probe",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("system", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("run", Text, nullable=False),
    Column("at", TIME, nullable=False),
    Column("answered", Boolean, nullable=False),
    Column("milliseconds", Integer),
    Column("detail", Text),
)
asked = Table(  # answers of look-up systems: for one case, gone with it
    "asked",
    metadata,
    Column("system", Text, primary_key=True),
    Column("stream", Text, primary_key=True),
    Column("case_number", Text, primary_key=True),
    Column("holder_hash", Text, primary_key=True),
    Column("asked_at", TIME, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("sealed", LargeBinary),  # JSON list of normalised licences
)
column_seen = Table(  # what each stream's columns were last seen to be
    "column_seen",
    metadata,
    Column("system", Text, primary_key=True),
    Column("stream", Text, primary_key=True),
    Column("column", Text, primary_key=True),
    Column("type", Text),  # the source's own name, where it has types
    Column("shape", Text),  # see landing.shapes; null: not told yet
    Column("agreed", Integer, nullable=False),  # batches that agreed on the shape, at most 3
    Column("first_seen", TIME, nullable=False),
    Column("last_seen", TIME, nullable=False),
)
measure = Table(  # one row a stream and run
    "measure",
    metadata,
    Column("system", Text, primary_key=True),
    Column("stream", Text, primary_key=True),
    Column("run", Text, primary_key=True),
    Column("at", TIME, nullable=False),
    Column("full", Boolean, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("stored", BigInteger, nullable=False),
    Column("quarantined", BigInteger, nullable=False),
    Column("deleted", BigInteger, nullable=False),  # rows that say so
    Column("ended", BigInteger, nullable=False),  # by absence or reconciliation
    Column("counted", BigInteger, nullable=False),  # rows that `filled` is of
    Column("filled", JSONB, nullable=False),  # field -> rows that have it
    Column("newest", TIME),  # the newest source time among the rows
    Column("seconds", Numeric(12, 3)),
)
Index("measure_at", measure.c.system, measure.c.stream, measure.c.at)
hold = Table(  # while one is open, nothing new of the system is sealed
    "hold",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("system", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("kind", Text, nullable=False),  # quarantine | rows | filled
    Column("detail", Text, nullable=False),
    Column("since", TIME, nullable=False),
    Column("ended_at", TIME),
    Column("ended_by", Text),  # a person's account, or null: by itself
    Column("ended_why", Text),
)
Index(
    "hold_open",
    hold.c.system,
    hold.c.stream,
    hold.c.kind,
    unique=True,
    postgresql_where=hold.c.ended_at.is_(None),
)
call = Table(  # calls to a source by hour: what its quota allows is counted here
    "call",
    metadata,
    Column("system", Text, primary_key=True),
    Column("hour", TIME, primary_key=True),
    Column("calls", Integer, nullable=False),
)
circuit = Table(  # systems that failed in their last runs, and when each is tried again
    "circuit",
    metadata,
    Column("system", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("run", Text, nullable=False),  # the last one that failed
    Column("opened_at", TIME),
    Column("next_try", TIME),
)
pause = Table(  # systems that a person has paused
    "pause",
    metadata,
    Column("system", Text, primary_key=True),
    Column("at", TIME, nullable=False),
    Column("by", Text, nullable=False),
    Column("why", Text, nullable=False),
)
nonce = Table(  # of signed pushes; each is taken once
    "nonce",
    metadata,
    Column("system", Text, primary_key=True),
    Column("nonce_hash", Text, primary_key=True),
    Column("at", TIME, nullable=False),
)
Index("nonce_at", nonce.c.at)
pushed = Table(  # an idempotency key stands for one body, and its answer is given again
    "pushed",
    metadata,
    Column("system", Text, primary_key=True),
    Column("stream", Text, primary_key=True),
    Column("key_hash", Text, primary_key=True),
    Column("body_hash", Text, nullable=False),
    Column("at", TIME, nullable=False),
    Column("answer", JSONB),  # null until the batch has landed, and again after some days
)
Index("pushed_at", pushed.c.at, postgresql_where=pushed.c.answer.is_not(None))
