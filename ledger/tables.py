"""The ledger's tables (schema `ledger`). Entries, nodes and heads are only added: triggers."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Index,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    text,
)

metadata = MetaData(schema="ledger")
TIME = DateTime(timezone=True)

entry = Table(
    "entry",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),  # from 0, without gaps
    Column("body", Text, nullable=False),  # canonical JSON: at, event, actor, case, …
    Column("leaf_hash", LargeBinary, nullable=False),  # SHA-256(0x00 ‖ body), RFC 6962
    Column("root", LargeBinary, nullable=False),  # the tree's root after this entry
)
node = Table(  # inner nodes once complete: appending and proofs read O(log n) of them
    "node",
    metadata,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),  # 2**level leaves
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
)
head = Table(
    "head",
    metadata,
    Column("size", BigInteger, primary_key=True),
    Column("root", LargeBinary, nullable=False),
    Column("signed_at", TIME, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("signature", LargeBinary, nullable=False),
)
witness = Table(  # how far the heads have been written to places outside
    "witness",
    metadata,
    Column("place", Text, primary_key=True),  # objects, or a folder
    Column("size", BigInteger, nullable=False),
    Column("at", TIME, nullable=False),
)
outage = Table(  # times in which heads were not signed, from the first entry that waited
    "outage",
    metadata,
    Column("since", TIME, primary_key=True),
    Column("alarmed_at", TIME, nullable=False),
    Column("asked_by", Text),  # that fetching go on
    Column("asked_at", TIME),
    Column("why", Text),
    Column("agreed_by", Text),  # another person
    Column("agreed_at", TIME),
)
withheld = Table(  # entries that a holder is not shown until a day, by an order
    "withheld",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("withheld_until", TIME, nullable=False),
    Column("document", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", TIME, nullable=False),
)
#: Sign-ins and changes of accounts, for the audit administrator.
Index(
    "entry_account",
    entry.c.seq,
    postgresql_where=text('body LIKE \'%"event":"account.%\''),
)
#: A holder's entries; none but these carry a holder.
Index(
    "entry_holder",
    text("(body::jsonb ->> 'holder'::text)"),
    entry.c.seq,
    postgresql_where=text("body LIKE '%\"holder\":%'"),
)
