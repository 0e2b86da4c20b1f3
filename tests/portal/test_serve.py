"""The real server: what it logs, how it answers a bug."""

from __future__ import annotations

import inspect
import socket
import threading
import time
from http import HTTPStatus

import httpx
import pytest

from portal.app import create_app
from portal.port import LedgerStatus
from portal.serve import Server, make_server
from portal.shield import OTHERS, body_limit
from tests.portal.fake import PERSON, FakePlatform
from tests.portal.serving import KEY, serving
from tests.portal.visits import signed_in


class Buggy(FakePlatform):
    """A platform whose error holds a number."""

    def ledger_status(self) -> LedgerStatus:
        raise ValueError(f"cannot read {PERSON}")


def test_a_bugs_traceback_is_logged_without_its_message(capfd: pytest.CaptureFixture[str]) -> None:
    with serving(Buggy()) as url:
        assert httpx.get(f"{url}/health?{PERSON}").status_code == 500
    logged = capfd.readouterr().err
    assert "ValueError" in logged
    assert "ledger_status" in logged
    assert PERSON not in logged


def test_the_server_names_no_software() -> None:
    with serving(FakePlatform()) as url:
        assert "server" not in httpx.get(f"{url}/login").headers


def _until_unheard(server: Server) -> None:
    """Until the server has let in one who has said nothing."""
    end = time.monotonic() + 20
    while not server.server_state.connections:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_who_was_let_in_before_the_end_began_is_answered() -> None:
    """The request comes when the door is closed already: a replaced portal refuses nobody."""
    door = socket.create_server(("127.0.0.1", 0))
    where = door.getsockname()
    server = make_server(create_app(FakePlatform(), KEY), "127.0.0.1", 0)
    server.late_seconds = 60.0
    thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
    thread.start()
    with socket.create_connection(where, timeout=20) as early:
        _until_unheard(server)
        server.should_exit = True
        while door.fileno() >= 0:
            time.sleep(0.01)
        early.sendall(b"GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        assert early.recv(64).startswith(f"HTTP/1.1 {HTTPStatus.OK.value}".encode())
    thread.join(20)
    assert not thread.is_alive()


def test_each_route_that_takes_a_file_takes_more_than_a_form() -> None:
    routes = create_app(FakePlatform(), KEY).routes
    taking = {
        str(getattr(one, "path", ""))
        for one in routes
        if "UploadFile" in str(inspect.signature(getattr(one, "endpoint", len)))
    }
    assert "/api/v1/cases/{number}/scans" in taking
    assert [path for path in sorted(taking) if body_limit(path) <= OTHERS] == []
    assert body_limit("/api/v1/cases/C1/plan") == OTHERS


def test_a_scan_as_a_scanner_makes_it_is_taken() -> None:
    visitor = signed_in("clerk")
    head = {"X-Form-Token": visitor.token("/clerk")}
    pdf = b"%PDF" + bytes(3 << 20)
    sent = {"data": {"licence_type": "营业执照"}, "files": {"file": ("a.pdf", pdf)}}
    answer = visitor.client.post("/api/v1/cases/C1/scans", headers=head, **sent)
    assert answer.json() == {"id": "s1"}
    assert visitor.platform.calls[-1][4] == pdf
