"""A message by mail: plain text, UTF-8, over SMTP with or without TLS."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final
from urllib.parse import unquote, urlsplit

from kernel.clock import CITY_TIME
from kernel.errors import BadInput
from pipeline.ops.messages import Message

SECONDS: Final = 10.0
PORTS: Final = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True)
class Server:
    """Where mail is handed in. No user: no sign-in."""

    host: str
    port: int
    tls: bool
    starttls: bool
    user: str
    password: str


def server_of(address: str, starttls: bool) -> Server:
    """Of `smtp://user:password@host:port`. Raises BadInput: its text never repeats it."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    odd = parts.path or parts.query or not unquote(address).isascii()
    if parts.scheme not in PORTS or not parts.hostname or odd:
        raise BadInput(
            "a mail server's address is smtp:// or smtps://, user:password@, host:port, in ASCII"
        )
    return Server(
        parts.hostname,
        port or PORTS[parts.scheme],
        parts.scheme == "smtps",
        starttls,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )


def mail(said: Message, sender: str, to: Sequence[str]) -> EmailMessage:
    """The mail. Its Message-ID is the same each time that it is sent."""
    made = EmailMessage()
    made["Subject"], made["From"], made["To"] = said.title, sender, ", ".join(to)
    made["Date"] = format_datetime(said.at.astimezone(CITY_TIME))
    made["Message-ID"] = f"<{said.id}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content("\n".join(said.lines) + "\n", charset="utf-8")
    return made


def send(server: Server, made: EmailMessage) -> str | None:
    """Hand it in once. None: taken; else why not, a code. Never raises for what the server does."""
    secure = ssl.create_default_context()
    try:
        with _connected(server, secure) as smtp:
            if server.starttls:
                smtp.starttls(context=secure)
            if server.user:
                smtp.login(server.user, server.password)
            refused = smtp.send_message(made)
    except smtplib.SMTPRecipientsRefused:
        return "recipients_refused"
    except smtplib.SMTPResponseException as error:
        return f"smtp_{error.smtp_code}"
    except smtplib.SMTPException as error:
        return "connection" if isinstance(error, smtplib.SMTPServerDisconnected) else "smtp"
    except OSError as error:
        return "tls" if isinstance(error, ssl.SSLError) else "connection"
    return "some_recipients_refused" if refused else None


def _connected(server: Server, secure: ssl.SSLContext) -> smtplib.SMTP:
    if server.tls:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=secure)
    return smtplib.SMTP(server.host, server.port, timeout=SECONDS)
