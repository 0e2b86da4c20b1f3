"""Database roles: a service opens the database as the duty that it has, never as the owner.

The roles of an installation are named after its database, `zhongtai_portal` in `zhongtai`: roles
are known to a whole server, which may hold several. What each may do stands in
`pipeline/roles/grants.yml`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final, Literal

from sqlalchemy import Connection, Engine, event, make_url

from kernel.db import make_engine
from kernel.profile import ProfileName

Duty = Literal[
    "owner", "operator", "portal", "officer", "catalogue", "sync", "seal", "backup", "airflow"
]
#: Every role beside the owner, in the order in which they are made.
DUTIES: Final[tuple[Duty, ...]] = (
    "portal", "officer", "catalogue", "sync", "seal", "operator", "backup", "airflow",
)  # fmt: skip
#: The setting of a transaction that says for which department an officer reads.
LONGEST: Final = 50  # PostgreSQL cuts a name at 63 bytes
_FOR: Final = "SELECT set_config('zhongtai.department', %s, true)"


def secret_of(duty: Duty) -> str:
    """The name of the secret that is the role's password."""
    return "DATABASE_PASSWORD" if duty == "owner" else f"DATABASE_PASSWORD_{duty.upper()}"


class Engines:
    """The engines of one installation, one a duty, made when first asked for."""

    def __init__(
        self, url: str, prefix: str, profile: ProfileName, password: Callable[[Duty], str]
    ) -> None:
        """`url`: with the owner's name. `prefix`: of the roles' names; empty: the database's name.
        `password`: of a duty; may raise PersonMustAct."""
        self._url, self._profile, self.password = make_url(url), profile, password
        self._prefix = (prefix or str(self._url.database))[:LONGEST]
        self._made: dict[Duty, Engine] = {}
        self._lock = threading.Lock()

    def user(self, duty: Duty) -> str:
        """The role's name."""
        return str(self._url.username) if duty == "owner" else f"{self._prefix}_{duty}"

    def of(self, duty: Duty) -> Engine:
        """The engine of that duty. An officer's sets the department in each transaction."""
        with self._lock:
            if duty not in self._made:
                url = self._url.set(username=self.user(duty))
                address = url.render_as_string(hide_password=False)
                made = make_engine(address, self.password(duty), self._profile)
                if duty == "officer":
                    event.listen(made, "begin", _set_department)
                self._made[duty] = made
            return self._made[duty]

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            for one in self._made.values():
                one.dispose()


def _set_department(conn: Connection) -> None:
    """For this transaction only; a department that nobody named is none, which sees nothing."""
    named = conn.get_execution_options().get("department") or ""
    raw: Any = conn.connection.driver_connection  # the statement's own options are not for this one
    raw.execute(_FOR, (named,))
