"""Takes a batch that a system pushes: proves who sends, lands it, answers row by row."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from connectors.signatures import hmac_sha256
from kernel.batch import Batch
from kernel.crypto import keyed_hash
from kernel.errors import BadInput, NotAuthorised
from kernel.house import House
from landing.finish import finish_stream
from landing.land import land_batch
from pipeline.sync import system_of
from registry.contract import IdSecretAuth, PushTransport, System

SKEW_MS = 5 * 60 * 1000
ROWS_AT_MOST = 5000
HEADERS = ("x-app-id", "x-timestamp", "x-nonce", "x-signature", "idempotency-key")


def ingest(
    house: House, code: str, stream_name: str, headers: Mapping[str, str], body: bytes
) -> dict[str, Any]:
    """Land one pushed batch. The same idempotency key lands once, however often it is sent.

    Gives {"accepted": n, "rows": [{"row", "status", "reason"}]}. Raises NotAuthorised, BadInput.
    """
    system = system_of(house, code)
    given = {name.lower(): value for name, value in headers.items()}
    _authenticate(house, system, given)
    stream = system.streams.get(stream_name)
    if stream is None or stream.mode != "push":
        raise BadInput(f"{code} pushes no stream of that name; allowed are {_pushed(system)}")
    frame = _frame(body)
    key = keyed_hash(house.keys.index, "push", code, stream_name, given["idempotency-key"])
    started = house.clock()
    counts = land_batch(house, code, stream, f"push-{key}", 0, Batch(frame))
    finish_stream(house, code, stream, f"push-{key}", started, False)
    rows = [
        {"row": index, "status": outcome, "reason": counts.reasons.get(index)}
        for index, outcome in enumerate(counts.outcomes)
    ]
    return {"accepted": len(rows), "rows": rows}


def _authenticate(house: House, system: System, given: Mapping[str, str]) -> None:
    missing = [name for name in HEADERS if not given.get(name)]
    if missing:
        raise NotAuthorised(f"the header {missing[0]} is missing; needed are {', '.join(HEADERS)}")
    transport = system.transport
    if not isinstance(transport, PushTransport) or not isinstance(transport.auth, IdSecretAuth):
        raise NotAuthorised(f"{system.code} does not push")
    app, at, nonce = given["x-app-id"], given["x-timestamp"], given["x-nonce"]
    now = house.clock().timestamp() * 1000
    if not at.isdigit() or abs(now - int(at)) > SKEW_MS:
        raise NotAuthorised("the timestamp is more than five minutes away from this clock")
    wanted = hmac_sha256(house.secrets.get(transport.auth.secret), f"{app}{at}{nonce}".encode())
    known = hmac.compare_digest(app.encode(), house.secrets.get(transport.auth.id).encode())
    if not known or not hmac.compare_digest(wanted.encode(), given["x-signature"].encode()):
        raise NotAuthorised("the signature is not that of the system")


def _frame(body: bytes) -> pd.DataFrame:
    try:
        rows = json.loads(body)["rows"]
    except (ValueError, KeyError, TypeError):
        raise BadInput(
            'the body must be JSON: {"batch": "…", "rows": [{"column": "text"}]}'
        ) from None
    if not isinstance(rows, list) or not 1 <= len(rows) <= ROWS_AT_MOST:
        raise BadInput(f"rows must be a list of 1 to {ROWS_AT_MOST} rows")
    for row in rows:
        if not isinstance(row, dict) or not all(_cell(cell) for cell in row.values()):
            raise BadInput("each row must be an object whose cells are text or null")
    return pd.DataFrame(rows, dtype="string[pyarrow]")


def _cell(cell: object) -> bool:
    return cell is None or isinstance(cell, str)


def _pushed(system: System) -> str:
    return ", ".join(name for name, one in system.streams.items() if one.mode == "push")
