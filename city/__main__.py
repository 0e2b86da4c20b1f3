"""`python -m city serve …`: the sandbox city on loopback."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from city.servers.errors import ServeError
from city.servers.options import ObjectStore, Options
from city.servers.serve import run
from city.world import CityError


def parse(arguments: list[str]) -> Options:
    """The options. Raises ServeError, SystemExit with argparse's message."""
    parser = argparse.ArgumentParser(prog="python -m city", description=__doc__)
    serve = parser.add_subparsers(dest="command", required=True).add_parser(
        "serve", help="serve the 47 systems until SIGTERM"
    )
    serve.add_argument("--home", type=Path, required=True, help="folder that the city lives in")
    serve.add_argument("--seed", type=int, default=360700, help="the same seed, the same city")
    serve.add_argument("--people", type=int, default=2000, help="how many people live there")
    serve.add_argument("--port", type=int, required=True, help="HTTP: REST, SOAP, truth")
    serve.add_argument("--sftp-port", type=int, required=True)
    serve.add_argument("--mysql-port", type=int, required=True)
    serve.add_argument(
        "--postgres",
        default=os.environ.get("CITY_POSTGRES"),
        help="owner's URL of a cluster of the city's own; better in CITY_POSTGRES, unseen by ps",
    )
    serve.add_argument(
        "--s3",
        default=os.environ.get("CITY_S3"),
        help="http://ID:SECRET@127.0.0.1:PORT; better in CITY_S3",
    )
    serve.add_argument("--secrets", type=Path, required=True, help="where to write the accounts")
    serve.add_argument(
        "--portal", default="", help="where the platform's pages are: http://127.0.0.1:8600"
    )
    given = parser.parse_args(arguments)
    for name in ("postgres", "s3"):
        if not getattr(given, name):
            raise ServeError(f"--{name} or CITY_{name.upper()} must name the city's own server")
    return Options(
        home=given.home.resolve(),
        seed=given.seed,
        people=given.people,
        port=given.port,
        sftp_port=given.sftp_port,
        mysql_port=given.mysql_port,
        postgres=given.postgres,
        s3=ObjectStore.parse(given.s3),
        secrets=given.secrets.resolve(),
        portal=given.portal.rstrip("/"),
    )


def main(arguments: list[str]) -> int:
    """Serve; a sentence on stderr and 1 when it cannot."""
    try:
        run(parse(arguments))
    except (ServeError, CityError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
