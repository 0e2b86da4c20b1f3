"""Calling systems: their grants, and how many calls they made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0014"
down_revision = "0013"

TIME = sa.DateTime(timezone=True)
SCHEMA = "registry"


def upgrade() -> None:
    op.create_table(
        "caller",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *(sa.Column(one, sa.Text(), nullable=False) for one in ("code", "name", "department")),
        sa.Column("secret", sa.Text(), nullable=False),
        *(
            sa.Column(one, ARRAY(sa.Text()), nullable=False)
            for one in ("operations", "items", "types", "networks")
        ),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("per_day", sa.Integer(), nullable=False),
        sa.Column("begins", TIME, nullable=False),
        sa.Column("ends", TIME, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_at", TIME, nullable=True),
        sa.Column("paused_at", TIME, nullable=True),
        sa.Column("paused_by", sa.Text(), nullable=True),
        sa.Column("paused_why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index("caller_code", "caller", ["code", "id"], unique=False, schema=SCHEMA)
    op.create_table(
        "caller_count",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("code", "slot"),
        schema=SCHEMA,
    )


def downgrade() -> None:
    for name in ("caller_count", "caller"):
        op.drop_table(name, schema=SCHEMA)
