"""The ledger's tables (schema `ledger`). Append-only: the program's role has no update here."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
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
