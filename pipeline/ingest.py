"""Takes a batch that a system pushes: proves who sends, lands it, answers row by row."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from kernel.batch import Batch
from kernel.crypto import keyed_hash
from kernel.errors import BadInput, NotAuthorised
from kernel.house import House
from landing import pushed
from landing.finish import finish_stream
from landing.land import land_batch
from pipeline import gateway, signed
from pipeline.pushed_body import frame_of_body
from pipeline.sync import system_of
from registry.contract import IdSecretAuth, PushTransport, System

HEADERS = (*signed.HEADERS, "idempotency-key")


def ingest(
    house: House, code: str, stream_name: str, headers: Mapping[str, str], body: bytes
) -> dict[str, Any]:
    """Land one pushed batch. The same key and body land once and are answered the same.

    Gives {"accepted": n, "rows": [{"row", "status", "reason"}]}. Raises NotAuthorised, BadInput,
    and Conflicts when the key stands for another body.
    """
    system = system_of(house, code)
    given = signed.named(headers, HEADERS)
    _authenticate(house, system, headers, body)
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


def _authenticate(house: House, system: System, headers: Mapping[str, str], body: bytes) -> None:
    transport = system.transport
    if not isinstance(transport, PushTransport) or not isinstance(transport.auth, IdSecretAuth):
        raise NotAuthorised(f"{system.code} does not push")
    names = (transport.auth.id, transport.auth.secret)
    given = signed.named(headers, HEADERS)
    signed.prove(house, system.code, names, given, body)
    gateway.check_incoming(house, system.code, "push", headers)


def _pushed(system: System) -> str:
    return ", ".join(name for name, one in system.streams.items() if one.mode == "push")
