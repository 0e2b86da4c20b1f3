"""The offline part of `zhongtai systems check`: what can be said without reaching a system."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from kernel.errors import BadContract
from kernel.secrets import Secrets
from registry.contract import SingerTransport, System
from registry.loader import load_system


def check_contracts(
    folder: Path, secrets: Secrets | None = None, today: date | None = None
) -> dict[str, list[str]]:
    """Every `*.yml` of the folder by its stem, with its problems as sentences; [] is good.

    With `secrets` also names that cannot be looked up; with `today` also grants that have ended.
    """
    found: dict[str, list[str]] = {}
    for file in sorted(folder.glob("*.yml")):
        try:
            system = load_system(file)
        except BadContract as error:
            found[file.stem] = error.message.splitlines()
            continue
        found[file.stem] = [
            *(_missing(system, secrets) if secrets else ()),
            *(_ended(system, today) if today else ()),
        ]
    return found


def secret_names(system: System) -> list[str]:
    """Names of the address and secrets that the system's contract uses, the address first."""
    if isinstance(system.transport, SingerTransport):
        return list(system.transport.secrets.values())
    auth = getattr(system.transport, "auth", None)
    named = [value for key, value in auth or () if key not in ("kind", "service")]
    return [system.transport.address, *named]


def _missing(system: System, secrets: Secrets) -> Iterator[str]:
    for name in secret_names(system):
        if not secrets.has(name):
            yield f"{system.code}: {name} is neither in the environment nor in {secrets.folder}"


def _ended(system: System, today: date) -> Iterator[str]:
    for stream in system.streams.values():
        until = stream.authorisation.until_date
        if until < today:
            document = stream.authorisation.document
            yield f"{system.code}.{stream.name}: the authorisation {document} ended on {until}"
