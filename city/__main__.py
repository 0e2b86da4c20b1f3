"""`python -m city serve …`: the sandbox city, on loopback unless told otherwise."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from city.servers.errors import ServeError
from city.servers.options import ObjectStore, Options
from city.servers.ports import LOOPBACK
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
    serve.add_argument("--host", default=LOOPBACK, help="an address or name of this machine")
    serve.add_argument("--port", type=int, required=True, help="HTTP: REST, SOAP, truth")
    serve.add_argument("--sftp-port", type=int, required=True)
    serve.add_argument("--mysql-port", type=int, required=True)
    serve.add_argument(
        "--postgres-file",
        type=Path,
        required=True,
        help="file that holds the owner's URL of a cluster of the city's own",
    )
    serve.add_argument(
        "--s3-file", type=Path, required=True, help="file with http://ID:SECRET@127.0.0.1:PORT"
    )
    serve.add_argument("--secrets", type=Path, required=True, help="where to write the accounts")
    serve.add_argument(
        "--portal", default="", help="where the platform's pages are: http://127.0.0.1:8600"
    )
    given = parser.parse_args(arguments)
    return Options(
        home=given.home.resolve(),
        seed=given.seed,
        people=given.people,
        host=given.host,
        port=given.port,
        sftp_port=given.sftp_port,
        mysql_port=given.mysql_port,
        postgres=_address(given.postgres_file),
        s3=ObjectStore.parse(_address(given.s3_file)),
        secrets=given.secrets.resolve(),
        portal=given.portal.rstrip("/"),
    )


def _address(file: Path) -> str:
    try:
        return file.read_text("utf-8").strip()
    except OSError as error:
        raise ServeError(f"{file} cannot be read: {error.strerror}") from None


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
