"""Alarms about systems, what was told of them, the last request of a run, lists by day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

TIME = sa.DateTime(timezone=True)
SCHEMA = "landing"
OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    op.add_column("run", sa.Column("request", sa.Text(), nullable=True), schema=SCHEMA)
    op.create_table(
        "alarm",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("began_at", TIME, nullable=False),
        sa.Column("raised_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("ended_how", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("alarm", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", TIME, nullable=True),
        sa.Column("sent_at", TIME, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["alarm"], ["landing.alarm.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("alarm", "channel", "what"),
        schema=SCHEMA,
    )
    for name, table, columns, unique, where in INDEXES:
        op.create_index(
            name,
            table,
            columns,
            unique=unique,
            schema=SCHEMA,
            postgresql_where=sa.text(where) if where else None,
        )


INDEXES = (
    ("alarm_open", "alarm", ["kind", "subject"], True, "ended_at IS NULL"),
    ("alarm_raised", "alarm", ["raised_at"], False, ""),
    ("notice_due", "notice", ["channel", "id"], False, "next_at IS NOT NULL"),
    ("run_running", "run", ["system"], False, "state = 'running'"),
    ("quarantine_list", "quarantine", ["system", "id"], False, "closed_at IS NULL"),
    ("quarantine_day", "quarantine", ["first_seen"], False, ""),
    ("quarantine_closed", "quarantine", ["closed_at"], False, "closed_at IS NOT NULL"),
)


def downgrade() -> None:
    for name, table, *_ in reversed(INDEXES):
        op.drop_index(name, table, schema=SCHEMA)
    for name in ("notice", "alarm"):
        op.drop_table(name, schema=SCHEMA)
    op.drop_column("run", "request", schema=SCHEMA)
