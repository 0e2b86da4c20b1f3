"""Contracts that are made on the pages, and why a draft was sent back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "sketch",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("said", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("auth", sa.Text()),
        sa.Column("paths", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("seen", sa.LargeBinary()),
        sa.Column("trial", postgresql.JSONB(astext_type=sa.Text())),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("system"),
        schema="registry",
    )
    op.add_column("draft", sa.Column("why", sa.Text()), schema="registry")


def downgrade() -> None:
    op.drop_column("draft", "why", schema="registry")
    op.drop_table("sketch", schema="registry")
