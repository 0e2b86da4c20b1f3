"""Orders of courts, auditors and discipline inspectors: one person proposes, another confirms.

Loud inside: every step is in the ledger and raises an alarm. Where the order says so, its entries
are left out of the holder's view until a time (`ledger.withheld`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from sqlalchemy import Connection, insert, select, update

from certs.rights import alarms
from certs.rights.facts import OrderFacts
from certs.rights.tables import look_order
from kernel.errors import BadInput, Refused
from ledger import log, views
from ledger.events import EventName, event, moment
from registry import licence_types
from registry.accounts import Account
from registry.moves import role_of
from registry.typed import plain

Kind = Literal["court", "audit", "discipline"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MOST_SUBJECTS = 50
LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class NewOrder:
    """What the document says. `subjects`: keyed hashes. `withheld_until`: None: the holder sees."""

    kind: Kind
    document: str
    subjects: frozenset[str]
    types: frozenset[str]
    begins: datetime
    ends: datetime
    withheld_until: datetime | None


@dataclass(frozen=True)
class Order:
    """An order as recorded, without its subjects."""

    id: int
    kind: Kind
    document: str
    types: tuple[str, ...]
    begins: datetime
    ends: datetime
    withheld_until: datetime | None
    by: str
    at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None
    ended_at: datetime | None


def orders(conn: Connection) -> list[Order]:
    """Every order, the newest first. Of whom is not told here."""
    rows = conn.execute(select(look_order).order_by(look_order.c.id.desc()))
    names = [name for name in Order.__dataclass_fields__ if name != "types"]
    return [
        Order(types=tuple(row.types), **{name: row._mapping[name] for name in names})
        for row in rows
    ]


def facts_of(conn: Connection, number: int) -> tuple[OrderFacts, datetime | None] | None:
    """The facts of an order, and until when its looks are withheld; None: there is none."""
    row = conn.execute(select(look_order).where(look_order.c.id == number)).one_or_none()
    if row is None:
        return None
    facts = OrderFacts(
        row.by,
        row.confirmed_by,
        frozenset(row.subjects),
        frozenset(row.types),
        row.begins,
        row.ends,
        row.ended_at is not None,
    )
    return facts, row.withheld_until


def propose(conn: Connection, who: Account, new: NewOrder, at: datetime) -> int:
    """Record what the document says; its number. The bureau. Raises BadInput, Refused."""
    role_of(who, ("bureau",), "propose an order")
    _check(new, at)
    document = plain(new.document, "the document's number")
    o = look_order.c
    if conn.execute(select(o.id).where(o.document == document)).first():
        raise BadInput("an order of that document was recorded before: use its number")
    row = {
        **vars(new),
        "document": document,
        "subjects": sorted(new.subjects),
        "types": sorted(new.types),
        "by": who.name,
        "at": at,
    }
    number = int(conn.execute(insert(look_order).values(row).returning(o.id)).scalar_one())
    about = {"kind": new.kind, "document": document, "subjects": sorted(new.subjects)}
    facts = {"types": sorted(new.types), "until": moment(new.ends)}
    note(conn, who, "order.proposed", number, new.withheld_until, at, about | facts)
    return number


def confirm(conn: Connection, who: Account, number: int, at: datetime) -> None:
    """The second person's yes. Raises BadInput, Refused (`order_same_person`)."""
    role_of(who, ("bureau",), "confirm an order")
    row = conn.execute(
        select(look_order).where(look_order.c.id == number).with_for_update()
    ).one_or_none()
    if row is None or row.confirmed_by is not None or row.ended_at is not None:
        raise BadInput(f"no order {number} waits to be confirmed: `zhongtai rights orders`")
    if row.by == who.name:
        raise Refused("调取文书须由另一人确认，不能由提出人自己确认。", reason="order_same_person")
    conn.execute(
        update(look_order)
        .where(look_order.c.id == number)
        .values(confirmed_by=who.name, confirmed_at=at)
    )
    note(conn, who, "order.confirmed", number, row.withheld_until, at, {"kind": row.kind})
    alarms.sound(conn, at, "order", str(number), f"调取文书 {row.document} 已确认，可以调取")


def end(conn: Connection, who: Account, number: int, at: datetime) -> None:
    """End an order before its time. The bureau. Raises BadInput, Refused."""
    role_of(who, ("bureau",), "end an order")
    o = look_order.c
    ended = update(look_order).where(o.id == number, o.ended_at.is_(None))
    done = ended.values(ended_at=at, ended_by=who.name).returning(o.withheld_until)
    row = conn.execute(done).one_or_none()
    if row is None:
        raise BadInput(f"no order {number} is in force: `zhongtai rights orders` shows them")
    note(conn, who, "order.ended", number, row.withheld_until, at, {})


def note(
    conn: Connection, who: Account, name: EventName, number: int, until: datetime | None,
    at: datetime, about: Mapping[str, object],
) -> int:  # fmt: skip
    """The ledger's entry of a step under an order, withheld where the order says so; its number."""
    seq = log.append(conn, event(at, name, who.name, order=number, **about))
    if until is not None and until > at:
        views.withhold(conn, seq, until, f"order {number}", who.name, at)
    return seq


def _check(new: NewOrder, at: datetime) -> None:
    if new.kind not in KINDS:
        raise BadInput(f"an order is of a {', '.join(KINDS)}")
    if not 0 < len(new.subjects) <= MOST_SUBJECTS:
        raise BadInput(f"an order names 1 to {MOST_SUBJECTS} persons or organisations")
    _named(new.types)
    if not (new.begins < new.ends and at < new.ends <= new.begins + LONGEST):
        raise BadInput("an order ends after it begins and after today, at most a year later")
    if new.withheld_until is not None and new.withheld_until > new.ends + LONGEST:
        raise BadInput("an order's looks are withheld at most a year beyond its end")


def _named(types: Sequence[str] | frozenset[str]) -> None:
    known = licence_types.load()
    if not types or any(name not in known for name in types):
        raise BadInput("an order names licence types, as `zhongtai catalog waivers list` does")
