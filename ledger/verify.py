"""Check the whole ledger: every entry's number, content and root, every signed head.

Works on what is in the database and the public key alone; trusts no stored hash.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from kernel.db import profile_of_connection
from kernel.house import House
from kernel.signers.ring import KnownKey
from ledger import merkle
from ledger.heads import genuine, head_of
from ledger.tables import entry, head, node


@dataclass(frozen=True)
class VerifyResult:
    """`entries`: how many agree, from 0. `problem`: the first disagreement, naming its row."""

    entries: int
    verified: bool
    problem: str | None = None


def verify(house: House) -> VerifyResult:
    """Read the whole log in one consistent view. Memory does not grow with the log."""
    view = house.engine.execution_options(isolation_level="REPEATABLE READ")
    with view.connect() as conn, _open(conn, house.keys.ledger.known()) as walk:
        problem = walk.run()
    return VerifyResult(walk.frontier.size, problem is None, problem)


@contextmanager
def _open(conn: Connection, keys: Sequence[KnownKey]) -> Iterator[_Walk]:
    # An inner node is complete at leaf (place + 1) * 2**level, the lower levels first.
    completed = (node.c.place + 1).bitwise_lshift(node.c.level)
    queries = (
        select(entry).order_by(entry.c.seq),
        select(node).order_by(completed, node.c.level),
        select(head).order_by(head.c.size),
    )
    streamed = conn.execution_options(stream_results=True, yield_per=2000)
    with ExitStack() as stack:
        entries, nodes, heads = (
            iter(stack.enter_context(streamed.execute(query))) for query in queries
        )
        yield _Walk(profile_of_connection(conn).hash, keys, entries, nodes, heads)


class _Walk:
    """One pass over entries, inner nodes and heads, side by side in the log's order."""

    def __init__(
        self,
        digest: merkle.Digest,
        keys: Sequence[KnownKey],
        entries: Iterator[Row[Any]],
        nodes: Iterator[Row[Any]],
        heads: Iterator[Row[Any]],
    ) -> None:
        self.keys = keys
        self.digest = digest
        self.frontier = merkle.Frontier(0, (), digest)
        self.agreed = 0  # size of the last head that agreed
        self.entries, self.nodes = entries, nodes
        self.heads = (head_of(row) for row in heads)
        self.head = next(self.heads, None)

    def run(self) -> str | None:
        for row in self.entries:
            problem = self._entry(row) or self._head()
            if problem:
                return problem
        return self._end()

    def _entry(self, row: Row[Any]) -> str | None:
        seq = self.frontier.size
        if row.seq != seq:
            return f"ledger entry {seq} is missing" + self._up_to(row.seq)
        leaf = merkle.leaf_hash(row.body.encode(), self.digest)
        if leaf != bytes(row.leaf_hash):
            return f"ledger entry {seq}: its content was changed"
        # The entry counts as read only once it agrees, so that `entries` is what agrees.
        ahead = merkle.Frontier(seq, self.frontier.nodes, self.digest)
        done = ahead.append(leaf)
        if ahead.root() != bytes(row.root):
            return (
                f"ledger entry {seq}: its root does not follow from the entries before it; "
                "an entry was changed, removed or put in here"
            )
        for level, place, hash_ in done:
            kept = next(self.nodes, None)
            if kept is None or (kept.level, kept.place, bytes(kept.hash)) != (level, place, hash_):
                return f"ledger entry {seq}: its inner node at level {level} was changed or removed"
        self.frontier = ahead
        return None

    def _up_to(self, found: int) -> str:
        missing = found - self.frontier.size
        return f" ({missing} missing in a row)" if missing > 1 else ""

    def _head(self) -> str | None:
        if self.head is None or self.head.size > self.frontier.size:
            return None
        size = self.head.size
        if not genuine(self.head, self.keys):
            return f"the ledger head of size {size}: its signature is not by the ledger key"
        if size != self.frontier.size or self.head.root != self.frontier.root():
            return (
                f"the ledger head of size {size} disagrees: "
                f"an entry between {self.agreed} and {size - 1} was changed, removed or put in"
            )
        self.agreed, self.head = size, next(self.heads, None)
        return None

    def _end(self) -> str | None:
        if self.head is not None:
            first, last = self.frontier.size, self.head.size - 1
            return (
                f"ledger entries {first} to {last} are missing: "
                f"a head of size {self.head.size} was signed"
            )
        if next(self.nodes, None) is not None:
            return "the ledger has inner nodes of entries that are not there"
        return None
