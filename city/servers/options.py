"""How the city was started."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from city.servers.errors import ServeError
from city.servers.ports import LOOPBACK


@dataclass(frozen=True)
class ObjectStore:
    """An S3 server's address and account."""

    address: str
    id: str
    secret: str

    @classmethod
    def parse(cls, url: str) -> ObjectStore:
        """From `http://ID:SECRET@HOST:PORT`. Raises ServeError."""
        parts = urlsplit(url)
        if parts.scheme != "http" or not (parts.username and parts.password and parts.port):
            raise ServeError("--s3 must be http://ID:SECRET@HOST:PORT")
        address = f"{parts.hostname}:{parts.port}"
        return cls(address, unquote(parts.username), unquote(parts.password))


@dataclass(frozen=True)
class Options:
    """The arguments of `python -m city serve`; every address is on `host`."""

    home: Path
    seed: int
    people: int
    port: int
    sftp_port: int
    mysql_port: int
    postgres: str
    s3: ObjectStore
    secrets: Path
    portal: str = ""  # where the platform's pages are; empty: the city's faces lead nowhere
    host: str = LOOPBACK

    @property
    def base(self) -> str:
        """The address of the HTTP server."""
        return f"http://{self.host}:{self.port}"
