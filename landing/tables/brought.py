"""What came outside of a run: answers of look-up systems, and pushed batches."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from landing.tables.base import TIME, metadata

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
