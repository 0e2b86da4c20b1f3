"""The registry's tables (schema `registry`): what was applied, who may sign in."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, Integer, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData(schema="registry")
TIME = DateTime(timezone=True)

system_version = Table(
    "system_version",
    metadata,
    Column("system", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("contract", JSONB, nullable=False),
    Column("applied_at", TIME, nullable=False),
    Column("by", Text, nullable=False),
)
account = Table(
    "account",
    metadata,
    Column("name", Text, primary_key=True),
    Column("display", Text, nullable=False),
    Column("role", Text, nullable=False),  # clerk | officer | ops | bureau
    Column("department", Text),
    Column("posts", ARRAY(Text), nullable=False),
    Column("password", Text, nullable=False),  # scrypt$n$r$p$salt$hash
    Column("demo", Boolean, nullable=False),
    Column("disabled_at", TIME),
)
post = Table(
    "post",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("department", Text, nullable=False),  # whose items the post handles
    Column("rights", ARRAY(Text), nullable=False),  # receive | decide
)
