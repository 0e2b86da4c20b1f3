"""Opening a database by its dialect. Drivers are imported when one is opened."""

from __future__ import annotations

import importlib
from typing import Any

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from connectors.pgcopy import SETTINGS
from kernel.errors import PersonMustAct

#: The driver of a dialect, and the extra of pyproject.toml that installs it.
DRIVERS = {
    "postgresql": ("psycopg", ""),
    "kingbase": ("psycopg", ""),
    "mysql": ("pymysql", ""),
    "sqlite": ("sqlite3", ""),
    "oracle": ("oracledb", "oracle"),
    "mssql": ("pymssql", "mssql"),
    "dameng": ("dmPython", "dameng"),
}
CONNECT_SECONDS = 5
#: How long a statement may take.
SECONDS = 120


def address_of(system: str, dialect: str, address: str) -> URL:
    """The address of a database: `dialect://user:password@host:port/database`.

    Raises PersonMustAct when it is none, or one of another dialect than the YAML's.
    """
    try:
        url = make_url(address)
    except ArgumentError:
        raise PersonMustAct(
            f"the address of {system} is not a database URL: mend its secret", system=system
        ) from None
    if url.get_backend_name() != dialect:
        raise PersonMustAct(
            f"the address of {system} is not of dialect {dialect} as its YAML says: mend one",
            system=system,
        )
    return url


def driver_of(system: str, dialect: str) -> Any:
    """The dialect's driver, a DB-API module. Raises PersonMustAct naming what to install."""
    name, extra = DRIVERS[dialect]
    try:
        return importlib.import_module(name)
    except ImportError:
        raise PersonMustAct(
            f"{system} needs the driver {name}, which is not installed: "
            f"pip install 'zhongtai[{extra}]'",
            system=system,
        ) from None


def connect(driver: Any, dialect: str, url: URL) -> Any:
    """A new connection. Raises the driver's own errors."""
    account: dict[str, Any] = {"user": url.username, "password": url.password}
    match dialect:
        case "sqlite":
            name = f"file:{url.database}?mode=rw"
            return driver.connect(name, uri=True, timeout=CONNECT_SECONDS, check_same_thread=False)
        case "postgresql" | "kingbase":
            return driver.connect(
                host=url.host,
                port=url.port,
                dbname=url.database,
                connect_timeout=CONNECT_SECONDS,
                options=f"-c statement_timeout={SECONDS}s {SETTINGS}",
                client_encoding="utf8",
                **account,
                **url.query,
            )
        case "mysql":
            return driver.connect(
                host=url.host,
                port=url.port or 3306,
                database=url.database,
                charset="utf8mb4",
                connect_timeout=CONNECT_SECONDS,
                read_timeout=SECONDS,
                write_timeout=SECONDS,
                init_command="SET time_zone = '+08:00'",
                **account,
            )
        case "oracle":
            place = f"{url.host}:{url.port or 1521}/{url.database}"
            return driver.connect(dsn=place, tcp_connect_timeout=CONNECT_SECONDS, **account)
        case "mssql":
            return driver.connect(
                server=url.host,
                port=str(url.port or 1433),
                database=url.database,
                login_timeout=CONNECT_SECONDS,
                timeout=SECONDS,
                **account,
            )
        case "dameng":
            return driver.connect(server=url.host, port=url.port or 5236, **account)
        case _:
            raise ValueError(f"no such dialect: {dialect}")
