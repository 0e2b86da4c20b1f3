"""The licences' tables (schema `certs`). Personal values are only in `sealed`."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(schema="certs")
TIME = DateTime(timezone=True)

seal_batch = Table(  # one signature over the root of a Merkle tree of licences
    "seal_batch",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("root", Text, nullable=False),  # hex
    Column("key_id", Text, nullable=False),  # SHA-256 of the public key, hex
    Column("signature", LargeBinary, nullable=False),
    Column("sealed_at", TIME, nullable=False),
)
licence = Table(
    "licence",
    metadata,
    Column("id", Text, primary_key=True),  # keyed hash of system, stream, row key, version
    Column("system", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("key_hash", Text, nullable=False),
    Column("row_hash", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("standing", Text, nullable=False),  # issuer-sealed | delegated | data only
    Column("state", Text, nullable=False),  # valid | suspended | revoked | expired | superseded
    Column("holder_kind", Text, nullable=False),
    Column("issuer", Text),
    Column("issued", Date),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("source_time", TIME),
    Column("batch", Text, nullable=False),
    Column("run", Text, nullable=False),
    Column("published_at", TIME, nullable=False),
    Column("ended_at", TIME),  # superseded or gone
    Column("leaf_hash", Text, nullable=False),  # hex
    Column("seal_batch", BigInteger, nullable=False),
    Column("leaf_index", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # canonical JSON of the licence document
    UniqueConstraint("system", "stream", "key_hash", "version"),
)
Index(
    "licence_current",
    licence.c.system,
    licence.c.stream,
    licence.c.key_hash,
    unique=True,
    postgresql_where=licence.c.ended_at.is_(None),
)
Index("licence_seal", licence.c.seal_batch, licence.c.leaf_index, unique=True)
licence_holder = Table(  # the licence's data key, wrapped once for each holder
    "licence_holder",
    metadata,
    Column("holder_hash", Text, primary_key=True),
    Column("licence_id", Text, primary_key=True),
    Column("type", Text, nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
)
holder_key = Table(
    "holder_key",
    metadata,
    Column("holder_hash", Text, primary_key=True),
    Column("wrapped_key", LargeBinary, nullable=False),
)
copy = Table(  # annotated copies
    "copy",
    metadata,
    Column("id", Text, primary_key=True),
    Column("licence_id", Text),  # null for an answer of a look-up system
    Column("licence_type", Text, nullable=False),
    Column("system", Text, nullable=False),
    Column("standing", Text, nullable=False),
    Column("holder_hash", Text, nullable=False),
    Column("case_number", Text, nullable=False),
    Column("item_id", Text, nullable=False),
    Column("material_id", Text, nullable=False),
    Column("reader", Text, nullable=False),
    Column("post", Text, nullable=False),
    Column("purpose", Text, nullable=False),  # prove; what the reader wrote is on the copy's face
    Column("catalogue_version", Integer, nullable=False),
    Column("made_at", TIME, nullable=False),
    Column("expires_at", TIME, nullable=False),
    Column("object", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("ledger_seq", BigInteger, nullable=False),
)
Index("copy_holder", copy.c.holder_hash, copy.c.made_at)
Index("copy_system", copy.c.system, copy.c.made_at)
Index("copy_reader", copy.c.reader, copy.c.made_at)
