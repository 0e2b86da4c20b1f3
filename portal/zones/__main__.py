"""`python -m portal.zones outer|inner`: one of the two sides, until SIGTERM."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from kernel.errors import BadInput, ZhongtaiError
from kernel.secrets import Secrets
from portal.serve import Tls, make_server
from portal.zones.drop import Drop
from portal.zones.inner import Inner
from portal.zones.message import key_of
from portal.zones.outer import Outer, make_app

MEGABYTE = 1 << 20
AGE = 300.0  # seconds that a message may lie in a folder


def main(arguments: list[str]) -> int:
    """Serve one side."""
    parser = argparse.ArgumentParser(prog="python -m portal.zones", description=__doc__)
    sides = parser.add_subparsers(dest="side", required=True)
    outer = sides.add_parser("outer", help="the public pages, on the internet's side")
    inner = sides.add_parser("inner", help="what asks the portal for them")
    for side in (outer, inner):
        side.add_argument("--asks", type=Path, required=True, help="the folder of asks")
        side.add_argument("--answers", type=Path, required=True, help="the folder of answers")
        side.add_argument("--home", type=Path, required=True, help="its secrets/ has ZONE_KEY")
        side.add_argument("--largest", type=int, default=2 * MEGABYTE, help="bytes of a message")
        side.add_argument("--most", type=int, default=64, help="messages at a time")
    outer.add_argument("--host", default="127.0.0.1")
    outer.add_argument("--port", type=int, default=8680)
    outer.add_argument("--wait", type=float, default=45, help="seconds for an answer")
    outer.add_argument("--again", type=float, default=5, help="seconds until an ask is sent anew")
    outer.add_argument("--certificate", type=Path)
    outer.add_argument("--key", type=Path)
    inner.add_argument("--portal", default="http://127.0.0.1:8600", help="the portal, from here")
    given = parser.parse_args(arguments)
    for folder in (given.asks, given.answers):
        if not folder.is_dir():
            raise BadInput(f"{folder} is no folder: the exchange's two folders must be there")
    key = key_of(Secrets(given.home).get("ZONE_KEY"))
    asks, answers = (
        Drop(one, given.largest, given.most, AGE) for one in (given.asks, given.answers)
    )
    return (
        _outer(key, asks, answers, given)
        if given.side == "outer"
        else _inner(key, asks, answers, given)
    )


def _outer(key: bytes, asks: Drop, answers: Drop, given: Any) -> int:
    if (given.certificate is None) != (given.key is None):
        raise BadInput("--certificate and --key go together")
    tls = Tls(given.certificate, given.key) if given.certificate else None
    app = make_app(Outer(key, asks, answers, given.wait, given.again), secure=tls is not None)
    make_server(app, given.host, given.port, tls).run()
    return 0


def _inner(key: bytes, asks: Drop, answers: Drop, given: Any) -> int:
    kept = given.home / "zones"
    kept.mkdir(mode=0o700, exist_ok=True)
    ended = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: ended.set())
    logging.basicConfig(level=logging.WARNING)
    Inner(key, asks, answers, kept, given.portal.rstrip("/")).run(ended)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ZhongtaiError as error:
        print(f"portal.zones: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(error.exit_code)
