"""Entries, inner nodes and heads of the ledger are never changed or removed: the database says so.

For its owner too, who would have to take the trigger away first; heads kept outside show that.
"""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"

TABLES = ("entry", "node", "head")

NEVER = """
CREATE FUNCTION ledger.never() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is only added to: % of ledger.% is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$
"""


def upgrade() -> None:
    op.execute(NEVER)
    for name in TABLES:
        op.execute(
            f"CREATE TRIGGER never BEFORE UPDATE OR DELETE ON ledger.{name}"
            " FOR EACH ROW EXECUTE FUNCTION ledger.never()"
        )
        op.execute(
            f"CREATE TRIGGER never_truncated BEFORE TRUNCATE ON ledger.{name}"
            " FOR EACH STATEMENT EXECUTE FUNCTION ledger.never()"
        )


def downgrade() -> None:
    for name in TABLES:
        op.execute(f"DROP TRIGGER never ON ledger.{name}")
        op.execute(f"DROP TRIGGER never_truncated ON ledger.{name}")
    op.execute("DROP FUNCTION ledger.never()")
