"""A million rows behind each list: cases, refused rows, runs, looks and sign-ins; a tenth as many
steps of items' uses of licences, of which a city has some 20,000.

Made here, not landed. The ledger's are entries like any others: it verifies.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, text

from kernel.canonical import canonical
from kernel.crypto import encrypt
from kernel.db import copy_rows
from kernel.house import House
from landing.place import raw_place, seal_key
from ledger import merkle
from ledger.tables import entry, node

CASES = """
INSERT INTO landing."case" (system, stream, key_hash, row_hash, batch, run, landed_at,
  case_number, item_code, department, post, applicant_kind, holder_hash, state, opened)
SELECT 'xzsp_window', 'case', 'bench' || n, 'r', 'b', 'r', now(), 'BENCH-' || n,
  (SELECT min(item_id) FROM catalog.published_item), 'd',
  (ARRAY['sc-02', 'mz-02', 'ga-02', 'sc-01', 'rs-02', 'zr-02'])[n % 6 + 1],
  'organisation', 'h' || n % 50000,
  (ARRAY['accepted', 'deciding', 'granted', 'granted', 'granted', 'granted', 'granted', 'refused'])
    [n / 6 % 8 + 1],
  now() - n * interval '40 seconds' FROM generate_series(1, :many) n
"""
QUARANTINE = (
    "system", "stream", "key_hash", "row_hash", "batch", "run", "rule", "column", "reason",
    "first_seen", "last_seen", "sealed",
)  # fmt: skip
RUNS = """
INSERT INTO landing.run
  (id, system, "full", kind, state, started, ended, rows, stored, quarantined, deleted)
SELECT 'bench' || n, s.system, false, 'sync', CASE WHEN n % 50 = 0 THEN 'failed' ELSE 'done' END,
  now() - n * interval '10 minutes', now() - n * interval '10 minutes' + interval '3 seconds',
  10, 10, 0, 0
FROM (SELECT DISTINCT system FROM landing.run) s, generate_series(1, :many / 47) n
"""
#: A step or two of each use, over all types.
USES = """
WITH known AS (SELECT DISTINCT licence_type, department FROM certs.use_step)
INSERT INTO certs.use_step
  (item_id, licence_type, department, state, fields, due, why, final, "by", at)
SELECT 'bench' || lpad(n::text, 6, '0'), k.licence_type, k.department, s.state, '{}',
  current_date + 5, 'bench', false, 'platform', now()
FROM generate_series(1, :many / 17 / (SELECT count(*) FROM known)) n
CROSS JOIN known k CROSS JOIN (VALUES ('requested'), ('approved')) s (state)
WHERE s.state = 'requested' OR n % 3 > 0
"""
TABLES = ('landing."case"', "landing.quarantine", "landing.run", "ledger.entry", "certs.use_step")


def fill(house: House, many: int, holder: str) -> None:
    """That many rows more in each table; a quarter of the looks is at one holder."""
    house = house.under("owner")  # bulk rows past the rights, and ANALYZE
    with house.engine.begin() as conn:
        for query in (CASES, RUNS, USES):
            conn.execute(text(query), {"many": many})
        copy_rows(conn, "landing.quarantine", QUARANTINE, _refused(house, many))
        _ledger(house, conn, many, holder)
    with house.engine.begin() as conn:
        for table in TABLES:
            conn.execute(text(f"ANALYZE {table}"))


def _refused(house: House, many: int) -> Iterator[tuple[Any, ...]]:
    """Rows of one system, two a minute, with values that its officer can open."""
    code, stream, now = "sc_food", "licence", house.clock()
    key, values = seal_key(house, code, stream), canonical({"ZTDM": "9136", "licenceName": "x"})
    for n in range(many):
        name, seen = f"bench{n}", now - timedelta(seconds=30 * n)
        rule = ("holder", "date", "required")[n % 3]
        sealed = encrypt(key, values, raw_place(code, stream, name))
        yield code, stream, name, "r", "b", "r", rule, "ZTDM", "wrong", seen, now, sealed


def _ledger(house: House, conn: Connection, many: int, holder: str) -> None:
    """Sign-ins and looks, one a second up to now."""
    tree, digest = _frontier(house, conn), house.profile.hash
    inner: list[tuple[int, int, bytes]] = []

    def rows() -> Iterator[tuple[int, str, bytes, bytes]]:
        for body in _bodies(house.clock() - timedelta(seconds=many), many, holder):
            leaf = merkle.leaf_hash(body, digest)
            inner.extend(tree.append(leaf))
            yield tree.size - 1, body.decode(), leaf, tree.root()

    copy_rows(conn, "ledger.entry", ("seq", "body", "leaf_hash", "root"), rows())
    copy_rows(conn, "ledger.node", ("level", "place", "hash"), inner)


def _frontier(house: House, conn: Connection) -> merkle.Frontier:
    size = conn.execute(select(func.count()).select_from(entry)).scalar_one()
    known = {(row.level, row.place): row.hash for row in conn.execute(select(node))}
    last = conn.execute(select(entry.c.leaf_hash).where(entry.c.seq == size - 1)).scalar_one()
    nodes = [known.get(place, last) for place in merkle.frontier_places(size)]
    return merkle.Frontier(size, [bytes(one) for one in nodes], house.profile.hash)


def _bodies(begin: datetime, many: int, holder: str) -> Iterator[bytes]:
    for n in range(many):
        who = holder if n % 4 == 1 else f"h{n % 50_000}"
        kind = "account.signed_in" if n % 4 == 0 else "look.granted"
        at = (begin + timedelta(seconds=n)).isoformat()
        yield canonical({"actor": "clerk", "at": at, "event": kind, "holder": who})
