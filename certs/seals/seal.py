"""Seals: a Merkle tree over the documents of a batch, with one signature at its root.

Anyone with the public key verifies a document offline from its inclusion proof.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import Connection, insert, select

from certs.tables import licence, seal_batch
from kernel.canonical import canonical
from kernel.house import House
from ledger import merkle
from ledger.events import moment
from ledger.heads import key_id

ECDSA = ec.ECDSA(hashes.SHA256())
FILE_FORMAT = "zhongtai-licence-file-1"


@dataclass(frozen=True)
class SealedRoot:
    """A signed root. `sealed_at` as text, as it was signed; `signature` is DER."""

    size: int
    root: bytes
    sealed_at: str
    key_id: str
    signature: bytes

    def signed_bytes(self) -> bytes:
        """What the signature covers: canonical JSON."""
        return canonical(
            {
                "format": "zhongtai-seal-1",
                "size": self.size,
                "root": self.root.hex(),
                "sealed_at": self.sealed_at,
                "key_id": self.key_id,
            }
        )

    def genuine(self, key: ec.EllipticCurvePublicKey) -> bool:
        """Whether this key signed exactly these facts."""
        try:
            key.verify(self.signature, self.signed_bytes(), ECDSA)
        except InvalidSignature:
            return False
        return self.key_id == key_id(key)


def seal(house: House, leaves: Sequence[bytes], now: datetime) -> SealedRoot:
    """Sign the root over the leaf hashes (at least one)."""
    frontier = merkle.Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    name = key_id(house.keys.seal.public_key())
    unsigned = SealedRoot(frontier.size, frontier.root(), moment(now), name, b"")
    signature = house.keys.seal.sign(unsigned.signed_bytes(), ECDSA)
    return SealedRoot(unsigned.size, unsigned.root, unsigned.sealed_at, name, signature)


def store(conn: Connection, made: SealedRoot, now: datetime) -> int:
    """Write the batch; its id."""
    written = conn.execute(
        insert(seal_batch)
        .values(
            size=made.size,
            root=made.root.hex(),
            key_id=made.key_id,
            signature=made.signature,
            sealed_at=now,
        )
        .returning(seal_batch.c.id)
    )
    return int(written.scalar_one())


def root_of(conn: Connection, batch: int) -> SealedRoot:
    """The signed root of a batch."""
    row = conn.execute(select(seal_batch).where(seal_batch.c.id == batch)).one()
    sealed_at, signature = moment(row.sealed_at), bytes(row.signature)
    return SealedRoot(row.size, bytes.fromhex(row.root), sealed_at, row.key_id, signature)


def licence_file(conn: Connection, licence_id: str, document: bytes) -> bytes:
    """A licence that verifies offline: document, place in its batch, proof, signed root (JSON).

    `document` are the canonical bytes, which the caller has the right to.
    """
    own = conn.execute(
        select(licence.c.seal_batch, licence.c.leaf_index).where(licence.c.id == licence_id)
    ).one()
    leaves = conn.execute(
        select(licence.c.leaf_hash)
        .where(licence.c.seal_batch == own.seal_batch)
        .order_by(licence.c.leaf_index)
    ).scalars()
    hashes_ = [bytes.fromhex(leaf) for leaf in leaves]
    proof = merkle.inclusion_proof(own.leaf_index, len(hashes_), merkle.range_root(hashes_))
    root = root_of(conn, own.seal_batch)
    file: dict[str, Any] = {
        "format": FILE_FORMAT,
        "document": json.loads(document),
        "leaf_index": own.leaf_index,
        "proof": [step.hex() for step in proof],
        "seal": {
            "size": root.size,
            "root": root.root.hex(),
            "sealed_at": root.sealed_at,
            "key_id": root.key_id,
            "signature": base64.b64encode(root.signature).decode(),
        },
    }
    return canonical(file)
