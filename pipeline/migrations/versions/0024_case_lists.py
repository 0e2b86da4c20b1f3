"""A clerk's list of cases, by post and day: it does not sort a post's whole history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

LIVE = "deleted_at IS NULL AND NOT withheld"
OPEN = "state IN ('accepted', 'deciding')"
ORDER: list[str | sa.TextClause] = ["post", sa.text("opened DESC NULLS LAST"), "case_number"]


def upgrade() -> None:
    for name, which in (("case_open", OPEN), ("case_closed", f"NOT ({OPEN})")):
        where = sa.text(f"{which} AND {LIVE}")
        op.create_index(name, "case", list(ORDER), schema="landing", postgresql_where=where)


def downgrade() -> None:
    for name in ("case_closed", "case_open"):
        op.drop_index(name, "case", schema="landing")
