"""Makes the roles of an installation's database and grants them what the table of rights says.

Done by the owner of the tables after each migration, in one transaction: whoever looks sees the
rights of before or those of after. Passwords go as SCRAM verifiers, so that no statement holds one.
"""

from __future__ import annotations

import secrets as random
from collections.abc import Mapping
from typing import Any, Final

from psycopg import errors
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from kernel.duties import DUTIES, Duty, secret_of
from kernel.errors import PersonMustAct
from kernel.house import House
from kernel.secrets import Secrets
from pipeline.moments import in_moments
from pipeline.roles.table import VERBS, Grant, grants

SCHEMAS: Final = ("registry", "ledger", "landing", "catalog", "certs")
TABLES: Final = text(
    "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname = ANY(:schemas)"
    " UNION SELECT schemaname || '.' || viewname FROM pg_views WHERE schemaname = ANY(:schemas)"
)
#: Whose rows an officer sees: those of the department that the transaction names.
OF_SYSTEM: Final = (
    "system IN (SELECT o.system FROM registry.owner o"
    " WHERE o.department = current_setting('zhongtai.department', true))"
)
#: In the order in which a look comes to them: who waits for the first holds none of the others.
SHOWN: Final = {
    "certs.correction": "department = current_setting('zhongtai.department', true)",
    "certs.copy": OF_SYSTEM,
    "certs.form_look": OF_SYSTEM,
    "landing.quarantine": OF_SYSTEM,
    "landing.batch": OF_SYSTEM,
}


def make_passwords(secrets: Secrets) -> None:
    """A password for each role that has none yet."""
    for duty in DUTIES:
        if not secrets.has(secret_of(duty)):
            secrets.put(secret_of(duty), random.token_hex(32))


def make_roles(house: House) -> None:
    """Roles, passwords, rights, policies. `house`: opened by the owner. Safe to repeat.

    Raises PersonMustAct where the owner may not make roles.
    """

    def change(conn: Connection) -> None:
        for duty in DUTIES:
            _role(conn, house, duty)
        _rights(conn, house)

    try:
        in_moments(house, change)
    except ProgrammingError as error:
        if isinstance(error.orig, errors.InsufficientPrivilege):
            owner = house.engines.user("owner")
            raise PersonMustAct(
                f"the database user {owner} may not make the roles of the services: let an "
                f"administrator of the database run ALTER ROLE {owner} CREATEROLE REPLICATION"
            ) from None
        raise


def _role(conn: Connection, house: House, duty: Duty) -> None:
    raw: Any = conn.connection.driver_connection
    name = house.engines.user(duty)
    known = text("SELECT 1 FROM pg_roles WHERE rolname = :name")
    if not conn.execute(known, {"name": name}).first():
        more = "REPLICATION" if duty == "backup" else ""
        conn.execute(text(f"CREATE ROLE {_quoted(conn, name)} NOINHERIT {more}"))
    word = raw.pgconn.encrypt_password(
        house.engines.password(duty).encode(), name.encode(), b"scram-sha-256"
    )
    conn.exec_driver_sql(f"ALTER ROLE {_quoted(conn, name)} LOGIN PASSWORD '{word.decode()}'")


def _rights(conn: Connection, house: House) -> None:
    """Everything taken away, then what the table says; the database shut to everybody else."""
    tables = list(conn.scalars(TABLES, {"schemas": [*SCHEMAS, "public"]}))
    base = _quoted(conn, conn.execute(text("SELECT current_database()")).scalar_one())
    conn.execute(text(f"REVOKE ALL ON DATABASE {base} FROM PUBLIC"))
    for duty, allowed in grants(tables).items():
        role = _quoted(conn, house.engines.user(duty))
        for schema in (*SCHEMAS, "public"):
            everything = f"ALL TABLES IN SCHEMA {schema}"
            conn.execute(text(f"REVOKE ALL ON {everything} FROM {role}"))
        conn.execute(text(f"REVOKE ALL ON DATABASE {base} FROM {role}"))
        if not allowed:
            continue
        conn.execute(text(f"GRANT CONNECT, TEMPORARY ON DATABASE {base} TO {role}"))
        for schema in sorted({name.partition(".")[0] for name in allowed}):
            conn.execute(text(f"GRANT USAGE ON SCHEMA {schema} TO {role}"))
        _grant(conn, role, allowed)
    for table, condition in SHOWN.items():
        if table in tables:
            _policy(conn, table, _quoted(conn, house.engines.user("officer")), condition)


def _grant(conn: Connection, role: str, allowed: Mapping[str, Grant]) -> None:
    for table, grant in allowed.items():
        schema, _, name = table.partition(".")
        place = f"{schema}.{_quoted(conn, name)}"
        if grant.columns:
            columns = ", ".join(_quoted(conn, one) for one in grant.columns)
            conn.execute(text(f"GRANT SELECT ({columns}) ON {place} TO {role}"))
            continue
        verbs = ", ".join(VERBS[one] for one in grant.verbs)
        conn.execute(text(f"GRANT {verbs} ON {place} TO {role}"))


def _policy(conn: Connection, table: str, role: str, condition: str) -> None:
    """Only where it is not there yet: making one waits for whoever reads the table."""
    schema, _, name = table.partition(".")
    there = text(
        "SELECT 1 FROM pg_policies WHERE schemaname = :schema AND tablename = :name"
        " AND policyname = 'of_department'"
    )
    if conn.execute(there, {"schema": schema, "name": name}).first() is None:
        conn.execute(
            text(
                f"CREATE POLICY of_department ON {table} AS RESTRICTIVE FOR ALL TO {role}"
                f" USING ({condition})"
            )
        )


def _quoted(conn: Connection, name: str) -> str:
    return conn.dialect.identifier_preparer.quote(name)
