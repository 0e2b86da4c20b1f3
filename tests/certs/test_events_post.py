"""One POST: by TLS under its own name, bounded, and never where nobody approved."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from certs.events import post as posting
from certs.events.post import check_address, post, resolve
from kernel.errors import BadInput

HERE = ["127.0.0.1"]
Serve = Callable[[socket.socket], None]


@contextmanager
def serving(serve: Serve, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server of one call at a time; its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def answer(conn: socket.socket) -> None:
        with conn if context is None else context.wrap_socket(conn, server_side=True) as one:
            got = b""
            while not got.endswith(b"{}"):  # what is left unread would reset the connection
                got += (part := one.recv(65536))
                if not part:
                    return
            serve(one)

    def work() -> None:
        while not ended.is_set():
            try:
                answer(listener.accept()[0])
            except OSError:  # the caller cut it, or the listener ended
                continue

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        ended.set()
        socket.create_connection(listener.getsockname()).close()  # wakes who waits for a call
        thread.join()
        listener.close()


def taken(conn: socket.socket) -> None:
    conn.sendall(b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n")


@pytest.fixture
def context(tmp_path: Path) -> ssl.SSLContext:
    """A server's TLS for the name localhost, signed by itself; in `tmp_path/ca.pem`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (tmp_path / "ca.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (tmp_path / "key.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(tmp_path / "ca.pem", tmp_path / "key.pem")
    return server


def test_tls_goes_to_who_proves_the_name(
    context: ssl.SSLContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "resolve", lambda _: HERE)
    with serving(taken, context) as port:
        url = f"https://localhost:{port}/x"
        assert post(url, HERE, {}, b"{}").reason == "tls"  # nobody here knows its authority
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        assert post(url, HERE, {}, b"{}").outcome == "taken"
        assert post(f"https://127.0.0.1:{port}/x", HERE, {}, b"{}").reason == "tls"


def test_an_answer_that_trickles_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "WHOLE", 0.3)
    gone = threading.Event()

    def trickle(conn: socket.socket) -> None:
        conn.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        try:
            while True:  # one header that never ends: a hundred of them would be refused
                conn.sendall(b"y")
                gone.wait(0.05)
        finally:
            gone.set()

    with serving(trickle) as port:
        assert post(f"http://127.0.0.1:{port}/", HERE, {}, b"{}").reason == "too_slow"
        assert gone.wait(10)


def test_an_answer_without_an_end_is_not_read_to_it() -> None:
    def endless(conn: socket.socket) -> None:
        conn.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while True:
            conn.sendall(bytes(65536))

    with serving(endless) as port:
        assert post(f"http://127.0.0.1:{port}/", HERE, {}, b"{}").outcome == "taken"


def test_what_is_no_http_is_nobody() -> None:
    with serving(lambda conn: conn.sendall(b"SSH-2.0-x\r\n")) as port:
        assert post(f"http://127.0.0.1:{port}/", HERE, {}, b"{}").reason == "connection"
    assert post(f"http://127.0.0.1:{port}/", HERE, {}, b"{}").reason == "connection"


def test_a_name_that_nobody_has_is_nobody() -> None:
    assert resolve("http://nobody.invalid/") == []
    assert post("http://nobody.invalid/", HERE, {}, b"{}").reason == "name_unknown"


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("0.0.0.0", "https"),  # noqa: S104 - an address that must be refused
        ("224.0.0.1", "https"),
        ("169.254.169.254", "http"),
        ("fe80::1", "https"),
        ("::", "https"),
        ("8.8.8.8", "http"),
        ("example.com", "https"),
        ("127.0.0.1/8", "http"),
        ("", "http"),
    ],
)
def test_such_an_address_is_never_approved(text: str, scheme: str) -> None:
    with pytest.raises(BadInput):
        check_address(text, scheme)


def test_loopback_and_private_addresses_are_approved_like_any() -> None:
    for text, scheme in (
        ("127.0.0.1", "http"), ("::1", "http"), ("10.1.2.3", "http"), ("8.8.8.8", "https"),
    ):  # fmt: skip
        assert check_address(text, scheme) == text
