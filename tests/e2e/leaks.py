"""Looks for personal numbers in bytes, whatever they are: text, binary, hexadecimal of text."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from cli.postgres import binaries
from tests.e2e.installed import Installed

#: A run of digits that may hold a citizen number; the last place of 18 may be an X.
RUN = re.compile(rb"[0-9]{14,}[0-9Xx]")
#: The same digits written as hexadecimal of their bytes.
HEX_RUN = re.compile(rb"(?:3[0-9]){14,}(?:3[0-9]|58|78)")


class Numbers:
    """A set of numbers to look for."""

    def __init__(self, numbers: Iterable[str]) -> None:
        self.known = {number.upper().encode() for number in numbers}
        self.lengths = sorted({len(number) for number in self.known})

    def among(self, data: bytes) -> set[bytes]:
        """Those that stand in the data."""
        found = set()
        for run in _runs(data):
            for length in self.lengths:
                windows = (run[at : at + length] for at in range(len(run) - length + 1))
                found |= self.known.intersection(windows)
        return found


def _runs(data: bytes) -> Iterator[bytes]:
    for match in RUN.finditer(data):
        yield match[0].upper()
    for match in HEX_RUN.finditer(data):
        yield bytes.fromhex(match[0].decode()).upper()


def tables(conn: psycopg.Connection) -> list[tuple[str, str]]:
    """Every table of the database that is not PostgreSQL's own."""
    rows = conn.execute(
        "SELECT schemaname, tablename FROM pg_tables"
        " WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2"
    ).fetchall()
    return [(str(schema), str(name)) for schema, name in rows]


def dump(conn: psycopg.Connection, schema: str, name: str) -> Iterator[bytes]:
    """A table as text (bytea as hexadecimal) and as binary (bytea and text as they are)."""
    for form in ("text", "binary"):
        order = sql.SQL("COPY {} TO STDOUT (FORMAT {})").format(
            sql.Identifier(schema, name), sql.SQL(form)
        )
        with conn.cursor() as cursor, cursor.copy(order) as copy:
            yield b"".join(bytes(part) for part in copy)


def pg_dump(installed: Installed) -> bytes:
    """The platform's database as `pg_dump` writes it."""
    url = make_url(installed.house.settings.database_url)
    command = [
        str(binaries() / "pg_dump"), "--host", str(url.host), "--port", str(url.port),
        "--username", str(url.username), str(url.database),
    ]  # fmt: skip
    password = installed.house.secrets.get("DATABASE_PASSWORD")
    env = {**os.environ, "PGPASSWORD": password}
    return subprocess.run(command, env=env, capture_output=True, check=True).stdout


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder: its path and what is in it."""
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            yield str(file.relative_to(folder)), file.read_bytes()
