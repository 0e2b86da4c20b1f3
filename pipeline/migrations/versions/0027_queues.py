"""What waits is counted by what is open, however much was answered before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

#: Index, table, schema, columns, what is open.
OPEN = (
    ("review_open", "review", "catalog", ["subject", "key"], "closed_at IS NULL"),
    ("correction_open", "correction", "certs", ["department", "id"], "answered_at IS NULL"),
)


def upgrade() -> None:
    for name, table, schema, columns, where in OPEN:
        op.create_index(name, table, columns, schema=schema, postgresql_where=sa.text(where))


def downgrade() -> None:
    for name, table, schema, _, _ in OPEN:
        op.drop_index(name, table, schema=schema)
