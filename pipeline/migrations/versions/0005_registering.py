"""Before the first sync: forms, connection states, drafts, confirmations."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

TABLES = ("form", "state_change", "draft", "confirmation")


def upgrade() -> None:
    _append_only("form", _text("department"), _json("filled"), _text("sha256"))
    _append_only("state_change", _text("state"), _text("why"))
    _append_only(
        "draft",
        sa.Column("version", sa.Integer(), nullable=False),
        _text("digest"),
        _text("text"),
        _text("decision", nullable=True),
        _text("decided_by", nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
    )
    _append_only(
        "confirmation", _text("digest"), _text("answer"), _text("reason"), _text("summary")
    )


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name, schema="registry")


def _text(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=False)


def _append_only(name: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        _text("system"),
        *columns,
        _text("by"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema="registry",
    )
    op.create_index(f"{name}_system", name, ["system"], schema="registry")
