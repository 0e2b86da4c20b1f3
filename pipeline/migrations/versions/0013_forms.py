"""Forms of items: proposed and decided, published with the version; looks that filled one in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"

TIME = sa.DateTime(timezone=True)
SCHEMA = "catalog"
# Whoever watches over looks watches over both ways to see a licence.
LOOKED = """
CREATE VIEW certs.looked AS
SELECT reader, case_number, made_at FROM certs.copy
UNION ALL SELECT reader, case_number, made_at FROM certs.form_look
"""
# Forms were replaced at once before: what stood is kept as accepted, by who gave it.
KEEP = """
INSERT INTO catalog.form_change
  (item_id, fields, why, proposed_by, proposed_at, state, decided_by, decided_at, decided_why)
SELECT item_id,
  jsonb_agg(jsonb_build_object('name', name, 'type', type, 'required', required)
    ORDER BY "order", name),
  'taken over', min("by"), min(at), 'accepted', min("by"), min(at), 'taken over'
FROM catalog.form_field GROUP BY item_id
"""
GIVE_BACK = """
INSERT INTO catalog.form_field (item_id, name, type, required, "order", "by", at)
SELECT c.item_id, f.value ->> 'name', f.value ->> 'type', (f.value ->> 'required')::boolean,
  f.ordinality, c.decided_by, c.decided_at
FROM (
  SELECT DISTINCT ON (item_id) * FROM catalog.form_change WHERE state = 'accepted'
  ORDER BY item_id, decided_at DESC, id DESC
) c, jsonb_array_elements(c.fields) WITH ORDINALITY f
"""


def upgrade() -> None:
    op.create_table(
        "form_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", TIME, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", TIME, nullable=True),
        sa.Column("decided_why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index(
        "form_change_item", "form_change", ["item_id", "state"], unique=False, schema=SCHEMA
    )
    op.create_table(
        "published_field",
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("item_id", "name")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("standard", "type")),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", "item_id", "name"),
        schema=SCHEMA,
    )
    _immutable()
    _form_look()
    op.execute(KEEP)
    op.drop_table("form_field", schema=SCHEMA)


def _form_look() -> None:
    names = (
        "licence_type", "system", "standing", "holder_hash", "case_number", "item_id",
        "material_id", "reader", "post",
    )  # fmt: skip
    op.create_table(
        "form_look",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("licence_id", sa.Text(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in names),
        sa.Column("catalogue_version", sa.Integer(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("ledger_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema="certs",
    )
    op.create_index(
        "form_look_reader", "form_look", ["reader", "made_at"], unique=False, schema="certs"
    )
    op.execute(LOOKED)


def _immutable() -> None:
    op.execute(
        "CREATE TRIGGER never BEFORE UPDATE OR DELETE ON catalog.published_field"
        " FOR EACH ROW EXECUTE FUNCTION catalog.never()"
    )
    op.execute(
        "CREATE TRIGGER never_truncated BEFORE TRUNCATE ON catalog.published_field"
        " FOR EACH STATEMENT EXECUTE FUNCTION catalog.never()"
    )
    op.execute(
        "CREATE TRIGGER not_later AFTER INSERT ON catalog.published_field"
        " REFERENCING NEW TABLE AS arrived"
        " FOR EACH STATEMENT EXECUTE FUNCTION catalog.not_later()"
    )


def downgrade() -> None:
    op.execute("DROP VIEW certs.looked")
    op.drop_table("form_look", schema="certs")
    op.create_table(
        "form_field",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("item_id", "name", "type")),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("item_id", "name"),
        schema=SCHEMA,
    )
    op.execute(GIVE_BACK)
    for name in ("published_field", "form_change"):
        op.drop_table(name, schema=SCHEMA)
