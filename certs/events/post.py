"""One POST to an address that the bureau approved: bounded, no redirect, no proxy.

A name is resolved once and the connection goes to what it resolved to, so that it cannot lead
elsewhere between the check and the call.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import SplitResult, urlsplit

from kernel.errors import BadInput

SECONDS: Final = 5.0  # for a step of a call
WHOLE: Final = 15.0  # for a whole call, however slowly it trickles
MOST: Final = 64 * 1024  # bytes of an answer that are read
#: taken: 2xx. refused: it answers, and does not want this one. away: nobody is there, or it asks
#: to wait. gone: it wants no more (410).
Outcome = Literal["taken", "refused", "away", "gone"]
WAIT: Final = frozenset({408, 425, 429, 502, 503, 504})


@dataclass(frozen=True)
class Answered:
    """What came of a call. `reason`: a code, without anything that the receiver said."""

    outcome: Outcome
    reason: str


def check_url(url: str) -> SplitResult:
    """The address of a receiver. Raises BadInput unless it is plain http or https."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadInput("the receiver's address is no URL") from None
    plain = parts.scheme in ("http", "https") and parts.hostname and port != 0
    odd = not url.isascii() or not url.isprintable() or " " in url
    if odd or not plain or parts.username or parts.query or parts.fragment or len(url) > 300:
        raise BadInput(
            "the receiver's address is http or https, without user, query and fragment, "
            "at most 300 characters"
        )
    return parts


def resolve(url: str) -> list[str]:
    """The IP addresses of the receiver's name, sorted; none when it has none."""
    parts = check_url(url)
    try:
        found = socket.getaddrinfo(parts.hostname, _port(parts), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return sorted({str(one[4][0]) for one in found})


def check_address(text: str, scheme: str) -> str:
    """An IP address that may be approved. Raises BadInput."""
    try:
        one = ipaddress.ip_address(text)
    except ValueError:
        raise BadInput("an approved address is an IP address") from None
    if one.is_loopback:
        return str(one)
    if one.is_multicast or one.is_unspecified or one.is_link_local or one.is_reserved:
        raise BadInput(f"{one} is no address of a receiver")
    if scheme == "http" and not one.is_private:
        raise BadInput(f"{one} is outside: a receiver there needs https")
    return str(one)


def post(url: str, approved: Sequence[str], headers: Mapping[str, str], body: bytes) -> Answered:
    """Send it once. Never raises for what the receiver or the network does."""
    there = resolve(url)
    if not there:
        return Answered("away", "name_unknown")
    if not set(there) <= set(approved):
        return Answered("away", "address_not_approved")
    parts = check_url(url)
    connection = _connection(parts, there[0])
    # An answer may trickle for ever, each byte in time: then the connection is cut.
    late = threading.Event()
    cut = threading.Timer(WHOLE, lambda: _shut(connection, late))
    cut.daemon = True
    cut.start()
    try:
        connection.request("POST", parts.path or "/", body, dict(headers))
        with connection.getresponse() as answer:
            answer.read(MOST)
            return Answered("away", "too_slow") if late.is_set() else _said(answer.status)
    except ssl.SSLError:
        return Answered("away", "tls")
    except (OSError, http.client.HTTPException):
        return Answered("away", "too_slow" if late.is_set() else "connection")
    finally:
        cut.cancel()
        connection.close()


def _said(status: int) -> Answered:
    if 200 <= status < 300:
        return Answered("taken", "taken")
    if status == 410:
        return Answered("gone", "http_410")
    return Answered("away" if status in WAIT else "refused", f"http_{status}")


class _Plain(http.client.HTTPConnection):
    """A connection to a fixed IP address under the receiver's name."""

    ip = ""

    def connect(self) -> None:
        """Connect to the address that was checked, not to what the name says by now."""
        self.sock = socket.create_connection((self.ip, self.port), SECONDS)


class _Secure(_Plain):
    """The same over TLS; the certificate must be the name's."""

    def connect(self) -> None:
        """Connect, then prove the name."""
        super().connect()
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host)


def _connection(parts: SplitResult, ip: str) -> _Plain:
    kind = _Secure if parts.scheme == "https" else _Plain
    made = kind(parts.hostname or "", _port(parts), timeout=SECONDS)
    made.ip = ip
    return made


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _shut(connection: http.client.HTTPConnection, late: threading.Event) -> None:
    late.set()  # what was read until now may look whole
    sock: socket.socket | None = connection.sock
    if sock is not None:
        with contextlib.suppress(OSError):  # it may just have ended by itself
            sock.shutdown(socket.SHUT_RDWR)
