"""SQL views and exchange tables, through the drivers that the platform uses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import psycopg
import pymysql
import pytest
import sqlalchemy
from sqlalchemy import column, func, select, table, tuple_, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from tests.city.clients import WIRE, live_keys, systems
from tests.running import RunningCity

VIEWS = [(code, name) for code in systems(transport="sql") for name in WIRE[code]["streams"]]
CHANGES = [(c, name) for c in systems(transport="exchange") for name in WIRE[c]["streams"]]


def engine(city: RunningCity, code: str) -> sqlalchemy.Engine:
    return sqlalchemy.create_engine(city.secret(f"{code.upper()}_URL"), poolclass=NullPool)


def shape(code: str, stream: str) -> tuple[dict[str, Any], Any]:
    one = WIRE[code]["streams"][stream]
    names = [*one["columns"].values(), *one.get("details", {}).values()]
    names += [
        one[name] for name in ("deleted_column", "sequence_column", "ack_column") if name in one
    ]
    return one, table(one["path"], *map(column, names))


def read(city: RunningCity, code: str, statement: Any) -> list[dict[str, Any]]:
    with engine(city, code).connect() as conn:
        return [dict(row) for row in conn.execute(statement).mappings()]


@pytest.mark.parametrize(("code", "stream"), VIEWS)
def test_a_view_holds_every_row_once_in_keyset_order(
    city: RunningCity, code: str, stream: str
) -> None:
    one, view = shape(code, stream)
    cursor, key = view.c[one["columns"]["updated"]], view.c[one["columns"]["id"]]
    wanted, size = city.keys(code, stream), 40 if stream != "material" else 3000
    rows: list[dict[str, Any]] = []
    with engine(city, code).connect() as conn:
        while True:
            statement = select(view).order_by(cursor, key).limit(size)
            if rows:
                last = rows[-1]
                statement = statement.where(
                    tuple_(cursor, key) > tuple_(last[cursor.name], last[key.name])
                )
            more = [dict(row) for row in conn.execute(statement).mappings()]
            rows += more
            if len(more) < size:
                break
        assert conn.execute(select(func.count()).select_from(view)).scalar_one() == len(rows)
    assert live_keys(code, stream, rows) == wanted
    assert all(isinstance(row[cursor.name], datetime) for row in rows)


@pytest.mark.parametrize(("code", "stream"), CHANGES)
def test_a_change_table_replays_to_the_truth_and_takes_acknowledgements(
    city: RunningCity, code: str, stream: str
) -> None:
    one, changes = shape(code, stream)
    batch, state = changes.c[one["sequence_column"]], changes.c[one["ack_column"]]
    rows = read(city, code, select(changes).order_by(batch))
    live: set[str] = set()
    for row in rows:
        key = row[one["columns"]["id"]]
        (live.discard if row[one["deleted_column"]] == "D" else live.add)(key)
    assert live == city.keys(code, stream)
    numbers = [row[batch.name] for row in rows]
    assert numbers == sorted(set(numbers))
    some = numbers[:3]
    with engine(city, code).begin() as conn:
        done = conn.execute(update(changes).where(batch.in_(some)).values({state.name: "1"}))
        assert done.rowcount == len(some)
    acknowledged = read(city, code, select(batch).where(state == "1"))
    assert set(some) <= {row[batch.name] for row in acknowledged}


@pytest.mark.parametrize("code", systems(transport="sql") + systems(transport="exchange"))
def test_the_read_account_reads_only(city: RunningCity, code: str) -> None:
    one, view = shape(code, next(iter(WIRE[code]["streams"])))
    key = one["columns"]["id"]
    with pytest.raises(DBAPIError), engine(city, code).begin() as conn:
        conn.execute(update(view).values({key: "x"}))
    with pytest.raises(DBAPIError), engine(city, code).begin() as conn:
        conn.execute(sqlalchemy.delete(view))


@pytest.mark.parametrize("code", ["rs_insurance", "gjj_fund"])
def test_a_wrong_password_is_refused(city: RunningCity, code: str) -> None:
    url = sqlalchemy.make_url(city.secret(f"{code.upper()}_URL")).set(password="wrong")
    known = {"host": url.host, "port": url.port, "user": url.username, "password": "wrong"}
    if code == "gjj_fund":
        with pytest.raises(pymysql.err.OperationalError, match="1045"):
            pymysql.connect(database=url.database, **known)  # type: ignore[call-overload]
    else:
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(dbname=url.database, **known)  # type: ignore[arg-type]


def test_a_mysql_account_sees_its_own_system_only(city: RunningCity) -> None:
    url = sqlalchemy.make_url(city.secret("GJJ_FUND_URL")).set(database="zj_housing")
    with (
        pytest.raises(DBAPIError),
        sqlalchemy.create_engine(url, poolclass=NullPool).connect() as conn,
    ):
        conn.execute(sqlalchemy.text("SELECT count(*) FROM v_housing_licence"))


def test_an_unknown_column_is_an_error_in_mysql(city: RunningCity) -> None:
    with pytest.raises(DBAPIError), engine(city, "gjj_fund").connect() as conn:
        conn.execute(sqlalchemy.text("SELECT `nope` FROM v_fund_licence"))


def test_mysql_shows_its_columns(city: RunningCity) -> None:
    names = [
        one["name"]
        for one in sqlalchemy.inspect(engine(city, "gjj_fund")).get_columns("v_fund_licence")
    ]
    assert set(WIRE["gjj_fund"]["streams"]["licence"]["columns"].values()) <= set(names)
