"""Refused rows that have been closed for long lose their values: the column may be empty."""

from __future__ import annotations

from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.execute("ALTER TABLE landing.quarantine ALTER COLUMN sealed DROP NOT NULL")


def downgrade() -> None:
    op.execute("DELETE FROM landing.quarantine WHERE sealed IS NULL")
    op.execute("ALTER TABLE landing.quarantine ALTER COLUMN sealed SET NOT NULL")
