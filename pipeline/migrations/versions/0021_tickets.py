"""Tickets by which the one-window brings a clerk in, and the city's app a holder."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "ticket",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("key"),
        schema="registry",
    )
    op.create_table(
        "visit",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("holder_hash", sa.Text(), nullable=False),
        sa.Column("proved", sa.Boolean(), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key"),
        schema="registry",
    )
    op.create_index("consent_holder", "consent", ["holder_hash"], schema="certs")
    op.create_index("case_holder", "case", ["holder_hash"], schema="landing")


def downgrade() -> None:
    op.drop_index("case_holder", "case", schema="landing")
    op.drop_index("consent_holder", "consent", schema="certs")
    op.drop_table("visit", schema="registry")
    op.drop_table("ticket", schema="registry")
