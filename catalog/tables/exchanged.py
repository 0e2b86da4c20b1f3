"""The national exchange tables: what was sent, and what came back with a fault."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Identity, Index, Integer, Table, Text

from catalog.tables.base import TIME, metadata

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
