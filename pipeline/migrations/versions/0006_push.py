"""Nonces that were used, and what each idempotency key of a push stands for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "nonce",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("nonce_hash", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("system", "nonce_hash"),
        schema="landing",
    )
    op.create_index("nonce_at", "nonce", ["at"], schema="landing")
    op.create_table(
        "pushed",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("system", "stream", "key_hash"),
        schema="landing",
    )
    op.create_index(
        "pushed_at",
        "pushed",
        ["at"],
        schema="landing",
        postgresql_where=sa.text("answer IS NOT NULL"),
    )


def downgrade() -> None:
    for name in ("pushed", "nonce"):
        op.drop_table(name, schema="landing")
