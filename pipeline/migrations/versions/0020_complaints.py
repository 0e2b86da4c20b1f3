"""What plans said and what became of it, papers demanded anyway, complaints of papers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0020"
down_revision = "0019"

TIME = sa.DateTime(timezone=True)
CERTS, CATALOG = "certs", "catalog"


def _text(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=nullable) for name in names]


def _where(name: str, table: str, column: str, schema: str, where: str) -> None:
    op.create_index(name, table, [column], schema=schema, postgresql_where=sa.text(where))


def upgrade() -> None:
    op.create_table(
        "planned",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *_text("case_number", "item_id", "division", "department", "post"),
        sa.Column("at", TIME, nullable=False),
        sa.Column("lines", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema=CERTS,
    )
    op.create_table(
        "tally",
        *_text("case_number", "material_id", "material", "item_id", "division", "department"),
        *_text("post"),
        sa.Column("plan", sa.BigInteger(), nullable=False),
        sa.Column("planned_at", TIME, nullable=False),
        *_text("verdict", "detail", "source"),
        *_text("demanded", nullable=True),
        *_text("state", "outcome"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("case_number", "material_id"),
        schema=CERTS,
    )
    op.create_index("tally_day", "tally", ["day", "case_number", "material_id"], schema=CERTS)
    _where("tally_waiting", "tally", "case_number", CERTS, "state = 'waiting'")
    for name in ("item_id", "division", "outcome"):
        columns = [name, "day", "case_number", "material_id"]
        op.create_index(f"tally_{name}", "tally", columns, schema=CERTS)
    op.create_table(
        "tally_sum",
        *_text("grain"),
        sa.Column("day", sa.Date(), nullable=False),
        *_text("by", "value", "outcome"),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("grain", "day", "by", "value", "outcome"),
        schema=CERTS,
    )
    _demand()
    op.create_table(
        "tallied",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema=CERTS,
    )
    _complaint()
    op.create_index("quarantine_seen", "quarantine", ["system", "first_seen"], schema="landing")


def _demand() -> None:
    op.create_table(
        "demand",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *_text("case_number", "material_id", "post", "reason", "by"),
        sa.Column("at", TIME, nullable=False),
        sa.Column("withdrawn_at", TIME, nullable=True),
        *_text("withdrawn_by", nullable=True),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema=CERTS,
    )
    op.create_index(
        "demand_standing",
        "demand",
        ["case_number", "material_id"],
        unique=True,
        schema=CERTS,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    _where("demand_uncounted", "demand", "id", CERTS, "NOT counted")


def _complaint() -> None:
    op.create_table(
        "complaint",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *_text("source", "reference"),
        sa.Column("said_on", sa.Date(), nullable=False),
        *_text("division", "item"),
        *_text("item_id", nullable=True),
        *_text("material", "words", "imported_by"),
        sa.Column("imported_at", TIME, nullable=False),
        *_text("answer", "why", "answered_by", nullable=True),
        sa.Column("answered_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", "reference"),
        schema=CATALOG,
    )
    _where("complaint_open", "complaint", "id", CATALOG, "answer IS NULL")
    op.create_index("complaint_day", "complaint", ["said_on", "id"], schema=CATALOG)


def downgrade() -> None:
    op.drop_index("quarantine_seen", "quarantine", schema="landing")
    op.drop_table("complaint", schema=CATALOG)
    for name in ("tallied", "demand", "tally_sum", "tally", "planned"):
        op.drop_table(name, schema=CERTS)
