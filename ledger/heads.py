"""Signed heads: size, root and time of the ledger under the ledger key (P-256, SHA-256)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert

from kernel.canonical import canonical
from kernel.house import House
from ledger.events import moment
from ledger.tables import entry, head

ECDSA = ec.ECDSA(hashes.SHA256())


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


def key_id(key: ec.EllipticCurvePublicKey) -> str:
    """SHA-256 of the public key (DER, SubjectPublicKeyInfo), hex."""
    der = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hashlib.sha256(der).hexdigest()


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
        now, name = house.clock(), key_id(house.keys.ledger.public_key())
        signature = house.keys.ledger.sign(signed_bytes(size, root, now, name), ECDSA)
        made = Head(size, root, now, name, signature)
        written = conn.execute(
            insert(head)
            .values(size=size, root=root, signed_at=now, key_id=name, signature=signature)
            .on_conflict_do_nothing()
            .returning(head.c.size)
        )
        return made if written.one_or_none() else None


def genuine(made: Head, key: ec.EllipticCurvePublicKey) -> bool:
    """Whether the head's signature is by this key over exactly these facts."""
    try:
        key.verify(
            made.signature,
            signed_bytes(made.size, made.root, made.signed_at, made.key_id),
            ECDSA,
        )
    except InvalidSignature:
        return False
    return made.key_id == key_id(key)
