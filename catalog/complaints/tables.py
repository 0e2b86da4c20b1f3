"""The complaints' table (schema `catalog`). No person's name or number is a column here."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Identity, Index, Table, Text, UniqueConstraint

from catalog.tables import TIME, metadata

__all__ = ["complaint", "metadata"]

complaint = Table(
    "complaint",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("source", Text, nullable=False),  # hotline | rating
    Column("reference", Text, nullable=False),  # the ticket's number at its source
    Column("said_on", Date, nullable=False),
    Column("division", Text, nullable=False),  # '': not said
    Column("item", Text, nullable=False),  # as written
    Column("item_id", Text),  # the one published item of that name or code; null: to be found
    Column("material", Text, nullable=False),  # as written
    Column("words", Text, nullable=False),  # what was said; numbers of persons taken out
    Column("imported_by", Text, nullable=False),
    Column("imported_at", TIME, nullable=False),
    Column("answer", Text),  # as catalog.complaints.answers.ANSWERS; null: open
    Column("why", Text),
    Column("answered_by", Text),
    Column("answered_at", TIME),
    UniqueConstraint("source", "reference"),
)
Index("complaint_open", complaint.c.id, postgresql_where=complaint.c.answer.is_(None))
Index("complaint_day", complaint.c.said_on, complaint.c.id)
