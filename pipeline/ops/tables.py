"""Alarms about systems and what was told of them (schema `landing`).

An alarm is open as long as its cause lasts. A notice is one message to one channel: that an alarm
began, or that it ended.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from landing.tables import TIME, metadata

__all__ = ["alarm", "metadata", "notice"]

alarm: Final = Table(
    "alarm",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column(
        "kind", Text, nullable=False
    ),  # failing | late | hold | drift | webhook | ledger | looks
    Column("subject", Text, nullable=False),  # a system's code, a receiver, a number
    Column("detail", Text, nullable=False),
    Column("began_at", TIME, nullable=False),  # when the cause began
    Column("raised_at", TIME, nullable=False),
    Column("ended_at", TIME),
    Column("ended_how", Text),  # mended | paused
)
Index(
    "alarm_open",
    alarm.c.kind,
    alarm.c.subject,
    unique=True,
    postgresql_where=alarm.c.ended_at.is_(None),
)
Index("alarm_raised", alarm.c.raised_at)
notice: Final = Table(
    "notice",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("alarm", BigInteger, ForeignKey(alarm.c.id), nullable=False),
    Column("channel", Text, nullable=False),  # its name in alerts.yml
    Column("what", Text, nullable=False),  # began | ended
    Column("made_at", TIME, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_at", TIME),  # not before then; null: sent, or given up
    Column("sent_at", TIME),
    Column("reason", Text),  # why the last try failed, a code
    UniqueConstraint("alarm", "channel", "what"),
)
Index("notice_due", notice.c.channel, notice.c.id, postgresql_where=notice.c.next_at.is_not(None))
