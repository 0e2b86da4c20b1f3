"""Whether people reach the portal, and for how long its https certificate holds."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime, timedelta
from typing import Final, Literal
from urllib.parse import urlsplit

from connectors.tls import not_accepted

SOON: Final = timedelta(days=30)
SECONDS: Final = 5
PORTS: Final = {"http": 80, "https": 443}
NEW: Final = "put a new one where the portal, or the proxy before it, has it, and start that again"
Seen = tuple[Literal["ok", "warn", "bad"], str, str]


def reached(address: str, now: datetime) -> Seen:
    """State, what was seen and what to do. `address`: the one that people type.

    A portal that does not answer from here is a warning: only its own network may reach it.
    """
    parts = urlsplit(address)
    if not parts.hostname:
        return "warn", "no address is set", "name it with `zhongtai install --portal`"
    place = parts.hostname, parts.port or PORTS.get(parts.scheme, 0)
    try:
        until = _until(place) if parts.scheme == "https" else _open(place)
    except OSError as error:
        why = not_accepted(error)
        if why is not None:
            return "bad", f"the certificate of {address} is not accepted: {why}", NEW
        return "warn", f"{address} does not answer from here", "is the portal running?"
    if until is None:
        return "ok", f"{address} answers", ""
    seen = f"{address} answers, its certificate until {until:%Y-%m-%d}"
    return ("warn", seen, NEW) if until - now < SOON else ("ok", seen, "")


def _open(place: tuple[str, int]) -> datetime | None:
    socket.create_connection(place, SECONDS).close()
    return None


def _until(place: tuple[str, int]) -> datetime:
    """The last moment of a certificate that is accepted now."""
    context = ssl.create_default_context()  # SSL_CERT_FILE names a city's own authority
    with (
        socket.create_connection(place, SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=place[0]) as closed,
    ):
        told = closed.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(told["notAfter"])), UTC)
