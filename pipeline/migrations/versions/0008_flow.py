"""Who decides when, flow and its deviations, immutable versions, what was sent and came back."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

TIME = sa.DateTime(timezone=True)
PUBLISHED = ("item", "mapping", "material", "deciding", "flow", "declared")
NEW = (
    "reopened", "sent", "publishing_hold", "published_declared", "published_flow",
    "published_deciding", "flow_delta", "deciding",
)  # fmt: skip

# A range over text, so that GiST can compare a text for equality without an extension.
TEXT_RANGE = 'CREATE TYPE catalog.textrange AS RANGE (subtype = text, collation = "C")'
NO_OVERLAP = (
    "ALTER TABLE catalog.{table} ADD CONSTRAINT {table}_no_overlap EXCLUDE USING gist ({same},"
    " daterange(begins, ends, '[)') WITH &&) WHERE ({where})"
)
SAME = "catalog.textrange({0}, {0}, '[]') WITH ="
NEVER = """
CREATE FUNCTION catalog.never() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a published version is never changed: % on %', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$
"""
# A version's own row is written last: what comes later would change a version that is out.
NOT_LATER = """
CREATE FUNCTION catalog.not_later() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM catalog.version v
    WHERE v.number IN (SELECT DISTINCT n.version FROM arrived n)
  ) THEN
    RAISE EXCEPTION 'a published version is never added to: %', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.add_column("version", sa.Column("equal_to", sa.Integer()), schema="catalog")
    op.add_column("version", sa.Column("why", sa.Text()), schema="catalog")
    op.execute(TEXT_RANGE)
    _deciding()
    _flow_delta()
    _published()
    _exchange()
    _immutable()


def downgrade() -> None:
    for name in ("version", *(f"published_{kind}" for kind in PUBLISHED)):
        op.execute(f"DROP TRIGGER never ON catalog.{name}")
        op.execute(f"DROP TRIGGER never_truncated ON catalog.{name}")
    for kind in PUBLISHED:
        op.execute(f"DROP TRIGGER not_later ON catalog.published_{kind}")
    for name in NEW:
        op.drop_table(name, schema="catalog")
    for function in ("never", "not_later"):
        op.execute(f"DROP FUNCTION catalog.{function}()")
    op.execute("DROP TYPE catalog.textrange")
    op.drop_column("version", "why", schema="catalog")
    op.drop_column("version", "equal_to", schema="catalog")


def _text(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _time(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, TIME, nullable=nullable)


def _number() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _version() -> sa.Column[int]:
    return sa.Column("version", sa.Integer(), nullable=False)


def _period() -> tuple[sa.Column[Any], sa.Column[Any]]:
    return sa.Column("begins", sa.Date(), nullable=False), sa.Column("ends", sa.Date())


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=False)


def _no_overlap(table: str, columns: tuple[str, ...], where: str) -> None:
    same = ", ".join(SAME.format(column) for column in columns)
    op.execute(NO_OVERLAP.format(table=table, same=same, where=where))


def _deciding() -> None:
    op.create_table(
        "deciding",
        _number(),
        *(_text(name) for name in ("item_id", "division", "origin")),
        *_period(),
        _text("department", nullable=True),
        _text("manner"),
        *(_text(name, nullable=True) for name in ("on_behalf_of", "document", "basis")),
        _text("by"),
        _time("at"),
        _text("why"),
        sa.Column("ended_by", sa.BigInteger()),
        _time("withdrawn_at", nullable=True),
        _text("withdrawn_by", nullable=True),
        _text("withdrawn_why", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint("ends > begins", name="deciding_period"),
        sa.CheckConstraint(
            "(manner = 'exempted') = (department IS NULL)", name="deciding_department"
        ),
        sa.CheckConstraint("origin = 'source' OR document IS NOT NULL", name="deciding_document"),
        schema="catalog",
    )
    _no_overlap("deciding", ("item_id", "division", "origin"), "withdrawn_at IS NULL")


def _flow_delta() -> None:
    op.create_table(
        "flow_delta",
        _number(),
        *(_text(name) for name in ("item_id", "division", "local_code", "field")),
        _json("value"),
        *_period(),
        _text("basis"),
        _text("document", nullable=True),
        _text("why"),
        _text("proposed_by"),
        _time("proposed_at"),
        _text("state"),
        _text("decided_by", nullable=True),
        _time("decided_at", nullable=True),
        _text("decided_why", nullable=True),
        sa.Column("ended_by", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint("ends > begins", name="flow_delta_period"),
        sa.CheckConstraint(
            "state <> 'accepted' OR (document IS NOT NULL AND decided_by <> proposed_by)",
            name="flow_delta_reviewed",
        ),
        schema="catalog",
    )
    op.create_index("flow_delta_state", "flow_delta", ["state", "item_id"], schema="catalog")
    _no_overlap("flow_delta", ("item_id", "division", "local_code", "field"), "state = 'accepted'")


def _published() -> None:
    op.create_table(
        "published_deciding",
        _version(),
        *(_text(name) for name in ("item_id", "division", "origin")),
        *_period(),
        _text("department", nullable=True),
        _text("manner"),
        *(_text(name, nullable=True) for name in ("on_behalf_of", "document", "basis")),
        sa.PrimaryKeyConstraint("version", "item_id", "division", "origin", "begins"),
        schema="catalog",
    )
    op.create_table(
        "published_flow",
        _version(),
        *(_text(name) for name in ("item_id", "division", "local_code", "field")),
        *_period(),
        _text("origin"),
        _json("value"),
        _text("source"),
        _text("basis", nullable=True),
        _text("document", nullable=True),
        sa.PrimaryKeyConstraint(
            "version", "item_id", "division", "local_code", "field", "begins", "origin"
        ),
        schema="catalog",
    )
    op.create_table(
        "published_declared",
        _version(),
        _text("local_code"),
        sa.Column("limit_days", sa.Integer()),
        sa.Column("promise_days", sa.Integer()),
        sa.Column("fee", sa.Boolean()),
        sa.PrimaryKeyConstraint("version", "local_code"),
        schema="catalog",
    )


def _exchange() -> None:
    op.create_table(
        "publishing_hold",
        _number(),
        sa.Column("version", sa.Integer(), nullable=False),
        _time("since"),
        _text("by"),
        _text("why"),
        _time("ended_at", nullable=True),
        _text("ended_by", nullable=True),
        _text("ended_why", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        schema="catalog",
    )
    op.create_table(
        "sent",
        *(_text(name) for name in ("target", "table_name", "row_guid", "row_hash", "item_id")),
        sa.Column("version", sa.Integer(), nullable=False),
        _text("batch"),
        _time("at"),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("target", "table_name", "row_guid"),
        schema="catalog",
    )
    op.create_table(
        "reopened",
        _number(),
        *(_text(name) for name in ("fault_guid", "fault_table", "table_name", "row_guid")),
        _text("item_id", nullable=True),
        _text("code"),
        _text("fault"),
        _text("row_hash", nullable=True),
        _time("opened_at"),
        _text("by"),
        _time("closed_at", nullable=True),
        _text("closed_by", nullable=True),
        _text("closed_why", nullable=True),
        sa.Column("resend", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("fault_guid"),
        schema="catalog",
    )
    op.create_index("sent_row", "sent", ["row_guid"], schema="catalog")
    op.create_index("reopened_row", "reopened", ["table_name", "row_guid"], schema="catalog")


def _immutable() -> None:
    op.execute(NEVER)
    op.execute(NOT_LATER)
    for name in ("version", *(f"published_{kind}" for kind in PUBLISHED)):
        op.execute(
            f"CREATE TRIGGER never BEFORE UPDATE OR DELETE ON catalog.{name}"
            " FOR EACH ROW EXECUTE FUNCTION catalog.never()"
        )
        op.execute(
            f"CREATE TRIGGER never_truncated BEFORE TRUNCATE ON catalog.{name}"
            " FOR EACH STATEMENT EXECUTE FUNCTION catalog.never()"
        )
    for kind in PUBLISHED:
        op.execute(
            f"CREATE TRIGGER not_later AFTER INSERT ON catalog.published_{kind}"
            " REFERENCING NEW TABLE AS arrived"
            " FOR EACH STATEMENT EXECUTE FUNCTION catalog.not_later()"
        )
