"""Looking at a source that has no contract yet: what is there, and a few rows of it.

Nothing is written at the source and nothing of it is kept. How a source signs in and where it is
come from secrets, by their names; a name is the system's code in capitals and a last word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from connectors.drivers import DRIVERS
from kernel.clock import Clock
from kernel.errors import BadInput
from kernel.secrets import Secrets
from registry.contract import Auth
from registry.propose import Column

#: Rows that are read of a place. So many tables, files or lists are looked at.
SAMPLE = 1000
MOST_PLACES = 200

Row = dict[str, str | None]

_TOKEN: Mapping[str, str] = {"token": "TOKEN"}
_SIGNED: Mapping[str, str] = {"id": "ID", "secret": "SECRET"}
#: By kind of auth: each of its keys, and the last word of its secret's name.
AUTH_WORDS: Mapping[str, Mapping[str, str]] = {
    "bearer": _TOKEN,
    "api_key": _TOKEN,
    "token": _TOKEN,
    "basic": {"user": "USER", "password": "PASSWORD"},
    "hmac_sha256": _SIGNED,
    "sm3": _SIGNED,
    "sm2": _SIGNED,
    "national": _SIGNED,
    "oauth2": _SIGNED,
    "s3": _SIGNED,
    "ssh_key": {"user": "USER", "key": "SSH_KEY", "host_key": "HOST_KEY"},
}


@dataclass(frozen=True)
class Target:
    """What to look at. `auth`: a contract's auth as data, names of secrets in it; None: none.

    `paths`: lists under an HTTP address, or the only tables, operations or files to look at.
    """

    code: str
    address: str = field(repr=False)
    auth: Mapping[str, str] | None = None
    paths: tuple[str, ...] = ()

    def signed(self) -> Any:
        """The auth as the contract knows it, None where there is none."""
        adapter: TypeAdapter[Any] = TypeAdapter(Auth)
        return adapter.validate_python(dict(self.auth)) if self.auth else None


@dataclass(frozen=True)
class Place:
    """A table, list, operation or kind of file. `key`: what the source itself calls its key.

    `note`: why it cannot be read as it is, one sentence, or "".
    """

    path: str
    comment: str = ""
    columns: tuple[Column, ...] = ()
    key: tuple[str, ...] = ()
    note: str = ""


class Explorer(Protocol):
    """A source being looked at. Every call may raise the errors of a connector."""

    def places(self) -> list[Place]:
        """What is there, in the source's order."""

    def rows(self, place: Place) -> list[Row]:
        """Up to SAMPLE rows of a place, as text."""

    def transport(self) -> dict[str, Any]:
        """The contract's transport as far as it is known now (after `places`)."""

    def close(self) -> None:
        """End connections."""


def auth_of(code: str, kind: str | None) -> dict[str, str] | None:
    """A contract's auth of that kind, its secrets named by the code. Raises BadInput."""
    if kind is None:
        return None
    if kind not in AUTH_WORDS:
        raise BadInput(f"no auth {kind}; allowed are {', '.join(sorted(AUTH_WORDS))}")
    names = {key: f"{code.upper()}_{word}" for key, word in AUTH_WORDS[kind].items()}
    return {"kind": kind, **names}


def open_explorer(target: Target, secrets: Secrets, clock: Clock) -> Explorer:
    """The explorer for an address, by how it begins. Raises BadInput for one that is none."""
    scheme = urlsplit(target.address).scheme
    dialect = scheme.partition("+")[0]
    if dialect in (*DRIVERS, "mariadb"):
        from connectors.discovery_sql import SqlExplorer

        return SqlExplorer(target)
    if scheme in ("http", "https"):
        return _http(target, secrets, clock)
    if scheme in ("", "sftp", "file") and target.address:
        from connectors.discovery_files import FilesExplorer

        return FilesExplorer(target, secrets)
    raise BadInput(
        "the address is none that can be looked at; allowed are a database "
        f"({', '.join(sorted(DRIVERS))}), http, https, sftp, and a folder"
    )


def _http(target: Target, secrets: Secrets, clock: Clock) -> Explorer:
    kind = target.auth["kind"] if target.auth else ""
    if kind == "s3":
        from connectors.discovery_files import FilesExplorer

        return FilesExplorer(target, secrets)
    if kind == "token" or urlsplit(target.address).query.lower() == "wsdl":
        from connectors.discovery_soap import SoapExplorer

        return SoapExplorer(target, secrets, clock)
    from connectors.discovery_rest import RestExplorer

    return RestExplorer(target, secrets, clock)


def chosen(target: Target, places: list[Place]) -> list[Place]:
    """The places that are asked for. Raises BadInput naming one that is not there."""
    known = {one.path for one in places}
    for path in target.paths:
        if path not in known:
            shown = ", ".join(sorted(known)[:20]) or "nothing"
            raise BadInput(f"{target.code} has no {path} to look at; there is {shown}")
    return [one for one in places if not target.paths or one.path in target.paths][:MOST_PLACES]


def folder_of(address: str) -> Path:
    """The folder of an address: a path, or `file:///path`."""
    parts = urlsplit(address)
    return Path(parts.path if parts.scheme == "file" else address)
