"""Who may read the figures at `/metrics`: a program on this machine, or one that has the token."""

from __future__ import annotations

import hmac
import ipaddress
from typing import Final

from starlette.requests import Request

#: The secret that holds the token. Where it is set, a program on this machine needs it too: what
#: stands before the portal, on the same machine, cannot pass the figures on then.
SECRET: Final = "METRICS_TOKEN"  # noqa: S105 - its name


def may_scrape(request: Request, token: str) -> bool:
    """`token`: empty where none is set."""
    if token:
        said = request.headers.get("authorization", "")
        return hmac.compare_digest(said.encode(), f"Bearer {token}".encode())
    return request.client is not None and _is_here(request.client.host)


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
