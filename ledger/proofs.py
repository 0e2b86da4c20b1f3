"""Proofs out of the kept log: an entry is in it, an old head is the beginning of a new one.

Roots of ranges are put together from inner nodes and leaf hashes, O(log n) rows a proof. A proof
is checked by `merkle.included` and `merkle.consistent`, which trust nothing that is stored here.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from kernel.db import profile_of_connection
from kernel.errors import BadInput, Stop
from kernel.profile import PROFILES, ProfileName
from ledger import merkle
from ledger.tables import entry, node


@dataclass(frozen=True)
class Inclusion:
    """That entry `seq` stands under `root` in the tree of `size` entries. Hashes are 32 bytes."""

    seq: int
    body: str
    size: int
    root: bytes
    path: tuple[bytes, ...]
    profile: ProfileName = "standard"

    def holds(self) -> bool:
        """Whether the proof shows what it says."""
        digest = PROFILES[self.profile].hash
        leaf = merkle.leaf_hash(self.body.encode(), digest)
        return merkle.included(leaf, self.seq, self.size, self.path, self.root, digest)


@dataclass(frozen=True)
class Consistency:
    """That the tree of `old` entries begins the tree of `size`. Hashes are 32 bytes."""

    old: int
    old_root: bytes
    size: int
    root: bytes
    path: tuple[bytes, ...]
    profile: ProfileName = "standard"

    def holds(self) -> bool:
        """Whether the proof shows what it says."""
        digest = PROFILES[self.profile].hash
        return merkle.consistent(self.old, self.size, self.path, self.old_root, self.root, digest)


def size_of(conn: Connection) -> int:
    """How many entries the log has."""
    last = conn.execute(select(func.max(entry.c.seq))).scalar_one()
    return 0 if last is None else int(last) + 1


def inclusion(conn: Connection, seq: int, size: int | None = None) -> Inclusion:
    """The proof of one entry in the tree of `size` entries (the whole log unless given).

    Raises BadInput when there is no such entry or size, Stop when a node of the log is gone.
    """
    whole = _size(conn, size)
    if not 0 <= seq < whole:
        raise BadInput(f"the ledger has no entry {seq} among its first {whole}")
    root = range_root(conn)
    body = conn.execute(select(entry.c.body).where(entry.c.seq == seq)).scalar_one_or_none()
    if body is None:
        raise Stop(f"ledger entry {seq} is gone: run `zhongtai ledger verify`")
    path = tuple(merkle.inclusion_proof(seq, whole, root))
    profile = profile_of_connection(conn).name
    return Inclusion(seq, body, whole, root(0, whole), path, profile)


def consistency(conn: Connection, old: int, size: int | None = None) -> Consistency:
    """The proof between two sizes. Raises as `inclusion` does."""
    whole = _size(conn, size)
    if not 0 < old <= whole:
        raise BadInput(f"an old size is between 1 and {whole}; {old} is not")
    root = range_root(conn)
    path = tuple(merkle.consistency_proof(old, whole, root))
    profile = profile_of_connection(conn).name
    return Consistency(old, root(0, old), whole, root(0, whole), path, profile)


def range_root(conn: Connection) -> merkle.RangeRoot:
    """Roots of the ranges that proofs ask for: they begin where a subtree of their height may."""
    digest = profile_of_connection(conn).hash

    def root(start: int, end: int) -> bytes:
        parts, at = [], start
        while at < end:  # the largest perfect subtree that begins here and fits
            level = (end - at).bit_length() - 1
            parts.append(_hash(conn, level, at >> level))
            at += 1 << level
        if not parts:
            return digest(b"")
        whole = parts[-1]
        for part in parts[-2::-1]:
            whole = merkle.node_hash(part, whole, digest)
        return whole

    return root


def _size(conn: Connection, size: int | None) -> int:
    there = size_of(conn)
    if size is None:
        return there
    if not 0 < size <= there:
        raise BadInput(f"the ledger has {there} entries: a size is between 1 and that, not {size}")
    return size


def _hash(conn: Connection, level: int, place: int) -> bytes:
    query = select(node.c.hash).where(node.c.level == level, node.c.place == place)
    if level == 0:
        query = select(entry.c.leaf_hash).where(entry.c.seq == place)
    found = conn.execute(query).scalar_one_or_none()
    if found is None:
        raise Stop(
            f"the ledger's node {place} of level {level} is gone: run `zhongtai ledger verify`"
        )
    return bytes(found)
