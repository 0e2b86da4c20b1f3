"""What a department must look at: refused rows, findings, and holds on publishing."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Identity, Index, Integer, LargeBinary, Table, Text

from landing.tables.base import TIME, metadata

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
    Column("sealed", LargeBinary),  # the raw row, JSON; null: closed for long, its values forgotten
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
