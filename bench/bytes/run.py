"""Bytes of a licence, a look and a ledger entry; entries that one ledger takes a second.

docs/scale.md reckons with these.

Licences go the whole way: rows of a PostgreSQL source, synced, published. Plans and copies are
asked over HTTP of a small city that had one round. Tables count with their indexes; what a
page of 8 kB adds is little among so many rows.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bench.bytes.rates import TOGETHER, appended
from bench.share.city import signed_in, worked
from bench.sync import contracts, sources
from bench.sync.run import Bench, stage
from certs.licences.publish import publish_system
from cli.installation import installation
from kernel.house import House

Figure = dict[str, Any]
SYSTEM = "bench_licence"
PUBLISHED = ("certs.licence", "certs.licence_holder", "certs.holder_key", "certs.seal_batch")
LEDGER = ("ledger.entry", "ledger.node")
SIZE = text(
    "SELECT sum(pg_total_relation_size(CAST(name AS regclass)))"
    " FROM unnest(CAST(:names AS text[])) name"
)
DATABASE = text("SELECT pg_database_size(current_database())")
LOG = text("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')")
ENTRIES = text("SELECT count(*) FROM ledger.entry")
WIDTH = text("SELECT avg(pg_column_size(sealed)) FROM certs.licence")


def figure(value: float) -> Figure:
    """One line of the table; none has a goal."""
    return {"value": round(value, 1), "goal": "-", "holds": None}


def run(arguments: list[str]) -> dict[str, Figure]:
    """Licences, then looks."""
    parser = argparse.ArgumentParser(prog="bench bytes")
    parser.add_argument("--licences", type=int, default=20_000)
    parser.add_argument("--looks", type=int, default=200, help="plans, and as many copies")
    parser.add_argument("--people", type=int, default=200)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, stage(Path(folder)) as bench:
        found = _licences(bench, options.licences)
    with (
        tempfile.TemporaryDirectory() as folder,
        installation(Path(folder), options.people) as (house, systems),
    ):
        city, clerk = worked(house, systems), signed_in(house)
        found |= _looks(house, "plan", options.looks, lambda: clerk.plan(city.case))
        found |= _looks(house, "copy", options.looks, lambda: clerk.fetch(city.case, city.material))
        files = sum(1 for _ in house.objects.names("copies/"))
        found["copy: file in the store"] = figure(_objects(house, "copies/") / files)
        found |= {
            "ledger entries a second, one writer": figure(appended(house, 1)),
            f"ledger entries a second, {TOGETHER} writers": figure(appended(house, TOGETHER)),
            "load of the machine": figure(os.getloadavg()[0]),
        }
    return found


def _licences(bench: Bench, count: int) -> dict[str, Figure]:
    """Bytes a licence: landed, kept raw, published, and in the database's log."""
    house = bench.house
    table = f"licence_{count}"
    sources.fill_postgres(bench.source, "licence", count)
    house.secrets.put(f"{SYSTEM.upper()}_URL", bench.source)
    bench.add(SYSTEM, "licence", table, contracts.sql(SYSTEM, "postgresql"))
    empty, log = _tables(house, "landing.licence"), _one(house, LOG)
    (round_,) = bench.ours(SYSTEM, "first")
    landed = _tables(house, "landing.licence") - empty
    between, before = _one(house, LOG), _tables(house, *PUBLISHED)
    done = publish_system(house, SYSTEM, "bench")
    if round_["stored"] != count or done.published != count:
        raise RuntimeError(f"{round_['stored']} stored, {done.published} published of {count}")
    published = _tables(house, *PUBLISHED) - before
    return {
        "licence: landed row": figure(landed / count),
        "licence: raw, in the store": figure(_objects(house, "raw/") / count),
        "licence: published": figure(published / count),
        "licence: document alone": figure(_one(house, WIDTH)),
        "licence: database log of landing": figure((between - log) / count),
        "licence: database log of publishing": figure((_one(house, LOG) - between) / count),
    }


def _looks(house: House, name: str, times: int, look: Callable[[], bytes]) -> dict[str, Figure]:
    """Bytes a look: in the ledger, in the whole database, over the wire."""
    look()  # the first one of a kind makes what is kept
    ledger, whole = _tables(house, *LEDGER), _one(house, DATABASE)
    entries, log = _one(house, ENTRIES), _one(house, LOG)
    sent = sum(len(look()) for _ in range(times))
    made = _one(house, ENTRIES) - entries
    return {
        f"{name}: entries in the ledger": figure(made / times),
        f"{name}: an entry": figure((_tables(house, *LEDGER) - ledger) / made),
        f"{name}: in the database": figure((_one(house, DATABASE) - whole) / times),
        f"{name}: database log": figure((_one(house, LOG) - log) / times),
        f"{name}: answer": figure(sent / times),
    }


def _tables(house: House, *names: str) -> float:
    return _one(house, SIZE, names=list(names))


def _one(house: House, question: Any, **given: object) -> float:
    with house.under("owner").engine.connect() as conn:
        return float(conn.execute(question, given).scalar_one())


def _objects(house: House, prefix: str) -> int:
    """Bytes of all objects under a prefix."""
    client = house.objects.client
    listed = client.list_objects(house.objects.bucket, prefix=prefix, recursive=True)
    return sum(one.size or 0 for one in listed)
