"""A portal is replaced by the next one while clerks look: nobody is refused.

The listening socket is handed over, as a service manager does it: who comes while one portal ends
waits in its queue.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from registry.accounts import DEMO_PASSWORD
from tests.e2e.installed import ROOT, Installed
from tests.e2e.people import BUSINESS, case_of, line_of, papers

SECONDS = 120.0
ROUNDS = 2  # portals that follow the first one


class Portals:
    """Portals of one installation behind one socket of ours."""

    def __init__(self, home: Path, folder: Path) -> None:
        self.home = home
        self.log = (folder / "portals.log").open("ab")
        self.door = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = int(self.door.getsockname()[1])
        self.ready = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.ready.bind("\0" + f"zhongtai-{os.getpid()}-{self.port}")
        self.ready.settimeout(SECONDS)
        self.running: list[subprocess.Popen[bytes]] = []

    def next(self) -> None:
        """Start one and wait until it says that it takes requests."""
        fd = self.door.fileno()
        name = "@" + self.ready.getsockname().decode()[1:]
        process = subprocess.Popen(
            [sys.executable, "-m", "portal", "--fd", str(fd)],
            cwd=ROOT,
            env={**os.environ, "ZHONGTAI_HOME": str(self.home), "NOTIFY_SOCKET": name},
            pass_fds=(fd,),
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
        )
        self.running.append(process)
        assert self.ready.recv(100) == b"READY=1"

    def end_oldest(self) -> None:
        """SIGTERM to the oldest one; it finishes what it has begun."""
        oldest = self.running.pop(0)
        oldest.send_signal(signal.SIGTERM)
        assert oldest.wait(SECONDS) == 0

    def call(self, method: str, path: str, token: str = "", body: object = None) -> bytes:
        """One call on a connection of its own. Raises AssertionError on any answer but 200."""
        sent = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        headers["Connection"] = "close"
        sent.request(method, f"/api/v1{path}", None if body is None else json.dumps(body), headers)
        answer = sent.getresponse()
        got = answer.read()
        sent.close()
        assert answer.status == 200, (answer.status, got[:200])
        return got


@contextmanager
def portals(home: Path, folder: Path) -> Iterator[Portals]:
    made = Portals(home, folder)
    try:
        yield made
    finally:
        for one in made.running:
            one.kill()
            one.wait()
        made.ready.close()
        made.door.close()
        made.log.close()


class Clerks:
    """Two clerks who look at one case again and again until they are told to stop."""

    def __init__(self, there: Portals, path: str, token: str) -> None:
        self.there, self.path, self.token = there, path, token
        self.done, self.looks, self.wrong = threading.Event(), 0, list[str]()
        self.threads = [threading.Thread(target=self._work) for _ in range(2)]

    def _work(self) -> None:
        while not self.done.is_set():
            try:
                pdf = self.there.call("POST", self.path, self.token, {"purpose": "prove"})
                self.looks += pdf.startswith(b"%PDF")
            except (OSError, http.client.HTTPException, AssertionError) as error:
                self.wrong.append(f"{type(error).__name__}: {error}"[:200])

    def wait(self, more: int) -> None:
        """Until they have looked some more times."""
        wanted, pause = self.looks + more, threading.Event()
        while self.looks < wanted and not self.wrong:
            pause.wait(0.02)


@pytest.fixture
def there(installed: Installed, tmp_path: Path) -> Iterator[Portals]:
    """One portal behind the socket."""
    with portals(installed.home, tmp_path) as made:
        made.next()
        yield made


def test_portals_follow_each_other_and_no_look_is_refused(
    installed: Installed, there: Portals
) -> None:
    case = case_of(installed, papers(installed, BUSINESS)[0])
    line = line_of(installed, case, BUSINESS)
    who = {"name": "clerk", "password": DEMO_PASSWORD}
    token = json.loads(there.call("POST", "/session", body=who))["token"]
    path = f"/cases/{quote(case)}/materials/{quote(line.material_id)}/fetch"
    clerks = Clerks(there, path, token)
    for one in clerks.threads:
        one.start()
    try:
        clerks.wait(4)
        for _ in range(ROUNDS):
            there.next()
            there.end_oldest()
            clerks.wait(4)
    finally:
        clerks.done.set()
        for one in clerks.threads:
            one.join()
    assert clerks.wrong == []
    assert clerks.looks >= 4 * (ROUNDS + 1)
