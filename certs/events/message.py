"""An event as it is sent: JSON, signed as the Standard Webhooks specification says.

Headers `webhook-id`, `webhook-timestamp` (seconds) and `webhook-signature`; signed is
`<id>.<timestamp>.<body>` with the subscriber's secret, HMAC-SHA256 (`v1`), in the gm profile
HMAC-SM3 (`v1sm3`).
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Final

from certs.events.kinds import Event, reference
from kernel.canonical import canonical
from kernel.errors import BadInput
from kernel.house import House
from ledger.events import moment

PREFIX: Final = "whsec_"
#: Bytes of a secret, as the specification asks.
SHORTEST, LONGEST = 24, 64
LABEL: Final = {"standard": "v1", "gm": "v1sm3"}


def body(house: House, subscription: int, event: Event) -> bytes:
    """What is sent: type, timestamp, data; holders as references of that subscription."""
    holders = [reference(house, subscription, one) for one in event.holders]
    data = {name: value for name, value in event.data.items() if value is not None}
    sequence = f"{event.at.entry}.{event.at.place}"
    said = {"id": event.id, "type": event.kind, "timestamp": moment(event.time)}
    return canonical({**said, "data": {**data, "holders": holders, "sequence": sequence}})


def headers(house: House, secret: str, event: Event, sent: bytes, now: datetime) -> dict[str, str]:
    """The headers of one try. Raises BadInput when the secret is none of this form."""
    at = str(int(now.timestamp()))
    signed = house.profile.hmac(key_of(secret), f"{event.id}.{at}.".encode() + sent)
    return {
        "Content-Type": "application/json",
        "User-Agent": "zhongtai-events/1",
        "webhook-id": event.id,
        "webhook-timestamp": at,
        "webhook-signature": f"{LABEL[house.profile.name]},{base64.b64encode(signed).decode()}",
    }


def key_of(secret: str) -> bytes:
    """The key in a secret `whsec_<base64>`. Raises BadInput; the text never repeats it."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(PREFIX) or not SHORTEST <= len(key) <= LONGEST:
        raise BadInput(
            f"a subscriber's secret is {PREFIX} and then {SHORTEST} to {LONGEST} random bytes "
            "in base64: set it with `zhongtai secrets set`"
        )
    return key
