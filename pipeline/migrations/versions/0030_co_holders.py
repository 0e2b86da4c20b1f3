"""A licence of three and more holders is found by each of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.create_index(
        "licence_co_holders",
        "licence",
        [sa.text("string_to_array(co_holder_hash, ' ')")],
        schema="landing",
        postgresql_using="gin",
        postgresql_where=sa.text("co_holder_hash LIKE '% %'"),
    )


def downgrade() -> None:
    op.drop_index("licence_co_holders", table_name="licence", schema="landing")
