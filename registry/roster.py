"""The duty roster: which post handles which item, from when until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, any_, bindparam, insert, select, update

from kernel.errors import BadInput
from kernel.reads import Read, Rows
from registry.accounts import Account
from registry.moves import role_of
from registry.tables import account, duty, post
from registry.typed import plain

EVERY = "*"


@dataclass(frozen=True)
class Duty:
    """A line of the roster. `item`: an id, or `*`. `until`: that day still counts; None: open."""

    id: int
    post: str
    item: str
    begins: date
    until: date | None
    document: str
    by: str
    at: datetime


ALL = select(duty).order_by(duty.c.post, duty.c.item, duty.c.begins, duty.c.id)
#: Read at each decision.
OF_ACCOUNT = ALL.join_from(duty, account, duty.c.post == any_(account.c.posts)).where(
    account.c.name == bindparam("account")
)


def duties(conn: Connection) -> list[Duty]:
    """The whole roster, by post and item."""
    return _duties(conn.execute(ALL))


def duties_of(account_name: str) -> Read[list[Duty]]:
    """The lines of an account's posts."""
    return Read(OF_ACCOUNT, {"account": account_name}, _duties)


def _duties(rows: Rows) -> list[Duty]:
    return [Duty(**row._mapping) for row in rows]


def set_duty(conn: Connection, who: Account, one: Duty) -> int:
    """Add a line; its number. Only the bureau. Raises BadInput, Refused.

    `one.id`, `one.by` and `one.at` are not read; `at` is written as given.
    """
    role_of(who, ("bureau",), "change the roster")
    if conn.execute(select(post.c.code).where(post.c.code == one.post)).first() is None:
        raise BadInput("no such post: `zhongtai rights roster` shows them")
    if one.until is not None and one.until < one.begins:
        raise BadInput("a duty ends on or after the day it begins")
    values = {
        "post": one.post,
        "item": plain_item(one.item),
        "begins": one.begins,
        "until": one.until,
        "document": plain(one.document, "the document's number"),
        "by": who.name,
        "at": one.at,
    }
    return int(conn.execute(insert(duty).values(values).returning(duty.c.id)).scalar_one())


def end_duty(conn: Connection, who: Account, number: int, until: date) -> Duty:
    """Let a line end with that day. Only the bureau. Raises BadInput, Refused."""
    role_of(who, ("bureau",), "change the roster")
    changed = update(duty).where(duty.c.id == number).values(until=until)
    row = conn.execute(changed.returning(*duty.c)).one_or_none()
    if row is None:
        raise BadInput(f"no line {number} in the roster: `zhongtai rights roster` shows them")
    return Duty(**row._mapping)


def plain_item(item: str) -> str:
    """An item's id or `*`. Raises BadInput on a text that is neither."""
    if item == EVERY or (item.isascii() and 0 < len(item) <= 60 and item.isprintable()):
        return item
    raise BadInput("an item is named by its id in the catalogue, or * for every item")
