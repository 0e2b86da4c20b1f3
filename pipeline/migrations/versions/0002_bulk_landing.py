"""Indexes that bulk rows need, and none that they do not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

SEEN = ("system", "stream", "run", "key_hash")


def upgrade() -> None:
    op.drop_index("licence_holder", "licence", schema="landing")
    op.create_index(
        "licence_holder", "licence", ["holder_hash"], schema="landing", postgresql_using="hash"
    )
    op.drop_index("licence_co_holder", "licence", schema="landing")
    op.create_index(
        "licence_co_holder",
        "licence",
        ["co_holder_hash"],
        schema="landing",
        postgresql_using="hash",
        postgresql_where=sa.text("co_holder_hash IS NOT NULL"),
    )
    op.drop_column("licence", "number_hash", schema="landing")
    op.drop_constraint("seen_pkey", "seen", schema="landing")
    op.create_index("seen_stream", "seen", ["system", "stream"], schema="landing")


def downgrade() -> None:
    op.drop_index("seen_stream", "seen", schema="landing")
    op.execute("TRUNCATE landing.seen")
    op.create_primary_key("seen_pkey", "seen", [*SEEN], schema="landing")
    # Nothing can tell the numbers' hashes again: a row that is read anew has one.
    op.add_column(
        "licence",
        sa.Column("number_hash", sa.Text(), nullable=False, server_default=""),
        schema="landing",
    )
    op.alter_column("licence", "number_hash", server_default=None, schema="landing")
    op.drop_index("licence_co_holder", "licence", schema="landing")
    op.create_index("licence_co_holder", "licence", ["co_holder_hash"], schema="landing")
    op.drop_index("licence_holder", "licence", schema="landing")
    op.create_index("licence_holder", "licence", ["holder_hash", "type"], schema="landing")
