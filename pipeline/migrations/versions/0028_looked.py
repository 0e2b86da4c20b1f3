"""A department reads who took facts of its licences by the newest, as it does with copies."""

from __future__ import annotations

from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.create_index("form_look_system", "form_look", ["system", "made_at"], schema="certs")


def downgrade() -> None:
    op.drop_index("form_look_system", table_name="form_look", schema="certs")
