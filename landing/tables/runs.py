"""Runs: their batches, cursors, counts and probes; what is read when, and what may not be read."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Identity,
    Index,
    Integer,
    Numeric,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from landing.tables.base import TIME, metadata

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
