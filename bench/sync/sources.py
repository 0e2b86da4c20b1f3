"""The sources of the sync bench: real databases and an HTTP gateway on loopback, filled."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.csv

from bench.sync.rows import BLOCK, TYPES, block
from city.servers.mariadb import MariaServer

OWNER = {"user": "bench_owner", "password": "bench-only"}
DATABASE = "bench_source"


def fill_postgres(address: str, kind: str, rows: int) -> None:
    """A table `<kind>_<rows>` with its primary key and an index on (time, key), vacuumed."""
    table = f"{kind}_{rows}"
    with psycopg.connect(address, autocommit=True) as conn:
        conn.execute(f"CREATE TABLE {table} ({_columns(kind)})")
        with conn.cursor().copy(f"COPY {table} FROM STDIN (FORMAT csv)") as into:
            for first in range(0, rows, BLOCK):
                out = io.BytesIO()
                made = block(kind, first, min(BLOCK, rows - first))
                options = pa.csv.WriteOptions(include_header=False)
                pa.csv.write_csv(made, out, options)
                into.write(out.getvalue())
        conn.execute(f"ALTER TABLE {table} ADD PRIMARY KEY (row_guid)")
        conn.execute(f"CREATE INDEX ON {table} (update_time, row_guid)")
        conn.execute(f"VACUUM ANALYZE {table}")


def fill_maria(server: MariaServer, kind: str, rows: int) -> str:
    """The same in MariaDB; its address."""
    table = f"{kind}_{rows}"
    conn = server.connect(None)
    with conn, conn.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE IF NOT EXISTS {DATABASE}")
        cursor.execute(f"USE {DATABASE}")
        types = _columns(kind).replace("timestamp(0)", "datetime")
        cursor.execute(
            f"CREATE TABLE {table} ({types}, PRIMARY KEY (row_guid), KEY (update_time, row_guid))"
        )
        for first in range(0, rows, 5000):
            made = block(kind, first, min(5000, rows - first))
            values = ",".join(
                "(" + ",".join(f"'{cell}'" for cell in row) + ")"
                for row in zip(*(column.to_pylist() for column in made.columns), strict=True)
            )
            cursor.execute(f"INSERT INTO {table} VALUES {values}")  # noqa: S608 (our own rows)
            conn.commit()
        cursor.execute(f"ANALYZE TABLE {table}")
    who = f"{OWNER['user']}:{OWNER['password']}"
    return f"mysql+pymysql://{who}@127.0.0.1:{server.port}/{DATABASE}?charset=utf8mb4"


def start_gateway(kind: str, rows: int, port: int) -> subprocess.Popen[bytes]:
    """An HTTP gateway with pages, in a process of its own; returns when it answers."""
    command = [sys.executable, "-m", "bench.sync.gateway", kind, str(rows), str(port)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE)
    said = json.loads(server.stdout.readline() if server.stdout else b"null")
    if said != {"ready": rows}:
        raise RuntimeError(f"the gateway said {said}")
    return server


def start_maria(home: Path, port: int) -> MariaServer:
    """A real MariaDB with room for a million rows."""
    server: Any = MariaServer(home, port, OWNER)
    started: MariaServer = server.start()
    return started


def _columns(kind: str) -> str:
    return ", ".join(f"{name} {sql}" for name, sql in TYPES[kind].items())
