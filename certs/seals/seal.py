"""Seals: a Merkle tree over the documents of a batch, with one signature at its root.

Anyone with the public key verifies a document offline from its inclusion proof.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from certs.tables import licence, seal_batch
from kernel.canonical import canonical
from kernel.house import House
from kernel.signers.ring import KnownKey
from ledger import merkle
from ledger.events import moment

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

    def genuine(self, key: KnownKey) -> bool:
        """Whether this key signed exactly these facts, in its time."""
        return (
            self.key_id == key.public.key_id
            and key.signed(datetime.fromisoformat(self.sealed_at))
            and key.public.verifies(self.signed_bytes(), self.signature)
        )


def seal(house: House, leaves: Sequence[bytes], now: datetime) -> SealedRoot:
    """Sign the root over the leaf hashes (at least one)."""
    signer = house.keys.seal.signer()
    root = merkle.range_root(leaves, house.profile.hash)(0, len(leaves))
    unsigned = SealedRoot(len(leaves), root, moment(now), signer.public.key_id, b"")
    return replace(unsigned, signature=signer.sign(unsigned.signed_bytes()))


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


def sealed_alone(house: House, conn: Connection, content: bytes, now: datetime) -> SealedRoot:
    """The seal of one document that is no licence; sealed once, the same root each time after.

    The caller holds a lock, or two callers may seal the same content twice.
    """
    leaf = merkle.leaf_hash(content, house.profile.hash)
    held = select(seal_batch.c.id).where(seal_batch.c.root == leaf.hex(), seal_batch.c.size == 1)
    found = conn.execute(held.order_by(seal_batch.c.id).limit(1)).scalar()
    return root_of(conn, store(conn, seal(house, [leaf], now), now) if found is None else found)


def root_of(conn: Connection, batch: int) -> SealedRoot:
    """The signed root of a batch."""
    row = conn.execute(select(seal_batch).where(seal_batch.c.id == batch)).one()
    sealed_at, signature = moment(row.sealed_at), bytes(row.signature)
    return SealedRoot(row.size, bytes.fromhex(row.root), sealed_at, row.key_id, signature)


def root_facts(root: SealedRoot) -> dict[str, Any]:
    """A signed root as JSON: the root in hex, the signature in base64."""
    return {
        "size": root.size,
        "root": root.root.hex(),
        "sealed_at": root.sealed_at,
        "key_id": root.key_id,
        "signature": base64.b64encode(root.signature).decode(),
    }


def read_root(facts: Mapping[str, Any]) -> SealedRoot:
    """A signed root out of its JSON. Raises KeyError, TypeError or ValueError when it is none."""
    size = facts["size"]
    if isinstance(size, bool) or not isinstance(size, int) or not 0 < size < 2**53:
        raise ValueError("not the size of a tree")
    root = SealedRoot(
        size=size,
        root=bytes.fromhex(facts["root"]),
        sealed_at=str(facts["sealed_at"]),
        key_id=str(facts["key_id"]),
        signature=base64.b64decode(facts["signature"], validate=True),
    )
    datetime.fromisoformat(root.sealed_at).astimezone()
    return root


def licence_file(house: House, conn: Connection, licence_id: str, document: bytes) -> bytes:
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
    proof = merkle.inclusion_proof(
        own.leaf_index, len(hashes_), merkle.range_root(hashes_, house.profile.hash)
    )
    root = root_of(conn, own.seal_batch)
    file: dict[str, Any] = {
        "format": FILE_FORMAT,
        "document": json.loads(document),
        "leaf_index": own.leaf_index,
        "proof": [step.hex() for step in proof],
        "seal": root_facts(root),
    }
    return canonical(file)
