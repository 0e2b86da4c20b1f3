"""Calls counted, circuits, pauses; what a run read, stream by stream."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    kind = sa.Column("kind", sa.Text(), nullable=False, server_default=sa.text("'sync'"))
    op.add_column("run", kind, schema="landing")
    new = (
        sa.Column("streams", postgresql.JSONB(), nullable=True),
        sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
    )
    for column in new:
        op.add_column("run", column, schema="landing")
    op.create_table(
        "call",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("system", "hour"),
        schema="landing",
    )
    op.create_table(
        "circuit",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_try", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("system"),
        schema="landing",
    )
    op.create_table(
        "pause",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("system"),
        schema="landing",
    )


def downgrade() -> None:
    for table in ("pause", "circuit", "call"):
        op.drop_table(table, schema="landing")
    for name in ("why", "by", "rests_until", "streams", "kind"):
        op.drop_column("run", name, schema="landing")
