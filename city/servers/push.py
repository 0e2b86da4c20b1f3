"""cg_city: sends its changes to the platform, again and again until they are taken."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import requests
from starlette.responses import Response

from city.servers.call import Call, Routes, answer_json
from city.servers.credentials import Account
from city.servers.errors import Answer
from city.servers.state import State
from city.world import World

BATCH = 500
TRIES = 3
WAIT_SECONDS = 5.0
TIMEOUT = (3.0, 60.0)


class NotTaken(Exception):
    """The platform did not take a batch; one sentence says why."""


class Pusher:
    """Pending changes of one push system, and where they go."""

    def __init__(self, world: World, code: str, account: Account, state: State, city: str) -> None:
        self._world, self._code, self._account, self._state = world, code, account, state
        self._city = city
        self._streams: dict[str, dict[str, Any]] = world.wire[code]["streams"]
        self._lock = threading.Lock()
        self._wake = threading.Condition()
        self._ended, self._dirty = False, True
        self._thread = threading.Thread(target=self._background, name="pusher", daemon=True)
        self._session = requests.Session()
        self._session.trust_env = False

    def _seq(self, stream: str) -> int:
        return int(self._state.get(f"push/{self._code}/{stream}", "0"))

    def pending(self) -> int:
        """Changes that the platform has not taken yet."""
        count = 0
        for stream in self._streams:
            after = self._seq(stream)
            while found := self._world.changes(self._code, stream, after, 10 * BATCH):
                count, after = count + len(found), found[-1][0]
        return count

    def push(self, to: str, full: bool) -> int:
        """Send everything pending (`full`: everything there ever was). Raises NotTaken."""
        with self._lock:
            self._state.put({f"push/{self._code}": to})
            run = secrets.token_hex(4) if full else ""
            if full:
                self._state.put({f"push/{self._code}/{stream}": "0" for stream in self._streams})
            return sum(self._push_stream(to, stream, run) for stream in self._streams)

    def _push_stream(self, to: str, stream: str, run: str) -> int:
        op_column, count = self._streams[stream]["deleted_column"], 0
        while found := self._world.changes(self._code, stream, self._seq(stream), BATCH):
            rows = [{**row, op_column: op} for _, op, row in found]
            first, last = found[0][0], found[-1][0]
            batch = "-".join(filter(None, [self._code, stream, self._city, str(first), str(last)]))
            self._send(f"{to.rstrip('/')}/{stream}", batch + (f"-{run}" if run else ""), rows)
            self._state.put({f"push/{self._code}/{stream}": str(last)})
            count += len(found)
        return count

    def _send(self, url: str, batch: str, rows: list[dict[str, Any]]) -> None:
        body = json.dumps({"batch": batch, "rows": rows}, ensure_ascii=False).encode()
        for attempt in range(TRIES):
            if attempt:
                self._rest(0.5 * attempt)
            try:
                answer = self._session.post(
                    url,
                    data=body,
                    headers={**signature(self._account, body), "Idempotency-Key": batch},
                    timeout=TIMEOUT,
                    allow_redirects=False,
                )
            except requests.RequestException:
                trouble = "the platform does not answer"
                continue
            if answer.status_code == 200:
                return
            trouble = f"the platform answered {answer.status_code}"
            if answer.status_code < 500 and answer.status_code not in (408, 425, 429):
                break
        raise NotTaken(trouble)

    def _rest(self, seconds: float) -> None:
        with self._wake:
            self._wake.wait_for(lambda: self._ended, seconds)

    def start(self) -> None:
        """Push in the background, once the platform's address is known."""
        self._thread.start()

    def changed(self) -> None:
        """The world has something new to push."""
        with self._wake:
            self._dirty = True
            self._wake.notify_all()

    def _background(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._ended or self._dirty)
                if self._ended:
                    return
                self._dirty = False
            to = self._state.get(f"push/{self._code}")
            if not to:
                continue
            try:
                self.push(to, False)
            except NotTaken:
                self._rest(WAIT_SECONDS)
                self.changed()

    def stop(self) -> None:
        """End the background push; what is pending is pushed after the next start."""
        with self._wake:
            self._ended = True
            self._wake.notify_all()
        self._session.close()
        self._thread.join(1)


def signature(account: Account, body: bytes) -> dict[str, str]:
    """The headers of a new request: HMAC-SHA256 over id, time, nonce and the body's SHA-256."""
    stamp, nonce = str(int(time.time() * 1000)), secrets.token_hex(16)
    text = f"{account['id']}{stamp}{nonce}{hashlib.sha256(body).hexdigest()}".encode()
    return {
        "Content-Type": "application/json",
        "X-App-Id": account["id"],
        "X-Timestamp": stamp,
        "X-Nonce": nonce,
        "X-Signature": hmac.digest(account["secret"].encode(), text, "sha256").hex(),
    }


def routes(pusher: Pusher) -> Routes:
    """`POST /push-now`; `GET` of it says how much is pending and sends nothing."""

    def pending(_: Call) -> Response:
        return answer_json({"pending": pusher.pending()})

    def push_now(call: Call) -> Response:
        body = call.json()
        to, full = body.get("to"), body.get("full", False)
        if not isinstance(to, str) or urlsplit(to).scheme not in ("http", "https"):
            raise Answer(400, "`to` must be the platform's ingest address")
        if not isinstance(full, bool):
            raise Answer(400, "`full` must be true or false")
        try:
            pushed = pusher.push(to, full)
        except NotTaken as error:
            pusher.changed()
            raise Answer(502, str(error)) from None
        return answer_json({"pushed": pushed, "pending": 0})

    return {("GET", "/push-now"): pending, ("POST", "/push-now"): push_now}
