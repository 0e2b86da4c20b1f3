"""`zhongtai reader`: a small server on a clerk's machine that hands a card's number to the page.

It answers on loopback only, to the portal's pages only, and only who has the token. A folder stands
for the device: the file `card.json` in it ({"number", "name"}) is the card that lies on it.
"""

from __future__ import annotations

import hmac
import json
import re
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated, Final

import typer

from kernel.errors import BadInput

HOST: Final = "127.0.0.1"
HEADER: Final = "X-Reader-Token"
ORIGIN: Final = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?")
SHORTEST: Final = 16  # characters of a token
#: What may go wrong, and the status that says so.
ERRORS: Final = {"refused": 403, "no_card": 404, "no_reader": 503}


@dataclass(frozen=True)
class Desk:
    """Whose pages may ask, with which token, and what stands for the device."""

    portal: str
    token: str
    device: Path

    def read(self) -> tuple[int, dict[str, str]]:
        """The card on the device: its number and name, or what is wrong."""
        if not self.device.is_dir():
            return ERRORS["no_reader"], {"error": "no_reader"}
        try:
            card = json.loads((self.device / "card.json").read_text("utf-8"))
            return 200, {"number": str(card["number"]), "name": str(card["name"])}
        except (OSError, ValueError, KeyError, TypeError):
            return ERRORS["no_card"], {"error": "no_card"}


def make_server(desk: Desk, port: int) -> ThreadingHTTPServer:
    """The server, not yet running; port 0 takes a free one."""

    class Answers(BaseHTTPRequestHandler):
        """One request of the portal's page."""

        def do_OPTIONS(self) -> None:
            """The browser asks whether the page may ask."""
            allowed = self._from_portal()
            self._answer(204 if allowed else ERRORS["refused"], None)

        def do_POST(self) -> None:
            """Read the card."""
            said = self.headers.get(HEADER, "").encode()
            mine = self._from_portal() and hmac.compare_digest(said, desk.token.encode())
            if not mine or self.path != "/read":
                self._answer(ERRORS["refused"], {"error": "refused"})
                return
            self._answer(*desk.read())

        def _from_portal(self) -> bool:
            """Asked by a page of the portal's, at our own address and not at a name of others'."""
            here = f"{HOST}:{self.connection.getsockname()[1]}"
            return self.headers.get("Origin") == desk.portal and self.headers.get("Host") == here

        def _answer(self, status: int, body: dict[str, str] | None) -> None:
            sent = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("Access-Control-Allow-Origin", desk.portal)
            self.send_header("Access-Control-Allow-Headers", HEADER)
            self.send_header("Access-Control-Allow-Methods", "POST")
            self.send_header("Access-Control-Allow-Private-Network", "true")
            self.send_header("Vary", "Origin")
            self.send_header("Cache-Control", "no-store")
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing is written: neither who came nor when."""

    return ThreadingHTTPServer((HOST, port), Answers)


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("reader")(reader)


def reader(
    portal: Annotated[str, typer.Option(help="The portal's address, as the clerk opens it.")],
    token_file: Annotated[Path, typer.Option(help="A file that holds READER_TOKEN.")],
    simulate: Annotated[
        Path | None, typer.Option(help="A folder that stands for the device; see docs/reader.md.")
    ] = None,
    port: Annotated[int, typer.Option(min=1024, max=65535, help="Of loopback.")] = 8765,
) -> None:
    """Hand the card on this machine's reader to the portal's page. Runs until it is ended."""
    desk = _desk(portal, token_file, simulate)
    try:
        server = make_server(desk, port)
    except OSError as error:
        raise BadInput(f"port {port} of {HOST} cannot be used: {error.strerror}") from None
    with server:
        typer.echo(f"reading cards for {portal} at http://{HOST}:{port}/read; Ctrl-C ends it")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            typer.echo("ended")


def _desk(portal: str, token_file: Path, simulate: Path | None) -> Desk:
    if not ORIGIN.fullmatch(portal):
        raise BadInput("--portal is an address without a path, like https://zt.example.gov.cn")
    try:
        token = token_file.read_text("utf-8").strip()
    except OSError:
        raise BadInput(f"{token_file} cannot be read: it holds the reader's token") from None
    if len(token) < SHORTEST:
        raise BadInput(f"{token_file} holds no token: {SHORTEST} characters at least")
    if simulate is None:
        raise BadInput(
            "no device is known here: run the vendor's bridge, which docs/reader.md describes, "
            "or name a folder that stands for one with --simulate"
        )
    return Desk(portal, token, simulate)
