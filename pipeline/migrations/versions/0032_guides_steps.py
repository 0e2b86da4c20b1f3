"""What guides say of steps, results and fees: landed, and published beside limits.

Going down leaves the columns: a program of before passes them over, and what was published in them
is not lost, else a version would no longer be what its digest says.
"""

from __future__ import annotations

from alembic import op

revision = "0032"
down_revision = "0031"

COLUMNS = (
    ("landing.item", "text", ("fee_standard", "fee_basis", "steps", "results")),
    ("catalog.published_declared", "text", ("fee_standard", "fee_basis")),
    ("catalog.published_declared", "jsonb", ("steps", "results")),
)


def upgrade() -> None:
    for table, kind, names in COLUMNS:
        for name in names:
            op.execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {name} {kind}")


def downgrade() -> None:
    """Nothing: see above."""
