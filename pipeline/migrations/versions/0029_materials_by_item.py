"""What an item asks for is found by its code: the judge's page reads a few lists of many."""

from __future__ import annotations

from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.create_index("material_item", "material", ["item_code"], schema="landing")


def downgrade() -> None:
    op.drop_index("material_item", "material", schema="landing")
