"""A million rows from a real source to stored rows, beside dlt and beside a plain COPY.

Both sides stand in one run, on one PostgreSQL, and the table shows ratios: the machine cancels out.
Ours does all that a sync does (raw kept encrypted, checks, upsert, run record, cursor). dlt runs in
an environment of its own (bench/requirements.lock), with its pyarrow backend and merge.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from bench.sync import contracts, sources
from bench.sync.rows import TYPES
from cli import postgres
from cli.installation import free_base
from cli.place import Ports, make_secrets
from cli.services import Services
from kernel.house import House
from kernel.secrets import Secrets
from pipeline.migrate import migrate
from pipeline.roles.apply import make_roles
from pipeline.wiring import open_house
from registry.applied import apply

Figure = dict[str, Any]
ROOT = Path(__file__).resolve().parents[2]
PEER = ROOT / ".venv-bench"
DELETED = 1000


def figure(value: float, goal: str = "-", holds: bool | None = None) -> Figure:
    """One line of the table."""
    return {"value": round(value, 4), "goal": goal, "holds": holds}


def at_least(value: float, goal: float) -> Figure:
    """A figure with a floor."""
    return figure(value, f">= {goal}", value >= goal)


def at_most(value: float, goal: float) -> Figure:
    """A figure with a ceiling."""
    return figure(value, f"<= {goal}", value <= goal)


def run(arguments: list[str]) -> dict[str, Figure]:
    """Fill the sources, run both sides, give the table."""
    parser = argparse.ArgumentParser(prog="bench sync")
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the databases")
    parser.add_argument("--http-rows", type=int, default=200_000)
    parser.add_argument("--flat-rows", type=int, default=10_000_000, help="0: not measured")
    parser.add_argument("--only", choices=["postgres", "maria", "http", "flat"])
    options = parser.parse_args(arguments)
    _peer()
    figures: dict[str, Figure] = {}
    parts: dict[str, Callable[[Bench], dict[str, Figure]]] = {
        "postgres": lambda bench: _postgres(bench, options.rows),
        "maria": lambda bench: _maria(bench, options.rows),
        "http": lambda bench: _http(bench, options.http_rows),
        "flat": lambda bench: _flat(bench, options.flat_rows),
    }
    with tempfile.TemporaryDirectory() as folder, stage(Path(folder)) as bench:
        for name, part in parts.items():
            if options.only in (None, name):
                figures |= part(bench)
    return figures


class Bench:
    """The servers of one run: the platform's stores and the sources."""

    def __init__(self, home: Path, house: House, ports: Ports) -> None:
        self.home, self.house, self.ports = home, house, ports
        url = make_url(house.settings.database_url)
        url = url.set(drivername="postgresql", password=house.secrets.get("DATABASE_PASSWORD"))
        self.source = url.set(database="bench_source").render_as_string(hide_password=False)
        self.peer = url.set(database="bench_peer").render_as_string(hide_password=False)

    def add(self, code: str, kind: str, path: str, transport: str, keys: bool = False) -> None:
        """A system of ours."""
        folder = self.home / "systems"
        contracts.write(folder, code, kind, path, transport, keys)
        apply(self.house, folder, "bench")

    def ours(self, code: str, *rounds: str) -> Iterator[dict[str, Any]]:
        """Rounds of our side in one fresh process."""
        command = [sys.executable, "-m", "bench.sync.ours", "--home", str(self.home)]
        command += ["--system", code, "--rounds", *rounds]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
            for line in process.stdout or ():
                yield json.loads(line)
        if process.returncode:
            raise RuntimeError(f"our side of {code} ended with {process.returncode}")

    def dlt(self, kind: str, source: str, table: str) -> dict[str, Any]:
        """One run of dlt."""
        command = [str(PEER / "bin" / "python"), str(ROOT / "bench" / "sync" / "dlt_side.py")]
        command += ["--kind", kind, "--source", source, "--table", table, "--to", self.peer]
        name = f"peer_{kind}_{table}_{abs(hash(source)) % 1000}"
        command += ["--home", str(self.home / "dlt"), "--dataset", name]
        done = subprocess.run(command, cwd=self.home, stdout=subprocess.PIPE, check=True)
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return told


@contextmanager
def stage(home: Path) -> Iterator[Bench]:
    """Stores of the platform, migrated, without a city; ended at the end."""
    make_secrets(Secrets(home))
    ports = Ports(free_base())
    services = Services(home, ports, 0, 1)
    try:
        services.start_stores()
        house = open_house(home)
        owner = house.under("owner")
        migrate(owner)
        make_roles(owner)
        house.objects.make_bucket()
        password = house.secrets.get("DATABASE_PASSWORD")
        for name in ("bench_source", "bench_peer"):
            postgres.make_database(ports.database, password, name)
        yield Bench(home, house, ports)
        house.close()
    finally:
        services.stop()


def _peer() -> None:
    """dlt's environment, made once."""
    if not (PEER / ".made").exists():
        subprocess.run([sys.executable, "-m", "venv", str(PEER)], check=True)
        command = [str(PEER / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        command += ["--disable-pip-version-check", "--require-hashes"]
        lock = ROOT / "bench" / "requirements.lock"
        subprocess.run([*command, "-r", str(lock)], check=True)
        (PEER / ".made").touch()


def _postgres(bench: Bench, rows: int) -> dict[str, Figure]:
    found: dict[str, Figure] = {}
    secrets = bench.house.secrets
    for kind in ("item", "licence"):
        table = f"{kind}_{rows}"
        sources.fill_postgres(bench.source, kind, rows)
        code = f"bench_{kind}"
        secrets.put(f"{code.upper()}_URL", bench.source)
        bench.add(code, kind, table, contracts.sql(code, "postgresql"))
        before = _copy(bench, kind, table)
        first, quiet = bench.ours(code, "first", "quiet")
        peer = bench.dlt("sql", bench.source.replace("postgresql:", "postgresql+psycopg2:"), table)
        plain = (before + _copy(bench, kind, table)) / 2
        _same(rows, first, peer)
        found |= {
            f"postgres {kind}: ours, rows/s": figure(rows / first["seconds"]),
            f"postgres {kind}: dlt, rows/s": figure(rows / peer["seconds"]),
            f"postgres {kind}: COPY to COPY, rows/s": figure(rows / plain),
            f"postgres {kind}: ours over dlt": at_least(peer["seconds"] / first["seconds"], 3),
            f"postgres {kind}: ours over COPY": at_least(plain / first["seconds"], 0.3),
            f"postgres {kind}: nothing changed, share": at_most(
                quiet["seconds"] / first["seconds"], 0.01
            ),
            f"postgres {kind}: peak MB": figure(first["peak_mb"]),
        }
    return {**found, **_keys(bench, f"item_{rows}")}


def _keys(bench: Bench, table: str) -> dict[str, Figure]:
    """Deletes without a sign: the keys are compared each round."""
    bench.house.secrets.put("BENCH_KEYS_URL", bench.source)
    bench.add("bench_keys", "item", table, contracts.sql("bench_keys", "postgresql"), keys=True)
    first, nothing = bench.ours("bench_keys", "first", "nothing")
    with psycopg.connect(bench.source) as conn:
        chosen = f"SELECT row_guid FROM {table} LIMIT {DELETED}"  # noqa: S608 (our own table)
        conn.execute(f"DELETE FROM {table} WHERE row_guid IN ({chosen})")  # noqa: S608
    (deletes,) = bench.ours("bench_keys", "deletes")
    share = max(nothing["seconds"], deletes["seconds"]) / first["seconds"]
    return {
        "postgres keys: compared, share": at_most(share, 0.2),
        "postgres keys: deletes seen": figure(
            deletes["deleted"], f"{DELETED}", deletes["deleted"] == DELETED
        ),
    }


def _copy(bench: Bench, kind: str, table: str) -> float:
    """Seconds of a binary COPY piped to a COPY into a bare table."""
    columns = ", ".join(f"{name} {sql}" for name, sql in TYPES[kind].items())
    with psycopg.connect(bench.source) as source, psycopg.connect(bench.peer) as target:
        target.execute(f"DROP TABLE IF EXISTS plain_{kind}")
        target.execute(f"CREATE TABLE plain_{kind} ({columns})")
        target.commit()
        began = time.perf_counter()
        out = source.cursor().copy(f"COPY {table} TO STDOUT (FORMAT binary)")
        into = target.cursor().copy(f"COPY plain_{kind} FROM STDIN (FORMAT binary)")
        with out as reading, into as writing:
            for part in reading:
                writing.write(part)
        target.commit()
        return time.perf_counter() - began


def _maria(bench: Bench, rows: int) -> dict[str, Figure]:
    home = bench.home / "maria"
    home.mkdir()
    server = sources.start_maria(home, bench.ports.mysql)
    try:
        address = sources.fill_maria(server, "item", rows)
        bench.house.secrets.put("BENCH_MARIA_URL", address)
        transport = contracts.sql("bench_maria", "mysql")
        bench.add("bench_maria", "item", f"item_{rows}", transport)
        (first,) = bench.ours("bench_maria", "first")
        peer = bench.dlt("sql", address, f"item_{rows}")
    finally:
        server.stop()
    _same(rows, first, peer)
    return _beside("MariaDB item", rows, first, peer)


def _http(bench: Bench, rows: int) -> dict[str, Figure]:
    server = sources.start_gateway("item", rows, bench.ports.city)
    address = f"http://127.0.0.1:{bench.ports.city}"
    try:
        bench.house.secrets.put("BENCH_HTTP_URL", address)
        bench.house.secrets.put("BENCH_HTTP_TOKEN", "bench-only")
        bench.add("bench_http", "item", "/rows", contracts.http("bench_http"))
        (first,) = bench.ours("bench_http", "first")
        peer = bench.dlt("http", address, "rows_of_http")
    finally:
        server.kill()
        server.wait()
    _same(rows, first, peer)
    return _beside("HTTP item", rows, first, peer)


def _flat(bench: Bench, rows: int) -> dict[str, Figure]:
    """Memory over ten times the rows."""
    if not rows:
        return {}
    sources.fill_postgres(bench.source, "licence", rows)
    bench.house.secrets.put("BENCH_FLAT_URL", bench.source)
    transport = contracts.sql("bench_flat", "postgresql")
    bench.add("bench_flat", "licence", f"licence_{rows}", transport)
    (first,) = bench.ours("bench_flat", "first")
    return {
        f"{rows:,} licences: rows/s": figure(rows / first["seconds"]),
        f"{rows:,} licences: peak MB": at_most(first["peak_mb"], 500),
    }


def _beside(name: str, rows: int, first: dict[str, Any], peer: dict[str, Any]) -> dict[str, Figure]:
    return {
        f"{name}: ours, rows/s": figure(rows / first["seconds"]),
        f"{name}: dlt, rows/s": figure(rows / peer["seconds"]),
        f"{name}: ours over dlt": at_least(peer["seconds"] / first["seconds"], 3),
    }


def _same(rows: int, first: dict[str, Any], peer: dict[str, Any]) -> None:
    """Both sides stored every row, else nothing is comparable."""
    if (first["stored"], peer["stored"]) != (rows, rows):
        raise RuntimeError(f"of {rows} ours stored {first['stored']}, dlt {peer['stored']}")
