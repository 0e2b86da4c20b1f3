"""A sync tells the city's exchange database what it refused, and takes it back when mended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import text

from kernel.house import House
from pipeline.sync import sync
from registry.applied import apply
from tests.running import RunningCity

FOLDER = Path(__file__).parents[2] / "connectors" / "systems"
CODE = "rs_pension"


def faults(conn: psycopg.Connection[Any]) -> dict[str, str]:
    """Key → reason; fails when a key stands twice."""
    found = conn.execute(
        "SELECT certificate_source_id, error_reason FROM dn_lic_data_error"
    ).fetchall()
    assert len({key for key, _ in found}) == len(found)
    return dict(found)


def refused(house: House) -> list[str]:
    """The reasons of what is in quarantine."""
    with house.engine.connect() as conn:
        return sorted(
            conn.scalars(
                text(
                    "SELECT reason FROM landing.quarantine WHERE system = :code"
                    " AND stream = 'licence' AND closed_at IS NULL"
                ),
                {"code": CODE},
            )
        )


def test_refused_rows_are_told_and_taken_back(
    house: House, city: RunningCity, servers: dict[str, Any]
) -> None:
    house.secrets.folder = city.secrets
    apply(house, FOLDER, "test")
    owner = f"postgresql://zhongtai:{servers['pg_password']}@127.0.0.1:{servers['pg_port']}/{CODE}"
    with psycopg.connect(owner, autocommit=True) as conn:
        conn.execute("DELETE FROM dn_lic_data_error")
        good, kind = _first(conn)
        conn.execute("UPDATE up_pension_licence SET zzlx = '无此证' WHERE zzid = %s", (good,))
        sync(house, CODE, "one", full=True)
        told = faults(conn)
        assert sorted(told.values()) == refused(house)
        assert good in told
        conn.execute(
            "UPDATE up_pension_licence SET zzlx = %s, cd_state = '0' WHERE zzid = %s", (kind, good)
        )
        sync(house, CODE, "two")
        del told[good]
        assert faults(conn) == told
        conn.execute("DELETE FROM dn_lic_data_error")


def _first(conn: psycopg.Connection[Any]) -> tuple[str, str]:
    """A key whose only change is an insert of a good row, and its type."""
    found = conn.execute(
        "SELECT zzid, min(zzlx) FROM up_pension_licence GROUP BY zzid"
        " HAVING count(*) = 1 AND min(cd_operation) = 'I' AND min(zzlx) LIKE '%证明' LIMIT 1"
    ).fetchone()
    assert found is not None
    return str(found[0]), str(found[1])
