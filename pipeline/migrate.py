"""Temporary: tables from metadata until the first migration is written."""

from sqlalchemy import text

from kernel.db import lock
from kernel.house import House


def migrate(house: House) -> None:
    from catalog.tables import metadata as a
    from certs.tables import metadata as b
    from landing.tables import metadata as c
    from ledger.tables import metadata as d
    from registry.tables import metadata as e

    with house.engine.begin() as conn:
        lock(conn, "migrate")
        for t in (a, b, c, d, e):
            conn.execute(text(f"CREATE SCHEMA IF NOT EXISTS {t.schema}"))
            t.create_all(conn)
