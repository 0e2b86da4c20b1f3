"""Append to the ledger: inside the caller's transaction, one at a time, without gaps.

The lock is held until the caller's transaction ends, so append last. Whoever answers a person
commits first and answers then: an answer without its entry cannot be.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select, tuple_

from kernel.canonical import canonical
from kernel.db import lock, profile_of_connection
from kernel.errors import Stop
from ledger import events, merkle
from ledger.tables import entry, node


def append(conn: Connection, event: Mapping[str, Any]) -> int:
    """Write one event (see `ledger.events.event`); returns its number, from 0.

    It is there when the caller's transaction commits. Raises BadInput on an event or a fact that
    is not on the lists, Stop when the ledger's inner nodes are gone.
    """
    events.check(event)
    body = canonical(dict(event))
    digest = profile_of_connection(conn).hash
    leaf = merkle.leaf_hash(body, digest)
    lock(conn, "ledger")
    last = conn.execute(
        select(entry.c.seq, entry.c.leaf_hash).order_by(entry.c.seq.desc()).limit(1)
    ).one_or_none()
    seq = 0 if last is None else int(last.seq) + 1
    nodes = [] if last is None else _nodes(conn, seq, last.leaf_hash)
    frontier = merkle.Frontier(seq, nodes, digest)
    done = frontier.append(leaf)
    conn.execute(
        insert(entry).values(seq=seq, body=body.decode(), leaf_hash=leaf, root=frontier.root())
    )
    if done:
        rows = [{"level": level, "place": place, "hash": hash_} for level, place, hash_ in done]
        conn.execute(insert(node), rows)
    return seq


def _nodes(conn: Connection, size: int, last_leaf: bytes) -> list[bytes]:
    places = merkle.frontier_places(size)
    inner = [place for place in places if place[0]]
    found = {(0, size - 1): bytes(last_leaf)}
    if inner:
        query = select(node).where(tuple_(node.c.level, node.c.place).in_(inner))
        found.update(((row.level, row.place), bytes(row.hash)) for row in conn.execute(query))
    gone = [place for place in places if place not in found]
    if gone:
        raise Stop(
            f"the ledger's inner node {gone[0][1]} of level {gone[0][0]} is gone: "
            "run `zhongtai ledger verify`",
        )
    return [found[place] for place in places]
