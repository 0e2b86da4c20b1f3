"""The licences' tables (schema `certs`). Personal values are only in `sealed`."""

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
    Index("seal_batch_root", "root"),
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
Index(  # what ended at a time, for telling others
    "licence_ended",
    licence.c.system,
    licence.c.ended_at,
    postgresql_where=licence.c.ended_at.is_not(None),
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
form_look = (
    Table(  # licences of which a case's form was filled in; with the copies the view `looked`
        "form_look",
        metadata,
        Column("id", BigInteger, Identity(), primary_key=True),
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
        Column("catalogue_version", Integer, nullable=False),
        Column("made_at", TIME, nullable=False),
        Column("ledger_seq", BigInteger, nullable=False),
    )
)
Index("form_look_reader", form_look.c.reader, form_look.c.made_at)
Index("form_look_system", form_look.c.system, form_look.c.made_at)
licence_state = Table(  # every change of a version's state; its first one is `was` of the first
    "licence_state",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("licence_id", Text, nullable=False),
    Column("at", TIME, nullable=False),
    Column("was", Text, nullable=False),
    Column("state", Text, nullable=False),  # a state, or gone
    Column("reason", Text, nullable=False),  # new_version | past_valid_to | gone_at_source
)
Index("licence_state_of", licence_state.c.licence_id, licence_state.c.id)
issuer_file = Table(  # the issuer's own file of a licence version, verified on the way in
    "issuer_file",
    metadata,
    Column("licence_id", Text, primary_key=True),
    Column("object", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("kind", Text, nullable=False),  # pdf | ofd | licence
    Column("untouched", Boolean),  # the verdict in three parts; null: no seal
    Column("status", Text, nullable=False),
    Column("issuer_known", Boolean, nullable=False),
    Column("taken_at", TIME, nullable=False),
    Column("taken_by", Text, nullable=False),
)
scan = Table(  # a paper that a clerk has compared with the original: trust grade B
    "scan",
    metadata,
    Column("id", Text, primary_key=True),
    Column("holder_hash", Text, nullable=False),
    Column("licence_type", Text, nullable=False),
    Column("case_number", Text, nullable=False),  # where it was first handed in
    Column("post", Text, nullable=False),
    Column("verified_by", Text, nullable=False),
    Column("verified_at", TIME, nullable=False),
    Column("usable_until", Date, nullable=False),
    Column("object", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("withdrawn_at", TIME),
)
Index("scan_holder", scan.c.holder_hash, scan.c.licence_type)
promise = Table(  # 容缺: what a case was accepted without, and until when
    "promise",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("case_number", Text, nullable=False),
    Column("item_id", Text, nullable=False),
    Column("material_id", Text, nullable=False),
    Column("material", Text, nullable=False),
    Column("post", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", TIME, nullable=False),
    Column("until", Date, nullable=False),
    Column("outcome", Text),  # fetched | to_bring | overdue | case_closed
    Column("settled_at", TIME),
)
Index(
    "promise_open",
    promise.c.case_number,
    promise.c.material_id,
    unique=True,
    postgresql_where=promise.c.outcome.is_(None),
)
message = Table(  # what the platform tells the clerks of a post; no personal data
    "message",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("post", Text, nullable=False),
    Column("case_number", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", TIME, nullable=False),
    Column("read_at", TIME),
    Column("read_by", Text),
)
Index("message_post", message.c.post, message.c.id, postgresql_where=message.c.read_at.is_(None))
correction = Table(  # 校核: somebody says that a licence is wrong
    "correction",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("system", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("key_hash", Text, nullable=False),
    Column("row_hash", Text, nullable=False),  # the version that is said to be wrong
    Column("licence_type", Text, nullable=False),
    Column("department", Text, nullable=False),  # who answers
    Column("field", Text, nullable=False),
    Column("reported_by", Text, nullable=False),  # an account, or: holder
    Column("case_number", Text),
    Column("post", Text),
    Column("reported_at", TIME, nullable=False),
    Column("due", Date, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # what was said and what was answered
    Column("answer", Text),  # corrected | refused
    Column("answered_by", Text),
    Column("answered_at", TIME),
)
Index("correction_row", correction.c.system, correction.c.stream, correction.c.key_hash)
Index("correction_department", correction.c.department, correction.c.id)
Index(
    "correction_open",
    correction.c.department,
    correction.c.id,
    postgresql_where=correction.c.answered_at.is_(None),
)
