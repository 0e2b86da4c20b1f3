"""The tables of events (schema `certs`): who is told, how far, and what was not taken.

What is told is not written here: it is read out of the ledger and of the tables that the ledger's
entries are about, so that an event is there exactly when what it tells of is.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY

from certs.rights.tables import metadata
from certs.seals.outside import issuer_list

__all__ = ["issuer_list", "letter", "metadata", "subscription"]
TIME = DateTime(timezone=True)

subscription = Table(
    "subscription",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("department", Text, nullable=False),  # whose receiver it is
    Column("url", Text, nullable=False),
    Column("kinds", ARRAY(Text), nullable=False),
    Column("types", ARRAY(Text), nullable=False),  # licence types; none: all
    Column("departments", ARRAY(Text), nullable=False),  # whose events; none: all
    Column("secret", Text, nullable=False),  # the name of the secret that signs
    Column("since", TIME, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", TIME, nullable=False),
    Column("approved_by", Text),
    Column("approved_at", TIME),
    Column("addresses", ARRAY(Text), nullable=False),  # that the bureau approved
    Column("ended_by", Text),
    Column("ended_at", TIME),
    Column("entry", BigInteger, nullable=False),  # the next event: entry of the ledger,
    Column("place", BigInteger, nullable=False),  # and place among the events of that entry
    Column("tries", Integer, nullable=False),  # that failed in a row
    Column("failing_since", TIME),
    Column("next_at", TIME),  # not before then
    Column("told_at", TIME),  # the last time that something was taken
    Column("stopped_at", TIME),  # given up; a replay starts it again
)
letter = Table(  # an event that the receiver refused, and those of the same subject behind it
    "letter",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("subscription", BigInteger, nullable=False),
    Column("entry", BigInteger, nullable=False),
    Column("place", BigInteger, nullable=False),
    Column("subject", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("first_at", TIME, nullable=False),
    Column("next_at", TIME, nullable=False),
    Column("reason", Text, nullable=False),
    Column("dead_at", TIME),
    UniqueConstraint("subscription", "entry", "place"),
)
Index(
    "letter_waiting",
    letter.c.subscription,
    letter.c.entry,
    letter.c.place,
    postgresql_where=letter.c.dead_at.is_(None),
)
