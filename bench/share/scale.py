"""Makes licences by the million: landed and published rows of holders that do not exist.

Rows are as wide as real ones and lie in the same tables under the same indexes; their ciphertexts
are random bytes, since nobody looks at them. Three licences a holder.
"""

from __future__ import annotations

from sqlalchemy import text

from kernel.house import House

CHUNK = 100_000
SYSTEM = "bench_bulk"
#: Bytes of a landed row's and of a published document's ciphertext, as real ones have.
LANDED, PUBLISHED = 420, 900
#: Random enough that the store cannot compress it, and quick to make.
NOISE = "decode(repeat(md5(n || 'a') || md5(n || 'b'), :{0} / 32), 'hex')"

LAND = text(f"""
INSERT INTO landing.licence (system, stream, key_hash, row_hash, batch, run, source_time,
  landed_at, withheld, sealed, type, holder_kind, holder_hash, issuer, issued, valid_from,
  status)
SELECT '{SYSTEM}', 'licence', md5('k' || n), md5('r' || n), '{SYSTEM}/licence/b/' || n / 5000, 'b',
  :now, :now, false, {NOISE.format("landed")}, (CAST(:types AS text[]))[1 + n % :kinds],
  'organisation', md5('h' || n / 3), '某局', DATE '2020-01-01', DATE '2020-01-01', 'valid'
FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) n
""")  # noqa: S608  # constants of this file
PUBLISH = text(f"""
INSERT INTO certs.licence (id, system, stream, key_hash, row_hash, version, type, standing, state,
  holder_kind, issuer, issued, valid_from, source_time, batch, run, published_at, leaf_hash,
  seal_batch, leaf_index, sealed)
SELECT md5('id' || n), '{SYSTEM}', 'licence', md5('k' || n), md5('r' || n), 1,
  (CAST(:types AS text[]))[1 + n % :kinds], 'data only', 'valid', 'organisation', '某局',
  DATE '2020-01-01', DATE '2020-01-01', :now, '{SYSTEM}/licence/b/' || n / 5000, 'b', :now,
  md5('l' || n) || md5('m' || n), -(n / 4096) - 1, n % 4096, {NOISE.format("published")}
FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) n
""")  # noqa: S608  # constants of this file
HOLDERS = text(f"""
INSERT INTO certs.licence_holder (holder_hash, licence_id, type, wrapped_key)
SELECT md5('h' || n / 3), md5('id' || n), (CAST(:types AS text[]))[1 + n % :kinds],
  {NOISE.format("key")}
FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) n
""")  # noqa: S608  # constants of this file


def grow(house: House, there: int, wanted: int, types: list[str]) -> int:
    """Add made-up licences until there are `wanted` of them; `there` are. Gives how many now."""
    while there < wanted:
        last = min(there + CHUNK, wanted) - 1
        facts = {"first": there, "last": last, "now": house.clock(), "types": types}
        with house.engine.begin() as conn:
            for statement, more in (
                (LAND, {"landed": LANDED}),
                (PUBLISH, {"published": PUBLISHED}),
                (HOLDERS, {"key": 64}),
            ):
                conn.execute(statement, {**facts, "kinds": len(types), **more})
        there = last + 1
    owner = house.under("owner").engine
    with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        for table in ("landing.licence", "certs.licence", "certs.licence_holder"):
            conn.execute(text(f"VACUUM ANALYZE {table}"))
        # Else the millions of rows are written to the disk while plans are measured beside it.
        conn.execute(text("CHECKPOINT"))
    return there
