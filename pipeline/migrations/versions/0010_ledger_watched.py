"""The ledger watched: heads witnessed outside, outages of signing, entries withheld, by holder."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "witness",
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("place"),
        schema="ledger",
    )
    op.create_table(
        "outage",
        sa.Column("since", TIME, nullable=False),
        sa.Column("alarmed_at", TIME, nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=True),
        sa.Column("asked_at", TIME, nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("agreed_by", sa.Text(), nullable=True),
        sa.Column("agreed_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("since"),
        schema="ledger",
    )
    op.create_table(
        "withheld",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("withheld_until", TIME, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        schema="ledger",
    )
    op.create_index(
        "entry_holder",
        "entry",
        [sa.text("(body::jsonb ->> 'holder'::text)"), "seq"],
        schema="ledger",
        postgresql_where=sa.text("body LIKE '%\"holder\":%'"),
    )


def downgrade() -> None:
    op.drop_index("entry_holder", "entry", schema="ledger")
    for name in ("withheld", "outage", "witness"):
        op.drop_table(name, schema="ledger")
