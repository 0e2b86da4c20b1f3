"""Signing in: who a person is, sessions that are over, failures, and second factors."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    for column in (
        sa.Column("person", sa.Text()),
        sa.Column("subject", sa.Text()),
        sa.Column("since", sa.DateTime(timezone=True)),
        sa.Column("must_change", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("factor", sa.LargeBinary()),
        sa.Column("factor_step", sa.BigInteger()),
    ):
        op.add_column("account", column, schema="registry")
    op.create_unique_constraint("account_subject_key", "account", ["subject"], schema="registry")
    op.create_table(
        "signin_try",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        schema="registry",
    )
    op.create_index("signin_try_key", "signin_try", ["key", "at"], schema="registry")
    op.create_table(
        "session_end",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema="registry",
    )
    op.create_index(
        "entry_account",
        "entry",
        ["seq"],
        schema="ledger",
        postgresql_where=sa.text('body LIKE \'%"event":"account.%\''),
    )


def downgrade() -> None:
    op.drop_index("entry_account", "entry", schema="ledger")
    op.drop_table("session_end", schema="registry")
    op.drop_table("signin_try", schema="registry")
    for name in ("factor_step", "factor", "must_change", "since", "subject", "person"):
        op.drop_column("account", name, schema="registry")
