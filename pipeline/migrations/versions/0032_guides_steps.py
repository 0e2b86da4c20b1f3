"""What guides say of steps, results and fees: landed, and published beside limits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0032"
down_revision = "0031"

LANDED = ("fee_standard", "fee_basis", "steps", "results")
TEXTS, LISTS = LANDED[:2], LANDED[2:]


def upgrade() -> None:
    for name in LANDED:
        op.add_column("item", sa.Column(name, sa.Text()), schema="landing")
    for name in TEXTS:
        op.add_column("published_declared", sa.Column(name, sa.Text()), schema="catalog")
    for name in LISTS:
        op.add_column("published_declared", sa.Column(name, JSONB()), schema="catalog")


def downgrade() -> None:
    for name in LANDED:
        op.drop_column("published_declared", name, schema="catalog")
    for name in LANDED:
        op.drop_column("item", name, schema="landing")
