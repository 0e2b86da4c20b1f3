"""A million rows behind each list: cases, refused rows, runs, looks and sign-ins.

Made here, not landed: nothing decrypts them, and the ledger's proofs no longer hold afterwards.
"""

from __future__ import annotations

from sqlalchemy import text

from kernel.house import House

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
QUARANTINE = """
INSERT INTO landing.quarantine (system, stream, key_hash, row_hash, batch, run, rule, "column",
  reason, first_seen, last_seen, sealed)
SELECT 'sc_food', 'licence', 'bench' || n, 'r', 'b', 'r',
  (ARRAY['holder', 'date', 'required'])[n % 3 + 1], 'ZTDM', 'wrong',
  now() - n * interval '30 seconds', now(), '' FROM generate_series(1, :many) n
"""
RUNS = """
INSERT INTO landing.run
  (id, system, "full", kind, state, started, ended, rows, stored, quarantined, deleted)
SELECT 'bench' || n, s.system, false, 'sync', CASE WHEN n % 50 = 0 THEN 'failed' ELSE 'done' END,
  now() - n * interval '10 minutes', now() - n * interval '10 minutes' + interval '3 seconds',
  10, 10, 0, 0
FROM (SELECT DISTINCT system FROM landing.run) s, generate_series(1, :many / 47) n
"""
LEDGER = """
INSERT INTO ledger.entry (seq, body, leaf_hash, root)
SELECT (SELECT max(seq) FROM ledger.entry) + n,
  '{"actor":"clerk","at":"' || to_char(now() - n * interval '1 second', 'YYYY-MM-DD"T"HH24:MI:SS')
  || '+00:00","event":"' || CASE WHEN n % 4 = 0 THEN 'account.signed_in' ELSE 'look.granted' END
  || '","holder":"' || CASE WHEN n % 4 = 1 THEN CAST(:holder AS text) ELSE 'h' || n % 50000 END
  || '"}', '', '' FROM generate_series(1, :many) n
"""
TABLES = ('landing."case"', "landing.quarantine", "landing.run", "ledger.entry")


def fill(house: House, many: int, holder: str) -> None:
    """That many rows more in each table; a quarter of the looks is at one holder."""
    house = house.under("owner")  # bulk rows past the rights, and ANALYZE
    with house.engine.begin() as conn:
        for query in (CASES, QUARANTINE, RUNS):
            conn.execute(text(query), {"many": many})
        conn.execute(text(LEDGER), {"many": many, "holder": holder})
    with house.engine.begin() as conn:
        for table in TABLES:
            conn.execute(text(f"ANALYZE {table}"))
