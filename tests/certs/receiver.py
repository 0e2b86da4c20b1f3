"""A receiver of events that checks signatures by its own reading of Standard Webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()


@dataclass
class Receiver:
    """What came, in order, each a parsed body. `answer` says what to answer to one."""

    url: str
    got: list[dict[str, Any]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    answer: Callable[[dict[str, Any]], int] = lambda _: 204
    headers: dict[str, str] = field(default_factory=dict)
    carried: list[dict[str, str]] = field(default_factory=list)  # headers of what it took

    def ids(self) -> list[str]:
        return [one["id"] for one in self.got]

    def kinds(self) -> list[str]:
        return [one["type"] for one in self.got]

    def take(self, headers: Any, body: bytes) -> int:
        """The status of the answer. A receiver keeps only what it takes."""
        event = json.loads(body)
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        wanted = base64.b64encode(hmac.digest(KEY, signed, hashlib.sha256)).decode()
        if headers["webhook-signature"] != f"v1,{wanted}":
            self.wrong.append("signature")
        if headers["webhook-id"] != event["id"]:
            self.wrong.append("id")
        status = self.answer(event)
        if status < 300:
            self.got.append(event)
            self.carried.append({name.lower(): value for name, value in headers.items()})
        return status


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on loopback."""
    receiver = Receiver("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = receiver.take(self.headers, body)
            self.send_response(status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/events"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
