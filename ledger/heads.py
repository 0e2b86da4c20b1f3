"""Signed heads: size, root and time of the ledger under the ledger key of that time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert

from kernel.canonical import canonical
from kernel.house import House
from kernel.signers.ring import KnownKey
from ledger.events import moment
from ledger.tables import entry, head


@dataclass(frozen=True)
class Head:
    """A signed head. `root` are 32 bytes, `signature` is DER."""

    size: int
    root: bytes
    signed_at: datetime
    key_id: str
    signature: bytes


def head_of(row: Row[Any]) -> Head:
    """A row of `ledger.head` as a Head."""
    return Head(row.size, bytes(row.root), row.signed_at, row.key_id, bytes(row.signature))


def signed_bytes(size: int, root: bytes, signed_at: datetime, key: str) -> bytes:
    """What a head's signature covers: canonical JSON."""
    return canonical(
        {
            "format": "zhongtai-ledger-head-1",
            "size": size,
            "root": root.hex(),
            "signed_at": moment(signed_at),
            "key_id": key,
        }
    )


def sign_head(house: House) -> Head | None:
    """Sign the log as committed now. None when it is empty or this size is signed already."""
    with house.engine.begin() as conn:
        last = conn.execute(
            select(entry.c.seq, entry.c.root).order_by(entry.c.seq.desc()).limit(1)
        ).one_or_none()
        if last is None:
            return None
        size, root = int(last.seq) + 1, bytes(last.root)
        now, signer = house.clock(), house.keys.ledger.signer()
        name = signer.public.key_id
        signature = signer.sign(signed_bytes(size, root, now, name))
        made = Head(size, root, now, name, signature)
        written = conn.execute(
            insert(head)
            .values(size=size, root=root, signed_at=now, key_id=name, signature=signature)
            .on_conflict_do_nothing()
            .returning(head.c.size)
        )
        return made if written.one_or_none() else None


def genuine(made: Head, keys: Iterable[KnownKey]) -> bool:
    """Whether one of these keys signed exactly these facts, in its time."""
    message = signed_bytes(made.size, made.root, made.signed_at, made.key_id)
    return any(
        key.public.key_id == made.key_id
        and key.signed(made.signed_at)
        and key.public.verifies(message, made.signature)
        for key in keys
    )
