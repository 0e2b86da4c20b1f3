"""The pusher: sends what is pending until it is taken, once it knows where to."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from tests.city.clients import WIRE, headers
from tests.running import RunningCity


class Platform:
    """Takes pushes as the platform's ingest does; `failing` answers 503 so many times."""

    def __init__(self) -> None:
        self.taken: dict[str, dict[str, Any]] = {}
        self.order: list[str] = []
        self.failing = 0
        self.account = ("", "")
        platform = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, answer = platform.take(self.path, dict(self.headers), body)
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/api/v1/ingest/cg_city"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def take(self, path: str, given: dict[str, str], sent: bytes) -> tuple[int, dict[str, Any]]:
        if self.failing:
            self.failing -= 1
            return 503, {}
        app, secret = self.account
        digest, body = hashlib.sha256(sent).hexdigest(), json.loads(sent)
        text = f"{app}{given['X-Timestamp']}{given['X-Nonce']}{digest}"
        assert given["X-App-Id"] == app
        assert given["X-Signature"] == hmac.digest(secret.encode(), text.encode(), "sha256").hex()
        assert given["Idempotency-Key"] == body["batch"]
        assert len(body["rows"]) <= 500
        stream = path.rsplit("/", maxsplit=1)[-1]
        self.taken[body["batch"]] = {"stream": stream, "rows": body["rows"]}
        self.order.append(body["batch"])
        return 200, {"accepted": len(body["rows"]), "rows": []}

    def live(self, stream: str) -> set[str]:
        shape = WIRE["cg_city"]["streams"][stream]
        live: set[str] = set()
        for batch in self.order:
            if self.taken[batch]["stream"] == stream:
                for row in self.taken[batch]["rows"]:
                    key = row[shape["columns"]["id"]]
                    gone = row[shape["deleted_column"]] == "D"
                    (live.discard if gone else live.add)(key)
        return live


@pytest.fixture
def platform(city: RunningCity) -> Iterator[Platform]:
    made = Platform()
    made.account = (city.secret("CG_CITY_ID"), city.secret("CG_CITY_SECRET"))
    yield made
    made.server.shutdown()
    made.server.server_close()


def push_now(city: RunningCity, to: str, full: bool) -> requests.Response:
    url = city.secret("CG_CITY_URL") + "/push-now"
    body = {"full": full, "to": to}
    return requests.post(url, json=body, headers=headers(city, "cg_city"), timeout=30)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_what_is_pending_is_pushed_once_and_retried_until_taken(
    city: RunningCity, platform: Platform
) -> None:
    platform.failing = 2
    answer = push_now(city, platform.address, True)
    assert answer.status_code == 200, answer.text
    assert answer.json()["pending"] == 0
    for stream in ("case", "licence"):
        assert platform.live(stream) == city.keys("cg_city", stream)
    assert push_now(city, platform.address, False).json() == {"pushed": 0, "pending": 0}
    again = push_now(city, platform.address, True).json()
    assert again == {"pushed": answer.json()["pushed"], "pending": 0}


def test_a_change_is_pushed_without_being_asked(city: RunningCity, platform: Platform) -> None:
    push_now(city, platform.address, True)
    key = min(city.keys("cg_city", "licence"))
    city.truth(f"/licences/cg_city/{key}/delete", {})
    until(lambda: platform.live("licence") == city.keys("cg_city", "licence"))


def test_a_platform_that_is_away_is_told_as_such(city: RunningCity, platform: Platform) -> None:
    platform.failing = 100
    answer = push_now(city, platform.address, True)
    assert (answer.status_code, answer.json()["code"]) == (502, 502)
    platform.failing = 0
    assert push_now(city, platform.address, False).json()["pending"] == 0
    for stream in ("case", "licence"):
        assert platform.live(stream) == city.keys("cg_city", stream)


def test_push_now_needs_a_signature_and_an_address(city: RunningCity) -> None:
    url = city.secret("CG_CITY_URL") + "/push-now"
    assert requests.post(url, json={"full": False, "to": "http://x"}, timeout=30).status_code == 401
    assert push_now(city, "ftp://x", False).status_code == 400
