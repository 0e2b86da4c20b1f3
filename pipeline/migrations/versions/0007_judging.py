"""What persons said of names, what rules said, contradictions between them, wishes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

TIME = sa.DateTime(timezone=True)
LOCAL = (
    "name", "base_code", "parent", "task_type", "department", "division", "handled_by", "office",
    "norm", "key", "digest",
)  # fmt: skip
NEW = {
    "canonical_item": {"level": "'main'"},
    "judgement": {"key": "''"},
    "review": {"key": "''", "why": "''"},
    "unified": {"rules": "''", "left_behind": "''"},
}


def upgrade() -> None:
    for table, columns in NEW.items():
        for name, value in columns.items():
            column = sa.Column(name, sa.Text(), nullable=False, server_default=sa.text(value))
            op.add_column(table, column, schema="catalog")
            op.alter_column(table, name, server_default=None, schema="catalog")
    op.drop_column("unified", "fingerprint", schema="catalog")
    op.add_column("canonical_item", _text("parent_id", nullable=True), schema="catalog")
    statement = sa.Column("statement", sa.BigInteger(), nullable=True)
    op.add_column("judgement", statement, schema="catalog")
    _table("local", (*map(_text, ("subject", "left")), *map(_text, LOCAL)), ("subject", "left"))
    op.create_index("local_key", "local", ["subject", "key"], schema="catalog")
    op.create_index("local_digest", "local", ["subject", "digest"], schema="catalog")
    _verdict()
    _statement()
    _contradiction()
    _wish()
    op.execute(
        'INSERT INTO catalog.statement (subject, key, "left", name, office, relation, rights,'
        " \"by\", why, at, waives, state) SELECT subject, '', \"left\", left_name, '', relation,"
        " string_to_array(coalesce(\"right\", ''), ' '), substr(\"by\", 6), why, at, false,"
        " 'in_force' FROM catalog.judgement WHERE \"by\" LIKE 'user:%' AND undone_at IS NULL"
        " ORDER BY id"
    )


def downgrade() -> None:
    for name in ("wish", "contradiction", "statement", "verdict", "local"):
        op.drop_table(name, schema="catalog")
    op.drop_column("judgement", "statement", schema="catalog")
    fingerprint = sa.Column("fingerprint", sa.Text(), nullable=False, server_default="")
    op.add_column("unified", fingerprint, schema="catalog")
    op.alter_column("unified", "fingerprint", server_default=None, schema="catalog")
    op.drop_column("canonical_item", "parent_id", schema="catalog")
    for table, columns in NEW.items():
        for name in columns:
            op.drop_column(table, name, schema="catalog")


def _verdict() -> None:
    columns = (
        *map(_text, ("subject", "digest", "relation")),
        _texts("ids"),
        *map(_text, ("rule", "why")),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("auto", sa.Boolean(), nullable=False),
        sa.Column("asks", sa.Boolean(), nullable=False),
        _json("candidates"),
        _texts("mentions"),
        _json("parts", nullable=True),
    )
    _table("verdict", columns, ("subject", "digest"))


def _statement() -> None:
    columns = (
        _id(),
        *map(_text, ("subject", "key")),
        _text("left", nullable=True),
        *map(_text, ("name", "office", "relation")),
        _texts("rights"),
        *map(_text, ("by", "why")),
        sa.Column("at", TIME, nullable=False),
        sa.Column("waives", sa.Boolean(), nullable=False),
        _text("state"),
        *_done("decided"),
        *_done("undone"),
    )
    _table("statement", columns, ("id",))
    op.create_index("statement_key", "statement", ["subject", "key"], schema="catalog")


def _contradiction() -> None:
    columns = (
        *map(_text, ("id", "subject", "kind", "key", "name", "says")),
        _json("rests"),
        sa.Column("found_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
    )
    _table("contradiction", columns, ("id",))


def _wish() -> None:
    columns = (
        _id(),
        _text("kind"),
        *map(_texts, ("items", "names")),
        _text("reason"),
        _json("evidence"),
        _text("by"),
        sa.Column("at", TIME, nullable=False),
        _text("state"),
        _text("document", nullable=True),
        *_done("moved"),
    )
    _table("wish", columns, ("id",))


def _table(name: str, columns: Iterable[sa.Column[Any]], key: tuple[str, ...]) -> None:
    op.create_table(name, *columns, sa.PrimaryKeyConstraint(*key), schema="catalog")


def _id() -> sa.Column[Any]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _text(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _texts(name: str) -> sa.Column[Any]:
    return sa.Column(name, postgresql.ARRAY(sa.Text()), nullable=False)


def _json(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=nullable)


def _done(what: str) -> tuple[sa.Column[Any], ...]:
    """Who, why and when."""
    return (
        sa.Column(f"{what}_by", sa.Text(), nullable=True),
        sa.Column(f"{what}_why", sa.Text(), nullable=True),
        sa.Column(f"{what}_at", TIME, nullable=True),
    )
