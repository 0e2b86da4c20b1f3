"""What the platform tells the clerks of a post."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from certs.tables import message

SHOWN = 100


@dataclass(frozen=True)
class Message:
    """One message, unread. It names a case and a material, never a person."""

    id: int
    post: str
    case_number: str
    text: str
    at: datetime


def tell(conn: Connection, post: str, case_number: str, text: str, now: datetime) -> None:
    """A message to the clerks of a post."""
    conn.execute(insert(message).values(post=post, case_number=case_number, text=text, at=now))


def unread(conn: Connection, posts: Collection[str]) -> list[Message]:
    """What nobody of these posts has read yet, the newest first."""
    m = message.c
    query = (
        select(m.id, m.post, m.case_number, m.text, m.at)
        .where(m.post.in_(sorted(posts)), m.read_at.is_(None))
        .order_by(m.id.desc())
        .limit(SHOWN)
    )
    return [Message(**row._mapping) for row in conn.execute(query)]


def read(conn: Connection, posts: Collection[str], number: int, who: str, now: datetime) -> bool:
    """One message of these posts is read; whether there was such an unread one."""
    m = message.c
    done = (
        update(message)
        .where(m.id == number, m.post.in_(sorted(posts)), m.read_at.is_(None))
        .values(read_at=now, read_by=who)
    )
    return conn.execute(done).rowcount == 1
