"""Signed calls from a system: who sends is proved over id, time, nonce and the body's digest."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import timedelta

from connectors.signatures import hmac_sha256
from kernel.errors import NotAuthorised
from kernel.house import House
from landing import pushed
from ledger import log
from ledger.events import event

SKEW = timedelta(minutes=5)
HEADERS = ("x-app-id", "x-timestamp", "x-nonce", "x-signature")
#: Characters of a header's value, at most.
LONGEST = 200


def named(headers: Mapping[str, str], needed: Sequence[str] = HEADERS) -> dict[str, str]:
    """The headers by small names. Raises NotAuthorised where one is missing or too long."""
    given = {name.lower(): value for name, value in headers.items()}
    for name in needed:
        if not given.get(name):
            raise NotAuthorised(f"the header {name} is missing; needed are {', '.join(needed)}")
        if len(given[name]) > LONGEST:
            raise NotAuthorised(f"the header {name} is too long: {LONGEST} characters at most")
    return given


def prove(
    house: House, system: str, names: tuple[str, str], given: Mapping[str, str], body: bytes
) -> None:
    """Raise NotAuthorised unless the system itself sent this just now, for the first time.

    `names`: of the secrets with its id and its key. A call that was sent before, or that is too
    old though the system did sign it, is in the ledger as well.
    """
    prove_as(house, system, (house.secrets.get(names[0]), house.secrets.get(names[1])), given, body)


def prove_as(
    house: House, system: str, pair: tuple[str, str], given: Mapping[str, str], body: bytes
) -> None:
    """As `prove`, with the id and the key themselves (`pair`)."""
    app, at, nonce = given["x-app-id"], given["x-timestamp"], given["x-nonce"]
    text = f"{app}{at}{nonce}{hashlib.sha256(body).hexdigest()}"
    wanted = hmac_sha256(pair[1], text.encode())
    known = hmac.compare_digest(app.encode(), pair[0].encode())
    mine = known and hmac.compare_digest(wanted.encode(), given["x-signature"].encode())
    now, skew = house.clock().timestamp(), SKEW.total_seconds()
    if not (at.isascii() and at.isdigit()) or abs(now - int(at) / 1000) > skew:
        if mine:
            _told(house, system, "call_outside_time")
        raise NotAuthorised(
            "the timestamp must be milliseconds since 1970, at most five minutes away from our "
            "clock",
            reason="call_outside_time",
        )
    if not mine:
        raise NotAuthorised(
            "the signature is not that of the system over its id, timestamp, nonce and the "
            "body's SHA-256",
            reason="call_not_signed",
        )
    # A signature is good from five minutes before its time to five minutes after it.
    if not pushed.take_nonce(house, system, nonce, 2 * SKEW):
        _told(house, system, "nonce_used")
        raise NotAuthorised("the nonce was used before: sign every call anew", reason="nonce_used")


def _told(house: House, system: str, reason: str) -> None:
    with house.engine.begin() as conn:
        log.append(conn, event(house.clock(), "right.refused", system, reason=reason))
