"""Takes a batch that a system pushes: proves who sends, lands it, answers row by row."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from connectors.signatures import hmac_sha256
from kernel.batch import Batch
from kernel.crypto import keyed_hash
from kernel.errors import BadInput, NotAuthorised
from kernel.house import House
from landing import pushed
from landing.finish import finish_stream
from landing.land import land_batch
from pipeline.pushed_body import frame_of_body
from pipeline.sync import system_of
from registry.contract import IdSecretAuth, PushTransport, System

SKEW = timedelta(minutes=5)
HEADERS = ("x-app-id", "x-timestamp", "x-nonce", "x-signature", "idempotency-key")
#: Characters of a header's value, at most.
LONGEST = 200


def ingest(
    house: House, code: str, stream_name: str, headers: Mapping[str, str], body: bytes
) -> dict[str, Any]:
    """Land one pushed batch. The same key and body land once and are answered the same.

    Gives {"accepted": n, "rows": [{"row", "status", "reason"}]}. Raises NotAuthorised, BadInput,
    and Conflicts when the key stands for another body.
    """
    system = system_of(house, code)
    given = {name.lower(): value for name, value in headers.items()}
    _authenticate(house, system, given, body)
    stream = system.streams.get(stream_name)
    if stream is None or stream.mode != "push":
        raise BadInput(f"{code} pushes no stream of that name; allowed are {_pushed(system)}")
    frame = frame_of_body(body)
    key = keyed_hash(house.keys.index, "push", code, stream_name, given["idempotency-key"])
    whole = keyed_hash(house.keys.index, "pushed-body", hashlib.sha256(body).hexdigest())
    before = pushed.claim(house, code, stream_name, key, whole)
    if before is not None:
        return before
    started = house.clock()
    counts = land_batch(house, code, stream, f"push-{key}", 0, Batch(frame))
    finish_stream(house, code, stream, f"push-{key}", started, False)
    rows = [
        {"row": index, "status": outcome, "reason": counts.reasons.get(index)}
        for index, outcome in enumerate(counts.outcomes)
    ]
    answer = {"accepted": len(rows), "rows": rows}
    pushed.keep_answer(house, code, stream_name, key, answer)
    return answer


def _authenticate(house: House, system: System, given: Mapping[str, str], body: bytes) -> None:
    for name in HEADERS:
        if not given.get(name):
            raise NotAuthorised(f"the header {name} is missing; needed are {', '.join(HEADERS)}")
        if len(given[name]) > LONGEST:
            raise NotAuthorised(f"the header {name} is too long: {LONGEST} characters at most")
    transport = system.transport
    if not isinstance(transport, PushTransport) or not isinstance(transport.auth, IdSecretAuth):
        raise NotAuthorised(f"{system.code} does not push")
    app, at, nonce = given["x-app-id"], given["x-timestamp"], given["x-nonce"]
    now, skew = house.clock().timestamp(), SKEW.total_seconds()
    if not (at.isascii() and at.isdigit()) or abs(now - int(at) / 1000) > skew:
        raise NotAuthorised(
            "the timestamp must be milliseconds since 1970, at most five minutes away from our "
            "clock"
        )
    text = f"{app}{at}{nonce}{hashlib.sha256(body).hexdigest()}"
    wanted = hmac_sha256(house.secrets.get(transport.auth.secret), text.encode())
    known = hmac.compare_digest(app.encode(), house.secrets.get(transport.auth.id).encode())
    if not known or not hmac.compare_digest(wanted.encode(), given["x-signature"].encode()):
        raise NotAuthorised(
            "the signature is not that of the system over its id, timestamp, nonce and the "
            "body's SHA-256"
        )
    # A signature is good from five minutes before its time to five minutes after it.
    if not pushed.take_nonce(house, system.code, nonce, 2 * SKEW):
        raise NotAuthorised("the nonce was used before: sign every call anew")


def _pushed(system: System) -> str:
    return ", ".join(name for name, one in system.streams.items() if one.mode == "push")
