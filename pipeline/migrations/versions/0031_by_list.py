"""What lists of materials say of a county's item where its name is not enough."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.create_table(
        "by_list",
        sa.Column("left", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("left", name="by_list_pkey"),
        schema="catalog",
    )


def downgrade() -> None:
    op.drop_table("by_list", schema="catalog")
