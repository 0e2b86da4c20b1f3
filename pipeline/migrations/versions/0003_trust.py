"""What columns were seen to be, measures of each run, holds, and who knows of a finding."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

KNOWN = ("acknowledged_by", "acknowledged_why")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("quarantine", sa.Column("place", sa.Integer(), nullable=True), schema="landing")
    op.add_column("finding", sa.Column("acknowledged_at", TIME, nullable=True), schema="landing")
    for name in KNOWN:
        op.add_column("finding", sa.Column(name, sa.Text(), nullable=True), schema="landing")
    _column_seen()
    _measure()
    _hold()


def downgrade() -> None:
    for name in ("hold", "measure", "column_seen"):
        op.drop_table(name, schema="landing")
    for name in ("acknowledged_at", *KNOWN):
        op.drop_column("finding", name, schema="landing")
    op.drop_column("quarantine", "place", schema="landing")


def _column_seen() -> None:
    op.create_table(
        "column_seen",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("column", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("shape", sa.Text(), nullable=True),
        sa.Column("agreed", sa.Integer(), nullable=False),
        sa.Column("first_seen", TIME, nullable=False),
        sa.Column("last_seen", TIME, nullable=False),
        sa.PrimaryKeyConstraint("system", "stream", "column"),
        schema="landing",
    )


def _measure() -> None:
    counts = ("rows", "stored", "quarantined", "deleted", "ended", "counted")
    op.create_table(
        "measure",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("full", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in counts),
        sa.Column("filled", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("newest", TIME, nullable=True),
        sa.Column("seconds", sa.Numeric(12, 3), nullable=True),
        sa.PrimaryKeyConstraint("system", "stream", "run"),
        schema="landing",
    )
    op.create_index("measure_at", "measure", ["system", "stream", "at"], schema="landing")


def _hold() -> None:
    op.create_table(
        "hold",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        schema="landing",
    )
    op.create_index(
        "hold_open",
        "hold",
        ["system", "stream", "kind"],
        unique=True,
        schema="landing",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
