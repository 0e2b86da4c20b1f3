"""The tables of rights (schema `certs`): who may act for whom, on what basis, and what alarmed.

Persons are keyed hashes. Rows are only added; what ends one is set once, with who and when.
"""

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
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from certs.tables import metadata

__all__ = [
    "alarm", "assignment", "code_try", "consent", "look_order", "mandate", "metadata", "presence",
    "presenter", "relative", "show_code", "use_step",
]  # fmt: skip
TIME = DateTime(timezone=True)


def _made(name: str, *columns: Column[Any]) -> Table:
    """`id`, its own columns, and who wrote it when."""
    return Table(
        name,
        metadata,
        Column("id", BigInteger, Identity(), primary_key=True),
        *columns,
        Column("by", Text, nullable=False),
        Column("at", TIME, nullable=False),
    )


mandate = _made(  # 授权委托
    "mandate",
    Column("principal_hash", Text, nullable=False),
    Column("agent_hash", Text, nullable=False),
    Column("items", ARRAY(Text), nullable=False),  # item ids, or *
    Column("begins", Date, nullable=False),
    Column("until", Date, nullable=False),
    Column("document", Text, nullable=False),
    Column("revoked_at", TIME),
    Column("revoked_by", Text),
    Column("revoked_why", Text),
)
Index("mandate_principal", mandate.c.principal_hash)
assignment = _made(  # a case given to a post beside the one that its own system names
    "assignment",
    Column("case_number", Text, nullable=False),
    Column("post", Text, nullable=False),
    Column("rights", ARRAY(Text), nullable=False),  # receive | decide
    Column("mode", Text, nullable=False),  # whole_online | on_behalf | several_places
    Column("place", Text, nullable=False),  # the receiving office's division or province
    Column("document", Text, nullable=False),
    Column("begins", TIME, nullable=False),
    Column("ends", TIME),
)
Index("assignment_case", assignment.c.case_number)
presenter = _made(  # an agent came; the newest row of a case counts
    "presenter",
    Column("case_number", Text, nullable=False),
    Column("agent_hash", Text, nullable=False),
)
Index("presenter_case", presenter.c.case_number)
relative = _made(  # whom a clerk names as guardian or legal representative; the newest counts
    "relative",
    Column("case_number", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("holder_hash", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # the number
)
Index("relative_case", relative.c.case_number)
consent = _made(
    "consent",
    Column("case_number", Text, nullable=False),
    Column("holder_hash", Text, nullable=False),
    Column("licence_type", Text, nullable=False),
    Column("way", Text, nullable=False),  # document | code | code_brought: not by the holder
    Column("document", Text),
    Column("begins", TIME, nullable=False),
    Column("ends", TIME, nullable=False),
    Column("withdrawn_at", TIME),
    Column("withdrawn_by", Text),
)
Index("consent_case", consent.c.case_number)
Index("consent_holder", consent.c.holder_hash)
presence = _made(  # a holder was there: a signed result of an identity service, used once
    "presence",
    Column("case_number", Text, nullable=False),
    Column("holder_hash", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("level", Integer, nullable=False),
    Column("method", Text, nullable=False),
    Column("proved_at", TIME, nullable=False),
    Column("nonce_hash", Text, nullable=False, unique=True),
)
Index("presence_case", presence.c.case_number)
show_code = _made(  # 亮证: a code that the holder shows; only its hash is here
    "show_code",
    Column("case_number", Text, nullable=False),
    Column("holder_hash", Text, nullable=False),
    Column("code_hash", Text, nullable=False),
    Column("types", ARRAY(Text), nullable=False),
    Column("purpose", Text, nullable=False),  # give | withdraw
    Column("ends", TIME, nullable=False),
    Column("used_at", TIME),
    Column("used_by", Text),
)
Index("show_code_case", show_code.c.case_number)
code_try = _made("code_try", Column("case_number", Text, nullable=False))  # a wrong code
Index("code_try_at", code_try.c.at)
use_step = _made(  # each row is the whole standing of an item's use of a type from then on
    "use_step",
    Column("item_id", Text, nullable=False),
    Column("licence_type", Text, nullable=False),
    Column("department", Text, nullable=False),  # the issuing one, which decides
    Column("state", Text, nullable=False),  # requested | approved | refused | disputed
    Column("fields", ARRAY(Text), nullable=False),
    Column("due", Date, nullable=False),
    Column("why", Text, nullable=False),
    Column("final", Boolean, nullable=False),  # the bureau has ruled
)
Index("use_step_use", use_step.c.item_id, use_step.c.licence_type, use_step.c.id)
look_order = _made(  # 调取文书 of a court, auditor or discipline inspector; `by` proposed it
    "look_order",
    Column("kind", Text, nullable=False),  # court | audit | discipline
    Column("document", Text, nullable=False, unique=True),
    Column("subjects", ARRAY(Text), nullable=False),
    Column("types", ARRAY(Text), nullable=False),
    Column("begins", TIME, nullable=False),
    Column("ends", TIME, nullable=False),
    Column("withheld_until", TIME),
    Column("confirmed_by", Text),
    Column("confirmed_at", TIME),
    Column("ended_at", TIME),
    Column("ended_by", Text),
)
alarm = Table(
    "alarm",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("kind", Text, nullable=False),  # as certs.rights.alarms says
    Column("subject", Text, nullable=False),  # an account, a case, an order's number
    Column("detail", Text, nullable=False),
    Column("raised_at", TIME, nullable=False),
    Column("closed_at", TIME),
    Column("closed_by", Text),
    Column("closed_why", Text),
)
Index(
    "alarm_open",
    alarm.c.kind,
    alarm.c.subject,
    unique=True,
    postgresql_where=alarm.c.closed_at.is_(None),
)
