"""Seals are found by their root; offers to wallets, and credentials given."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

TIME = sa.DateTime(timezone=True)
SCHEMA = "certs"


def upgrade() -> None:
    op.create_index("seal_batch_root", "seal_batch", ["root"], unique=False, schema=SCHEMA)
    op.create_table(
        "wallet_offer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("licence_id", sa.Text(), nullable=False),
        sa.Column("licence_type", sa.Text(), nullable=False),
        sa.Column("holder_hash", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("pin_hash", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("ends", TIME, nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=True),
        sa.Column("done_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code_hash"),
        sa.UniqueConstraint("token_hash"),
        schema=SCHEMA,
    )
    op.create_table(
        "credential",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("licence_id", sa.Text(), nullable=False),
        sa.Column("licence_type", sa.Text(), nullable=False),
        sa.Column("holder_hash", sa.Text(), nullable=False),
        sa.Column("wallet_key", sa.Text(), nullable=False),
        sa.Column("issued_at", TIME, nullable=False),
        sa.Column("ends", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_certs_credential_holder_hash",
        "credential",
        ["holder_hash"],
        unique=False,
        schema=SCHEMA,
    )


def downgrade() -> None:
    for name in ("credential", "wallet_offer"):
        op.drop_table(name, schema=SCHEMA)
    op.drop_index("seal_batch_root", "seal_batch", schema=SCHEMA)
