"""Which database role may do what: the page, the file and the database say the same."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Final

import pytest
from psycopg import errors
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import ProgrammingError

from kernel.duties import DUTIES, Duty
from kernel.house import House
from ledger import log
from ledger.events import event
from pipeline.roles.apply import SCHEMAS, make_roles
from pipeline.roles.table import VERBS, patterns
from tests.roles.matrix import matrix, written

SERVICES: Final = [one for one in DUTIES if one not in ("backup", "airflow")]
CLOSED: Final = ("ledger.entry", "ledger.node", "ledger.head")
NOTHING: Final = {  # what changes nothing where it is allowed
    "SELECT": "SELECT * FROM {} WHERE false",
    "INSERT": "INSERT INTO {0} SELECT * FROM {0} WHERE false",
    "DELETE": "DELETE FROM {} WHERE false",
}
WRAPPED: Final = ("certs.licence", "certs.licence_holder", "certs.holder_key", "certs.copy")


def rows() -> dict[str, dict[Duty, str]]:
    """Table to role to letters, of the page."""
    lines = [line.strip("| ").split("|") for line in written().splitlines()[2:]]
    found: dict[str, dict[Duty, str]] = {}
    for line in lines:
        cells = [cell.strip() for cell in line] + [""] * len(DUTIES)
        found[cells[0].strip("`")] = dict(zip(DUTIES, cells[1:], strict=False))
    return found


def test_the_database_gives_what_the_page_says(house: House) -> None:
    assert matrix(house) == written()


def test_every_line_of_the_file_names_a_table(house: House) -> None:
    seen = inspect(house.engine)
    tables = [
        f"{schema}.{name}"
        for schema in (*SCHEMAS, "public")
        for name in [*seen.get_table_names(schema), *seen.get_view_names(schema)]
    ]
    unused = [one for one in patterns() if not any(fnmatchcase(name, one) for name in tables)]
    assert unused == []


def test_nobody_may_change_the_ledger_and_the_portal_writes_no_catalogue() -> None:
    said = rows()
    for table in CLOSED:
        assert all(not set("UuDd") & set(cell) for cell in said[table].values()), table
    written_by_portal = [
        name
        for name, cells in said.items()
        if name.startswith("catalog.") and set("IUDiud") & set(cells["portal"])
    ]
    assert written_by_portal == []
    assert [table for table in WRAPPED if said[table]["sync"]] == []
    assert {cells["airflow"] for cells in said.values()} == {""}
    assert {cell for cells in said.values() for cell in cells["backup"]} <= {"s", "S"}
    published = [name for name in said if name.startswith("catalog.published_")]
    assert published
    assert all(set("UD") & set(cell) == set() for n in published for cell in said[n].values())


@pytest.mark.parametrize("duty", SERVICES)
def test_a_statement_beyond_the_rights_is_refused(house: House, duty: Duty) -> None:
    """Every table and verb is tried, by statements that change nothing where they are allowed."""
    tried, wrong = 0, []
    engine = house.under(duty).engine
    for table, cells in rows().items():
        schema, _, name = table.partition(".")
        if table == "certs.looked":
            continue  # a view: nobody writes it
        place = f'{schema}."{name}"'
        statements = {verb: said.format(place) for verb, said in NOTHING.items()}
        for letter, verb in VERBS.items():
            if verb not in statements:
                continue
            allowed = letter in cells[duty] and (verb == "SELECT" or "S" in cells[duty])
            tried += 1
            if _goes(engine, statements[verb]) != allowed:
                wrong.append(f"{verb} {table}: the page says {cells[duty] or 'nothing'}")
    assert wrong == []
    assert tried > 250


def _goes(engine: Engine, statement: str) -> bool:
    try:
        with engine.begin() as conn:
            conn.execute(text(statement))
    except ProgrammingError as error:
        if not isinstance(error.orig, errors.InsufficientPrivilege):
            raise
        return False
    return True


def test_the_owner_too_cannot_change_the_ledger(house: House) -> None:
    with house.engine.begin() as conn:
        log.append(conn, event(house.clock(), "account.signed_in", "clerk"))
    duties: tuple[Duty, ...] = ("owner", "operator")
    for duty in duties:
        with (
            pytest.raises(ProgrammingError, match=r"only added to|permission denied"),
            house.under(duty).engine.begin() as conn,
        ):
            conn.execute(text("UPDATE ledger.entry SET leaf_hash = root"))


def test_making_the_roles_again_changes_nothing(house: House) -> None:
    make_roles(house)
    assert matrix(house) == written()


def test_a_stranger_cannot_even_connect(house: House) -> None:
    """The database is shut to who has no role of it: PUBLIC may not connect. A copy of the
    template has its own rights, so they are given anew here."""
    make_roles(house)
    with house.engine.connect() as conn:
        base = conn.execute(text("SELECT current_database()")).scalar_one()
        asked = text("SELECT has_database_privilege(:role, :base, 'CONNECT')")
        airflow = {"role": house.engines.user("airflow"), "base": base}
        assert conn.execute(asked, airflow).scalar_one() is False
        portal = {"role": house.engines.user("portal"), "base": base}
        assert conn.execute(asked, portal).scalar_one() is True
