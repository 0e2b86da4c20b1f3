"""The tables of what is offered and given to wallets (schema `certs`). Secrets as keyed hashes."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, Identity, Integer, Table, Text

from certs.rights.tables import metadata

__all__ = ["credential", "metadata", "wallet_offer"]
TIME = DateTime(timezone=True)

wallet_offer = Table(
    "wallet_offer",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("licence_id", Text, nullable=False),
    Column("licence_type", Text, nullable=False),
    Column("holder_hash", Text, nullable=False),
    Column("code_hash", Text, nullable=False, unique=True),
    Column("pin_hash", Text, nullable=False),
    Column("tries", Integer, nullable=False),  # wrong ones
    Column("made_at", TIME, nullable=False),
    Column("ends", TIME, nullable=False),
    Column("token_hash", Text, unique=True),  # null: the code was not taken yet
    Column("done_at", TIME),  # a credential was given for it
)
credential = Table(
    "credential",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),  # its place in the status lists
    Column("licence_id", Text, nullable=False),
    Column("licence_type", Text, nullable=False),
    Column("holder_hash", Text, nullable=False, index=True),
    Column("wallet_key", Text, nullable=False),  # SHA-256 of the wallet's public key, hex
    Column("issued_at", TIME, nullable=False),
    Column("ends", TIME, nullable=False),
)
