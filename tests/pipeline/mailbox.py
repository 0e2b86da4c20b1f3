"""A small SMTP server on loopback: it takes mail, asks for a password, speaks TLS when told."""

from __future__ import annotations

import base64
import datetime
import ipaddress
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Mailbox:
    """What came, and how the server behaves. `tls`: from the start, after STARTTLS, or never."""

    port: int = 0
    password: str = ""
    answer: str = "250 taken"  # after the mail's text
    unknown: frozenset[str] = frozenset()  # recipients that are refused
    tls: str = "never"  # never | start | starttls
    mails: list[EmailMessage] = field(default_factory=list)
    boxes: list[list[str]] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)


class Talk(socketserver.StreamRequestHandler):
    """One connection."""

    box: Mailbox
    context: ssl.SSLContext | None

    def handle(self) -> None:
        """Until QUIT."""
        self.secure, self.to = False, list[str]()
        if self.box.tls == "start":
            self._wrap()
        self._say("220 here")
        while line := self.rfile.readline():
            word, _, rest = line.decode().strip().partition(" ")
            if self._one(word.upper(), rest):
                return

    def _one(self, word: str, rest: str) -> bool:
        if word == "EHLO":
            offers = ["250-here", *(["250-STARTTLS"] if self._may_start() else [])]
            self._say(*offers, "250 AUTH PLAIN")
        elif word == "STARTTLS":
            self._say("220 go on")
            self._wrap()
        elif word == "AUTH":
            said = base64.b64decode(rest.partition(" ")[2]).split(b"\0")
            fine = said[1:] == [b"duty@zt", self.box.password.encode()]
            self._say("235 fine" if fine else "535 wrong")
        elif word == "RCPT":
            who = rest.partition("<")[2].rstrip(">")
            self.to.append(who)
            self._say("550 nobody" if who in self.box.unknown else "250 fine")
        elif word == "DATA":
            self._say("354 go on")
            self._mail()
        elif word == "QUIT":
            self._say("221 bye")
            return True
        else:
            self._say("250 fine")
        return False

    def _may_start(self) -> bool:
        return self.box.tls == "starttls" and not self.secure

    def _mail(self) -> None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        made = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(made, EmailMessage)
        if self.box.answer.startswith("250"):
            self.box.mails.append(made)
            self.box.boxes.append(self.to)
            self.box.secured.append(self.secure)
        self._say(self.box.answer)

    def _wrap(self) -> None:
        assert self.context is not None
        self.connection = self.context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")
        self.secure = True

    def finish(self) -> None:
        """Say the last and let go of the connection, wrapped or not."""
        super().finish()
        self.connection.close()

    def _say(self, *lines: str) -> None:
        self.wfile.write(("\r\n".join(lines) + "\r\n").encode())
        self.wfile.flush()


class Server(socketserver.ThreadingTCPServer):
    """Quiet where a client leaves in the middle."""

    allow_reuse_address = True
    daemon_threads = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that refuses our certificate is part of a test."""


@contextmanager
def mailbox(box: Mailbox, certificate: Path | None = None) -> Iterator[Mailbox]:
    """Serve until the block ends. `certificate`: a PEM of key and certificate."""
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    talk = type("Talk", (Talk,), {"box": box, "context": context})
    with Server(("127.0.0.1", 0), talk) as server:
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()


def own_certificate(file: Path) -> Path:
    """A certificate of 127.0.0.1 that nobody knows, with its key, as one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    pem = serialization.Encoding.PEM
    file.write_bytes(key.private_bytes(pem, form, plain) + made.public_bytes(pem))
    return file
