"""Append to the ledger: inside the caller's transaction, one at a time, without gaps.

The lock is held until the caller's transaction ends, so append last. Whoever answers a person
commits first and answers then: an answer without its entry cannot be.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Result, text

from kernel.canonical import canonical
from kernel.db import lock_read, profile_of_connection
from kernel.errors import Stop
from kernel.reads import Read, together
from ledger import events, merkle

#: The last entry, a row for each inner node that the tree of that size ends in.
LAST = text("""
SELECT e.seq, e.leaf_hash, n.level, n.place, n.hash
FROM (SELECT seq, leaf_hash FROM ledger.entry ORDER BY seq DESC LIMIT 1) e
LEFT JOIN generate_series(1, 62) AS high(level) ON ((e.seq + 1) >> high.level) & 1 = 1
LEFT JOIN ledger.node n
  ON n.level = high.level AND n.place = ((e.seq + 1) >> high.level) - 1
""")
#: The entry and the inner nodes that it completes, at once.
WRITE = text("""
WITH inner_nodes AS (
  INSERT INTO ledger.node (level, place, hash)
  SELECT * FROM unnest(CAST(:levels AS smallint[]), CAST(:places AS bigint[]),
                       CAST(:hashes AS bytea[]))
)
INSERT INTO ledger.entry (seq, body, leaf_hash, root) VALUES (:seq, :body, :leaf_hash, :root)
""")


def append(conn: Connection, event: Mapping[str, Any]) -> int:
    """Write one event (see `ledger.events.event`); returns its number, from 0.

    It is there when the caller's transaction commits. Raises BadInput on an event or a fact that
    is not on the lists, Stop when the ledger's inner nodes are gone.
    """
    events.check(event)
    body = canonical(dict(event))
    digest = profile_of_connection(conn).hash
    leaf = merkle.leaf_hash(body, digest)
    seq, nodes = _last(conn)
    frontier = merkle.Frontier(seq, nodes, digest)
    done = frontier.append(leaf)
    new = {"seq": seq, "body": body.decode(), "leaf_hash": leaf, "root": frontier.root()}
    levels, places, hashes = zip(*done, strict=True) if done else ((), (), ())
    inner = {"levels": list(levels), "places": list(places), "hashes": list(hashes)}
    conn.execute(WRITE, {**new, **inner})
    return seq


def _last(conn: Connection) -> tuple[int, list[bytes]]:
    """Take the lock. How long the log is, and the nodes of its frontier, largest subtree first.

    Read after the lock was taken, in a statement of its own: it sees what the last one wrote.
    """
    with together(conn) as ask:
        ask(lock_read("ledger"))
        last = ask(Read(LAST, {}, Result.all))
    rows = last()
    if not rows:
        return 0, []
    size = int(rows[0].seq) + 1
    found = {(int(row.level), int(row.place)): bytes(row.hash) for row in rows if row.hash}
    found[(0, size - 1)] = bytes(rows[0].leaf_hash)
    places = merkle.frontier_places(size)
    gone = [place for place in places if place not in found]
    if gone:
        raise Stop(
            f"the ledger's inner node {gone[0][1]} of level {gone[0][0]} is gone: "
            "run `zhongtai ledger verify`",
        )
    return size, [found[place] for place in places]
