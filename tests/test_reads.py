"""Reads of one round trip answer as they would one by one, in the same transaction."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Select, String, bindparam, column, literal, select, text
from sqlalchemy.exc import DBAPIError

from kernel.house import House
from kernel.reads import Read, Rows, read, together

NUMBERS = text("SELECT n, n % 2 = 0 AS even FROM generate_series(1, CAST(:last AS int)) n")
ECHO = select(bindparam("said", type_=String).label("said"), literal("held").label("own"))


def _plain(rows: Rows) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in rows]


def numbers(last: int) -> Read[list[dict[str, Any]]]:
    """A read of some rows."""
    return Read(NUMBERS, {"last": last}, _plain)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.lists(st.integers(0, 40), max_size=12), said=st.text("京%:()'𬎆 a", max_size=9))
def test_together_is_as_one_by_one(house: House, sizes: list[int], said: str) -> None:
    reads = [numbers(size) for size in sizes]
    echo = Read(ECHO, {"said": said}, _plain)
    with house.engine.begin() as conn:
        alone = [read(conn, one) for one in reads]
        with together(conn) as ask:
            asked = [ask(one) for one in reads]
            echoed = ask(echo)
    assert [one() for one in asked] == alone
    assert echoed() == [{"said": said, "own": "held"}]


def test_it_sees_what_its_transaction_wrote_and_goes_with_it(house: House) -> None:
    with house.engine.connect() as conn:
        with conn.begin() as moved:
            with together(conn) as ask:  # the first words of the transaction
                ask(numbers(1))
            conn.execute(text("CREATE TABLE here (n int)"))
            with together(conn) as ask:
                found = ask(Read(text("SELECT count(*) FROM here"), {}, Rows.scalar_one))
            assert found() == 0
            moved.rollback()
        assert conn.execute(text("SELECT to_regclass('here')")).scalar() is None


def test_a_read_that_fails_says_so_and_shows_no_value(house: House) -> None:
    bad = Read(text("SELECT CAST(CAST(:said AS text) AS int)"), {"said": "secret"}, _plain)
    with house.engine.connect() as conn, pytest.raises(DBAPIError) as told:
        _three(conn, bad)
    assert "[SQL" not in str(told.value)
    assert "[parameters" not in str(told.value)
    with house.engine.connect() as conn:
        assert read(conn, numbers(2)) == [{"n": 1, "even": False}, {"n": 2, "even": True}]


def _three(conn: Connection, middle: Read[Any]) -> None:
    with together(conn) as ask:
        ask(numbers(3))
        ask(middle)
        ask(numbers(2))


def test_words_that_hang_on_their_values_are_refused(house: House) -> None:
    statement: Select[tuple[Any]] = select(column("n")).where(
        column("n").in_(bindparam("some", expanding=True))
    )
    some = Read(statement, {"some": [1]}, _plain)
    with house.engine.connect() as conn, pytest.raises(ValueError, match="compiled once"):
        _three(conn, some)
