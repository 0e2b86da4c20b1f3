"""Events: receivers, refused events, cases at their end; outside issuers; proved presence."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _finished()
    op.create_index(
        "licence_ended",
        "licence",
        ["system", "ended_at"],
        schema="certs",
        postgresql_where=sa.text("ended_at IS NOT NULL"),
    )
    _subscription()
    op.create_table(
        "letter",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("subscription", sa.BigInteger(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("first_at", TIME, nullable=False),
        sa.Column("next_at", TIME, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("dead_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("subscription", "entry", "place"),
        schema="certs",
    )
    op.create_index(
        "letter_waiting",
        "letter",
        ["subscription", "entry", "place"],
        schema="certs",
        postgresql_where=sa.text("dead_at IS NULL"),
    )

    op.create_table(
        "issuer_list",
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("issued_at", TIME, nullable=False),
        sa.Column("next_update", TIME, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("authority", "sequence"),
        schema="certs",
    )
    _presence()


def _presence() -> None:
    op.create_table(
        "presence",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("holder_hash", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("proved_at", TIME, nullable=False),
        sa.Column("nonce_hash", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("nonce_hash"),
        schema="certs",
    )
    op.create_index("presence_case", "presence", ["case_number"], unique=False, schema="certs")


def _finished() -> None:
    op.create_table(
        "finished",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("item_code", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("closed", TIME, nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_number", "state"),
        schema="landing",
    )
    op.create_index(
        "finished_untold",
        "finished",
        ["id"],
        schema="landing",
        postgresql_where=sa.text("entry IS NULL"),
    )


def _subscription() -> None:
    lists: list[sa.Column[list[str]]] = [
        sa.Column(name, postgresql.ARRAY(sa.Text()), nullable=False)
        for name in ("kinds", "types", "departments", "addresses")
    ]
    op.create_table(
        "subscription",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        *lists,
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", TIME, nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_at", TIME, nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("failing_since", TIME, nullable=True),
        sa.Column("next_at", TIME, nullable=True),
        sa.Column("told_at", TIME, nullable=True),
        sa.Column("stopped_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        schema="certs",
    )


def downgrade() -> None:
    for name in ("presence", "issuer_list", "letter", "subscription"):
        op.drop_table(name, schema="certs")
    op.drop_index("licence_ended", "licence", schema="certs")
    op.drop_table("finished", schema="landing")
