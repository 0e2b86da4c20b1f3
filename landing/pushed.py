"""Pushed batches: a nonce is taken once, an idempotency key stands for one body."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, delete, null, select, update
from sqlalchemy.dialects.postgresql import insert

from kernel.crypto import keyed_hash
from kernel.errors import Conflicts
from kernel.house import House
from landing.tables import nonce, pushed

#: An answer is given again for so long; after that the same body is landed again, which changes
#: nothing. The key stands for its body for good.
ANSWERS = timedelta(days=30)


def take_nonce(house: House, system: str, said: str, keep: timedelta) -> bool:
    """Whether the nonce was not used within `keep`; now it is. Committed before anything lands."""
    with house.engine.begin() as conn:
        return taken(conn, house, system, said, keep)


def taken(conn: Connection, house: House, system: str, said: str, keep: timedelta) -> bool:
    """As `take_nonce`, within the caller's transaction."""
    now = house.clock()
    row = {"nonce_hash": keyed_hash(house.keys.index, "nonce", system, said), "at": now}
    conn.execute(delete(nonce).where(nonce.c.at < now - keep))
    order = insert(nonce).values(system=system, **row).on_conflict_do_nothing()
    return conn.execute(order.returning(nonce.c.at)).first() is not None


def claim(
    house: House, system: str, stream: str, key_hash: str, body_hash: str
) -> dict[str, Any] | None:
    """Let the key stand for the body. Gives the answer of a batch that landed before, else None.

    Raises Conflicts when the key stands for another body.
    """
    now = house.clock()
    order = insert(pushed).values(
        system=system, stream=stream, key_hash=key_hash, body_hash=body_hash, at=now
    )
    mine = _of(system, stream, key_hash)
    with house.engine.begin() as conn:
        old = (pushed.c.at < now - ANSWERS, pushed.c.answer.is_not(None))
        conn.execute(update(pushed).where(*old).values(answer=null()))
        conn.execute(order.on_conflict_do_nothing())
        row = conn.execute(select(pushed.c.body_hash, pushed.c.answer).where(*mine)).one()
    if row.body_hash != body_hash:
        raise Conflicts(
            f"{system} sent another body to {stream} under this Idempotency-Key before: "
            "a batch with other rows needs a key of its own",
            system=system,
            stream=stream,
        )
    answer: dict[str, Any] | None = row.answer
    return answer


def keep_answer(
    house: House, system: str, stream: str, key_hash: str, answer: dict[str, Any]
) -> None:
    """Keep the answer of a batch that has landed; the first one stays. No value of a row in it."""
    mine = _of(system, stream, key_hash)
    order = update(pushed).where(*mine, pushed.c.answer.is_(None))
    with house.engine.begin() as conn:
        conn.execute(order.values(answer=answer, at=house.clock()))


def _of(system: str, stream: str, key_hash: str) -> tuple[Any, ...]:
    return (pushed.c.system == system, pushed.c.stream == stream, pushed.c.key_hash == key_hash)
