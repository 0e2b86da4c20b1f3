"""`python -m portal`: the portal of one installation, and the ledger's head signed every minute."""

from __future__ import annotations

import argparse
import gc
import socket
import sys
import threading
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from certs.rights.alarms import sweep
from kernel import logs
from kernel.crypto import derive
from kernel.errors import BadContract, BadInput, ZhongtaiError
from kernel.house import House
from kernel.settings import home_from_environment
from ledger.minute import every_minute
from pipeline.ops.telling import tell
from pipeline.platform import Platform
from pipeline.wiring import open_house
from portal.app import create_app
from portal.render import Portal
from portal.scraping import SECRET
from portal.serve import Tls, make_server, serve
from portal.warming import warm

WATCH_SECONDS = 300
TELL_SECONDS = 60


def watch(house: House, ended: threading.Event) -> None:
    """Look for alarms about looks now and every five minutes, until `ended`."""
    while True:
        try:
            sweep(house)
        except (ZhongtaiError, SQLAlchemyError) as error:
            logs.warning(f"the looks were not watched: {type(error).__name__}")
        if ended.wait(WATCH_SECONDS):
            return


def alert(house: House, ended: threading.Event) -> None:
    """See what is wrong and tell it, now and each minute, until `ended`."""
    while True:
        try:
            tell(house)
        except BadContract as error:
            logs.error(f"alarms are not told: {error}")
        except (ZhongtaiError, SQLAlchemyError) as error:
            logs.warning(f"alarms were not looked for: {type(error).__name__}")
        if ended.wait(TELL_SECONDS):
            return


def main(arguments: list[str]) -> int:
    """Serve until SIGTERM. Loopback unless told otherwise."""
    parser = argparse.ArgumentParser(prog="python -m portal", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8600)
    parser.add_argument(
        "--fd", type=int, help="a listening socket that was handed over, instead of host and port"
    )
    parser.add_argument("--certificate", type=Path, help="PEM; with --key: served over https")
    parser.add_argument("--key", type=Path)
    options = parser.parse_args(arguments)
    tls = _tls(options.certificate, options.key)
    house = open_house(home_from_environment(), "portal", program="portal")
    ended = threading.Event()
    signer = threading.Thread(target=every_minute, args=(house, ended), name="heads", daemon=True)
    signer.start()
    for name, work in (("watch", watch), ("alert", alert)):
        threading.Thread(target=work, args=(house, ended), name=name, daemon=True).start()
    secure = house.settings.portal_url.startswith("https:")
    key = derive(house.keys.master, "portal", "sessions")
    token = house.secrets.get(SECRET) if house.secrets.has(SECRET) else ""
    app = create_app(Platform(house), key, secure=secure, metrics_token=token)
    made: Portal = app.state.portal
    ready = (made.platform.visits, made.templates)
    threading.Thread(target=warm, args=ready, name="warm", daemon=True).start()
    gc.collect()
    gc.freeze()  # what was imported lives as long as the process: no pause looks through it
    server = make_server(app, options.host, options.port, tls)
    logs.take_over("uvicorn")
    logs.info("the portal begins to serve")
    try:
        serve(server, None if options.fd is None else socket.socket(fileno=options.fd))
    finally:
        logs.info("the portal ended")
        ended.set()
    return 0


def _tls(certificate: Path | None, key: Path | None) -> Tls | None:
    """Raises BadInput where one of the two is missing or not a file."""
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise BadInput("--certificate and --key go together")
    for file in (certificate, key):
        if not file.is_file():
            raise BadInput(f"{file} is no file")
    return Tls(certificate, key)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ZhongtaiError as error:
        print(f"portal: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(error.exit_code)
