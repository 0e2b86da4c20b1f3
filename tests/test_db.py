"""Connections that the server ended are not given out."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import text

from kernel import db
from kernel.house import House

PID = text("SELECT pg_backend_pid()")


def _pid(house: House) -> int:
    with house.engine.begin() as conn:
        return int(conn.execute(PID).scalar_one())


def test_a_rested_connection_that_is_gone_is_replaced_unseen(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _pid(house)
    assert _pid(house) == first
    with psycopg.connect(
        house.engine.url.set(drivername="postgresql").render_as_string(False)
    ) as conn:
        conn.execute("SELECT pg_terminate_backend(%s, 5000)", (first,))
    monkeypatch.setattr(db, "RESTED_SECONDS", 0)  # it has rested
    assert _pid(house) != first
