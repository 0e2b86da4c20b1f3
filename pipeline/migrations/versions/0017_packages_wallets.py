"""Seals are found by their root: a case package's manifest is sealed once."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0012"

SCHEMA = "certs"


def upgrade() -> None:
    op.create_index("seal_batch_root", "seal_batch", ["root"], unique=False, schema=SCHEMA)


def downgrade() -> None:
    op.drop_index("seal_batch_root", "seal_batch", schema=SCHEMA)
