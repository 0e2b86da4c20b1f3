"""Licence states as a history, issuers' files, verified scans, 容缺, messages, corrections."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

TIME = sa.DateTime(timezone=True)
SCHEMA = "certs"


def upgrade() -> None:
    op.create_table(
        "licence_state",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("licence_id", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index(
        "licence_state_of", "licence_state", ["licence_id", "id"], unique=False, schema=SCHEMA
    )
    op.create_table(
        "issuer_file",
        sa.Column("licence_id", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("untouched", sa.Boolean(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("issuer_known", sa.Boolean(), nullable=False),
        sa.Column("taken_at", TIME, nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("licence_id"),
        schema=SCHEMA,
    )
    op.create_table(
        "scan",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("holder_hash", sa.Text(), nullable=False),
        sa.Column("licence_type", sa.Text(), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("verified_by", sa.Text(), nullable=False),
        sa.Column("verified_at", TIME, nullable=False),
        sa.Column("usable_until", sa.Date(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index(
        "scan_holder", "scan", ["holder_hash", "licence_type"], unique=False, schema=SCHEMA
    )
    op.create_table(
        "promise",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("material_id", sa.Text(), nullable=False),
        sa.Column("material", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("settled_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index(
        "promise_open",
        "promise",
        ["case_number", "material_id"],
        unique=True,
        schema=SCHEMA,
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("read_at", TIME, nullable=True),
        sa.Column("read_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index(
        "message_post",
        "message",
        ["post", "id"],
        unique=False,
        schema=SCHEMA,
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_table(
        "correction",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.Column("licence_type", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("reported_by", sa.Text(), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=True),
        sa.Column("post", sa.Text(), nullable=True),
        sa.Column("reported_at", TIME, nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answered_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index(
        "correction_department", "correction", ["department", "id"], unique=False, schema=SCHEMA
    )
    op.create_index(
        "correction_row",
        "correction",
        ["system", "stream", "key_hash"],
        unique=False,
        schema=SCHEMA,
    )


def downgrade() -> None:
    for name in ("correction", "message", "promise", "scan", "issuer_file", "licence_state"):
        op.drop_table(name, schema=SCHEMA)
