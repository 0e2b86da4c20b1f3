"""The registry's tables (schema `registry`): what was applied, who signs in, what is on its way."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    false,
)
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
owner = Table(  # whose a system is, as in the contract in force: row-level security asks it
    "owner",
    metadata,
    Column("system", Text, primary_key=True),
    Column("department", Text, nullable=False),
)
account = Table(
    "account",
    metadata,
    Column("name", Text, primary_key=True),
    Column("display", Text, nullable=False),
    Column("role", Text, nullable=False),  # clerk | officer | ops | bureau
    Column("department", Text),
    Column("posts", ARRAY(Text), nullable=False),
    Column("password", Text, nullable=False),  # Argon2id; empty: signs in elsewhere
    Column("demo", Boolean, nullable=False),
    Column("disabled_at", TIME),
    Column("person", Text),  # staff number: one person, whatever the account; null: the demo's
    Column("subject", Text, unique=True),  # who it is at the identity provider; null: local
    Column("since", TIME),  # sessions begun before are over
    Column("must_change", Boolean, nullable=False, server_default=false()),
    Column("factor", LargeBinary),  # sealed secret of the second factor
    Column("factor_step", BigInteger),  # the last code's time step: each code is taken once
)
signin_try = Table(  # failed sign-ins of the last quarter of an hour
    "signin_try",
    metadata,
    Column("key", Text, nullable=False),  # keyed hash of name and address
    Column("at", TIME, nullable=False),
)
Index("signin_try_key", signin_try.c.key, signin_try.c.at)
session_end = Table(  # sessions that were ended before their time
    "session_end",
    metadata,
    Column("id", Text, primary_key=True),
    Column("until", TIME, nullable=False),
)
ticket = Table(  # by which the one-window brings a clerk in, once
    "ticket",
    metadata,
    Column("key", Text, primary_key=True),  # keyed hash
    Column("account", Text, nullable=False),
    Column("post", Text, nullable=False),
    Column("case_number", Text, nullable=False),
    Column("ends", TIME, nullable=False),
    Column("used_at", TIME),
)
visit = Table(  # by which the city's app brings a signed-in holder, once
    "visit",
    metadata,
    Column("key", Text, primary_key=True),  # keyed hash
    Column("holder_hash", Text, nullable=False),
    Column("proved", Boolean, nullable=False),  # to be there, by a signed result
    Column("ends", TIME, nullable=False),
)
post = Table(
    "post",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("department", Text, nullable=False),  # whose items the post handles
    Column("rights", ARRAY(Text), nullable=False),  # receive | decide
)


def _append_only(name: str, *columns: Column[Any]) -> Table:
    """A table whose rows are only added: `id`, `system`, its own columns, `by`, `at`."""
    return Table(
        name,
        metadata,
        Column("id", BigInteger, Identity(), primary_key=True),
        Column("system", Text, nullable=False),
        *columns,
        Column("by", Text, nullable=False),
        Column("at", TIME, nullable=False),
        Index(f"{name}_system", "system"),
    )


form = _append_only(  # what the officer filled in; the newest counts
    "form",
    Column("department", Text, nullable=False),
    Column("filled", JSONB, nullable=False),
    Column("sha256", Text, nullable=False),  # of the file
)
state_change = _append_only(  # not_applied | applied | authorised | testing | live
    "state_change", Column("state", Text, nullable=False), Column("why", Text, nullable=False)
)
draft = _append_only(  # a contract handed on for approval; only its decision is set, once
    "draft",
    Column("version", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("decision", Text),  # approved | sent_back
    Column("decided_by", Text),
    Column("decided_at", TIME),
    Column("why", Text),  # of one that was sent back
)
sketch = Table(  # a contract that is being made on the pages, one a system
    "sketch",
    metadata,
    Column("system", Text, primary_key=True),
    Column("said", JSONB, nullable=False),  # the contract so far, as its YAML would say it
    Column("auth", Text),  # how one signs in, as transport.auth.kind
    Column("paths", ARRAY(Text), nullable=False),  # lists, tables or files that are looked at
    Column("seen", LargeBinary),  # what the source showed, its rows masked; sealed
    Column("trial", JSONB),  # what the last dry run counted, and of which contract
    Column("by", Text, nullable=False),
    Column("at", TIME, nullable=False),
)
confirmation = _append_only(  # what the officer said of the summary of that contract
    "confirmation",
    Column("digest", Text, nullable=False),
    Column("answer", Text, nullable=False),  # confirmed | sent_back
    Column("reason", Text, nullable=False),
    Column("summary", Text, nullable=False),
)

waiver_list = Table(  # a published 免提交 list; append-only
    "waiver_list",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("document", Text, nullable=False, unique=True),
    Column("published_on", Date, nullable=False),  # in force from that day
    Column("catalogue_version", Integer, nullable=False),  # the one it was decided under
    Column("by", Text, nullable=False),
    Column("at", TIME, nullable=False),
)
waiver_step = Table(  # append-only; each row is a licence type's whole standing from then on
    "waiver_step",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("licence_type", Text, nullable=False),
    Column("state", Text, nullable=False),  # proposed | confirmed | published | withdrawn
    Column("department", Text, nullable=False),  # the competent one
    Column("document", Text),  # by which the department confirmed
    Column("dated", Date),  # the day of that document
    Column("confirmed_by", Text),
    Column("confirmed_at", TIME),
    Column("list", Integer),  # the published list that holds it
    Column("why", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", TIME, nullable=False),
)
Index("waiver_step_type", waiver_step.c.licence_type, waiver_step.c.id)
duty = Table(  # the roster: a post handles an item (or *) on these days
    "duty",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("post", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("begins", Date, nullable=False),
    Column("until", Date),
    Column("document", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", TIME, nullable=False),
)
Index("duty_post", duty.c.post)
caller = Table(  # a grant to a calling system; the newest approved row of a code counts
    "caller",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("secret", Text, nullable=False),  # the name of the secret that holds its key
    Column("operations", ARRAY(Text), nullable=False),
    Column("items", ARRAY(Text), nullable=False),  # item ids, or *
    Column("types", ARRAY(Text), nullable=False),  # licence types, or *
    Column("networks", ARRAY(Text), nullable=False),  # CIDR
    Column("per_minute", Integer, nullable=False),
    Column("per_day", Integer, nullable=False),
    Column("begins", TIME, nullable=False),
    Column("ends", TIME, nullable=False),
    Column("document", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", TIME, nullable=False),
    Column("approved_by", Text),
    Column("approved_at", TIME),
    Column("paused_at", TIME),
    Column("paused_by", Text),
    Column("paused_why", Text),
)
Index("caller_code", caller.c.code, caller.c.id)
caller_count = Table(  # calls of a minute and of a day in the city
    "caller_count",
    metadata,
    Column("code", Text, primary_key=True),
    Column("slot", Text, primary_key=True),
    Column("calls", Integer, nullable=False),
    Column("at", TIME, nullable=False),
)
