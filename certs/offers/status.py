"""What became of credentials: Token Status Lists (draft-ietf-oauth-status-list), signed.

Two bits a credential: valid, invalid, suspended, by what has landed at that moment. A list covers
many credentials, so that asking for it hardly tells which one is meant.
"""

from __future__ import annotations

import base64
import zlib
from datetime import UTC, timedelta
from typing import Any, Final

from cryptography.hazmat.primitives import serialization
from sqlalchemy import text

from certs.seals.authority import certificates
from certs.wallet import jws
from kernel.clock import CITY_TIME
from kernel.house import House

TYPE: Final = "statuslist+jwt"
PATH: Final = "/wallet/statuses/"
#: Credentials a list, and bits each.
SIZE: Final = 1 << 16
BITS: Final = 2
#: How long a verifier may keep a list, and when it is no list any more.
FRESH: Final = timedelta(minutes=1)
ENDS: Final = timedelta(minutes=10)
#: 0 valid; 1 invalid: the version is gone, another row has landed in its place, or its holder was
#: erased; 2 suspended at the source.
STATES = text("""
SELECT c.id, CASE
  WHEN l.status = 'suspended' THEN 2
  WHEN l.key_hash IS NULL OR v.ended_at IS NOT NULL OR l.row_hash <> v.row_hash THEN 1
  WHEN l.status <> 'valid' OR l.valid_to < :today THEN 1
  WHEN NOT EXISTS (
    SELECT 1 FROM certs.licence_holder h
    WHERE h.licence_id = c.licence_id AND h.holder_hash = c.holder_hash
  ) THEN 1
  ELSE 0
END AS state
FROM certs.credential c
JOIN certs.licence v ON v.id = c.licence_id
LEFT JOIN landing.licence l
  ON l.system = v.system AND l.stream = v.stream AND l.key_hash = v.key_hash
 AND l.deleted_at IS NULL AND NOT l.withheld
WHERE c.id >= :low AND c.id < :high
""")
LAST = text("SELECT coalesce(max(id), 0) FROM certs.credential")


def place(url: str, number: int) -> dict[str, Any]:
    """The credential's claim `status`."""
    return {"status_list": {"idx": number % SIZE, "uri": f"{url}{PATH}{number // SIZE}"}}


def signed_list(house: House, number: int) -> str | None:
    """A list as a JWT; None when there is none of that number yet.

    Raises PersonMustAct in the gm profile.
    """
    now = house.clock().astimezone(UTC)
    with house.engine.connect() as conn:
        if not 0 <= number <= conn.execute(LAST).scalar_one() // SIZE:
            return None
        today = now.astimezone(CITY_TIME).date()
        bounds = {"low": number * SIZE, "high": (number + 1) * SIZE, "today": today}
        states = {row.id % SIZE: row.state for row in conn.execute(STATES, bounds)}
    payload = {
        "sub": f"{house.settings.portal_url}{PATH}{number}",
        "iat": int(now.timestamp()),
        "exp": int((now + ENDS).timestamp()),
        "ttl": int(FRESH.total_seconds()),
        "status_list": {"bits": BITS, "lst": jws.encode(zlib.compress(packed(states), 9))},
    }
    signer = house.keys.seal.signer()
    der = certificates(house).seal.public_bytes(serialization.Encoding.DER)
    header = {"typ": TYPE, "kid": signer.public.key_id, "x5c": [base64.b64encode(der).decode()]}
    return jws.sign(header, payload, signer)


def state_now(house: House, address: str, index: int) -> int | None:
    """The state of the credential at a place of a list of ours; None where it is none of ours."""
    number = address.removeprefix(f"{house.settings.portal_url}{PATH}")
    if number == address or not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    at = int(number) * SIZE + index
    today = house.clock().astimezone(CITY_TIME).date()
    with house.engine.connect() as conn:
        row = conn.execute(STATES, {"low": at, "high": at + 1, "today": today}).one_or_none()
    return None if row is None else int(row.state)


def packed(states: dict[int, int]) -> bytes:
    """The list's bytes: the lowest bits of a byte are of its first credential."""
    made = bytearray(SIZE * BITS // 8)
    for place_, state in states.items():
        made[place_ * BITS // 8] |= state << (place_ * BITS % 8)
    return bytes(made)
