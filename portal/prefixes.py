"""Cookies under the names by which a browser guards them: `__Host-` and `__Secure-` (RFC 6265bis).

Over https a cookie of ours has such a name on its way, and the plain one inside. Another host of
the same domain, or somebody on a plain line, can set no `__Host-` cookie: what comes under another
name is not ours.
"""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

OURS: Final = "zhongtai_"
HOST, SECURE = "__Host-", "__Secure-"
#: Cookies of one path, which cannot be `__Host-`. Another host can plant them by https: what each
#: holds is signed, or only a hint. No other cookie is taken under the weaker name.
OF_A_PATH: Final = frozenset({"zhongtai_visit", "zhongtai_oidc", "zhongtai_came"})
Pairs = list[tuple[bytes, bytes]]


class Prefixed:
    """Takes the prefix off what comes and puts it on what goes. Only where people come by https."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [_going(*pair) for pair in message["headers"]]
            await send(message)

        headers: Pairs = [_coming(*pair) for pair in scope["headers"]]
        await self._app({**scope, "headers": headers}, receive, named)


def bare(name: str) -> str:
    """A cookie's name without the prefix that it may have."""
    return next((name.removeprefix(one) for one in (HOST, SECURE) if name.startswith(one)), name)


def _coming(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    if name != b"cookie":
        return name, value
    given = (one.strip() for one in value.decode("latin-1").split(";"))
    kept = (_inside(one) for one in given)
    return name, "; ".join(one for one in kept if one).encode("latin-1")


def _inside(pair: str) -> str:
    """`name=value` as the portal knows it; nothing for one of ours under a name that is not."""
    name, _, value = pair.partition("=")
    known = bare(name)
    if not known.startswith(OURS):
        return pair
    right = (SECURE if known in OF_A_PATH else HOST) + known
    return f"{known}={value}" if name == right else ""


def _going(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    text = value.decode("latin-1")
    if name != b"set-cookie" or not text.startswith(OURS):
        return name, value
    facts = [one.strip().casefold() for one in text.split(";")[1:]]
    prefix = SECURE if text.partition("=")[0] in OF_A_PATH else HOST
    safe = "" if "secure" in facts else "; Secure"  # or a browser ends no cookie of that name
    return name, f"{prefix}{text}{safe}".encode("latin-1")
