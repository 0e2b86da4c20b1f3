"""Merkle trees of RFC 6962: hashes, appending, inclusion and consistency proofs.

The hash is SHA-256 unless another of 32 bytes is given (SM3 in the gm profile). Leaves are hashed
with a 0x00 before them, inner nodes with a 0x01, so that neither can pass for the other. A proof
is a list of 32-byte hashes, from the leaf upwards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

#: A hash function of 32 bytes.
Digest = Callable[[bytes], bytes]


def sha256_of(data: bytes) -> bytes:
    """SHA-256."""
    return sha256(data).digest()


#: Root of the tree that holds nothing.
EMPTY = sha256_of(b"")

#: Gives the root of the leaves [start, end).
RangeRoot = Callable[[int, int], bytes]


def leaf_hash(data: bytes, digest: Digest = sha256_of) -> bytes:
    """Hash of one leaf's content."""
    return digest(b"\x00" + data)


def node_hash(left: bytes, right: bytes, digest: Digest = sha256_of) -> bytes:
    """Hash of an inner node."""
    return digest(b"\x01" + left + right)


def split(size: int) -> int:
    """The largest power of two below `size` (size > 1): where RFC 6962 parts a tree."""
    return 1 << (size - 1).bit_length() - 1


class Frontier:
    """What must be known of a tree to append to it: the roots of its perfect subtrees.

    `nodes[i]` belongs to the i-th set bit of `size`, largest first. O(log size) in room and time.
    """

    def __init__(
        self, size: int = 0, nodes: Sequence[bytes] = (), digest: Digest = sha256_of
    ) -> None:
        if len(nodes) != size.bit_count():
            raise ValueError("a frontier has one node for each set bit of the size")
        self.size = size
        self.nodes = list(nodes)
        self.digest = digest

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Take one leaf hash. Returns the inner nodes completed: (level, index, hash)."""
        done: list[tuple[int, int, bytes]] = []
        node, level = leaf, 0
        while self.size >> level & 1:
            node, level = node_hash(self.nodes.pop(), node, self.digest), level + 1
            done.append((level, self.size >> level, node))
        self.nodes.append(node)
        self.size += 1
        return done

    def root(self) -> bytes:
        """Root of all leaves so far."""
        if not self.nodes:
            return self.digest(b"")
        root = self.nodes[-1]
        for node in self.nodes[-2::-1]:
            root = node_hash(node, root, self.digest)
        return root


def frontier_places(size: int) -> list[tuple[int, int]]:
    """(level, index) of each frontier node of a tree of `size` leaves, largest subtree first."""
    return [
        (level, (size >> level) - 1)
        for level in range(size.bit_length() - 1, -1, -1)
        if size >> level & 1
    ]


def range_root(leaves: Sequence[bytes], digest: Digest = sha256_of) -> RangeRoot:
    """Roots of ranges of known leaf hashes, for making proofs in memory."""

    def root(start: int, end: int) -> bytes:
        frontier = Frontier(digest=digest)
        for leaf in leaves[start:end]:
            frontier.append(leaf)
        return frontier.root()

    return root


def inclusion_proof(index: int, size: int, root: RangeRoot) -> list[bytes]:
    """The proof that leaf `index` is in the tree of the first `size` leaves (PATH)."""
    if not 0 <= index < size:
        raise ValueError("the leaf is outside the tree")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            path.append(root(middle, end))
            end = middle
        else:
            path.append(root(start, middle))
            start = middle
    return path[::-1]


def consistency_proof(old: int, size: int, root: RangeRoot) -> list[bytes]:
    """The proof that the tree of `old` leaves is the beginning of the tree of `size` (PROOF)."""
    if not 0 < old <= size:
        raise ValueError("the old tree is empty or larger than the new one")
    path: list[bytes] = []
    start, end, whole = 0, size, True
    while old != end:
        middle = start + split(end - start)
        if old <= middle:
            path.append(root(middle, end))
            end = middle
        else:
            path.append(root(start, middle))
            start, whole = middle, False
    if not whole:
        path.append(root(start, end))
    return path[::-1]


def included(
    leaf: bytes,
    index: int,
    size: int,
    proof: Sequence[bytes],
    root: bytes,
    digest: Digest = sha256_of,
) -> bool:
    """Whether the proof shows the leaf hash at `index` under `root` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, node = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = node_hash(step, node, digest)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, step, digest)
        place, last = place >> 1, last >> 1
    return last == 0 and node == root


def consistent(
    old: int,
    size: int,
    proof: Sequence[bytes],
    old_root: bytes,
    new_root: bytes,
    digest: Digest = sha256_of,
) -> bool:
    """Whether the proof shows that the old tree begins the new one (RFC 9162, 2.1.4.2)."""
    if not 0 < old <= size:
        return False
    if old == size:
        return not proof and old_root == new_root
    steps = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not steps:
        return False
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            first, second = (
                node_hash(step, first, digest),
                node_hash(step, second, digest),
            )
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, step, digest)
        place, last = place >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root
