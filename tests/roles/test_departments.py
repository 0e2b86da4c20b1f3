"""Row-level security: an officer's transaction sees its department's rows, whatever it asks."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import ProgrammingError

from certs.tables import copy, correction
from kernel.house import House
from landing.tables import quarantine
from registry.applied import apply, read
from registry.tables import owner

SYSTEMS = Path(__file__).resolve().parents[2] / "connectors" / "systems"
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


def refused(system: str) -> dict[str, object]:
    return {
        "system": system, "stream": "s", "key_hash": "k", "row_hash": "r", "batch": "b",
        "run": "r1", "rule": "value", "reason": "not a date", "first_seen": NOW,
        "last_seen": NOW, "sealed": b"sealed",
    }  # fmt: skip


def corrected(system: str, department: str) -> dict[str, object]:
    return {
        "system": system, "stream": "s", "key_hash": "k", "row_hash": "r", "licence_type": "t",
        "department": department, "field": "name", "reported_by": "holder", "reported_at": NOW,
        "due": NOW.date(), "sealed": b"sealed",
    }  # fmt: skip


@pytest.fixture
def two(house: House) -> House:
    """A refused row and a correction of each of two departments."""
    apply(house, SYSTEMS, "test")
    with house.engine.begin() as conn:
        for system in ("sc_food", "ga_vehicle"):
            conn.execute(insert(quarantine).values(refused(system)))
            department = read(house.settings.home)[system].department
            conn.execute(insert(correction).values(corrected(system, department)))
    return house


def test_the_registry_says_whose_a_system_is(two: House) -> None:
    with two.engine.connect() as conn:
        said = {row.system: row.department for row in conn.execute(select(owner))}
    assert said == {code: one.department for code, one in read(two.settings.home).items()}


def test_a_forgotten_where_shows_nothing_of_others(two: House) -> None:
    mine = read(two.settings.home)["sc_food"].department
    with two.for_department(mine).engine.begin() as conn:
        assert [row.system for row in conn.execute(select(quarantine))] == ["sc_food"]
        assert [row.department for row in conn.execute(select(correction))] == [mine]
        others = select(quarantine).where(quarantine.c.system == "ga_vehicle")
        assert conn.execute(others).all() == []


@pytest.mark.parametrize("department", [None, "", "no such department", "' OR true --"])
def test_without_a_department_nothing_is_seen(two: House, department: str | None) -> None:
    with two.for_department(department).engine.begin() as conn:
        for table in (quarantine, correction, copy):
            assert conn.execute(select(table)).all() == []


def test_the_department_ends_with_the_transaction(two: House) -> None:
    """The next transaction of a pooled connection does not inherit it."""
    mine = read(two.settings.home)["sc_food"].department
    with two.for_department(mine).engine.begin() as conn:
        assert len(conn.execute(select(quarantine)).all()) == 1
    with two.for_department(None).engine.begin() as conn:
        assert conn.execute(select(quarantine)).all() == []
    with two.for_department(mine).engine.connect() as raw:
        outside = raw.execution_options(isolation_level="AUTOCOMMIT")
        assert outside.execute(select(quarantine)).all() == []  # nothing is set: nothing is shown


def test_an_officer_changes_nothing(two: House) -> None:
    mine = read(two.settings.home)["sc_food"].department
    for statement in (
        "UPDATE landing.quarantine SET closed_by = 'x'",
        "DELETE FROM certs.correction",
        "SELECT * FROM certs.licence",
        "SELECT sealed FROM landing.licence",
        "SET ROLE migrated_portal",
    ):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            two.for_department(mine).engine.begin() as conn,
        ):
            conn.execute(text(statement))


def test_the_pages_role_cannot_read_a_refused_rows_values(two: House) -> None:
    with two.under("portal").engine.begin() as conn:
        assert len(conn.execute(select(quarantine.c.system, quarantine.c.reason)).all()) == 2
        with pytest.raises(ProgrammingError, match="permission denied"):
            conn.execute(select(quarantine.c.sealed))
