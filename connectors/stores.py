"""Where files are dropped: an SFTP server, a folder, an object store. All only read."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from minio import Minio
from minio.error import InvalidResponseError, S3Error
from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from connectors.retry import Busy
from kernel.errors import NotAuthorised, PersonMustAct
from kernel.secrets import Secrets
from registry.contract import FilesTransport, S3Auth, SshKeyAuth

#: A file is read whole; a larger one is refused.
MOST_BYTES = 512 * 1024 * 1024
_NO_RIGHT = ("AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch")


class Store(Protocol):
    """A place with files."""

    def names(self) -> list[str]:
        """Names of all files in it, without folders."""

    def read(self, name: str) -> bytes:
        """A file's bytes. Raises Busy when it is gone, PersonMustAct when it is too large."""

    def close(self) -> None:
        """End connections."""


def open_store(system: str, transport: FilesTransport, secrets: Secrets) -> Store:
    """The store that a YAML names; connects at first use."""
    address, auth = secrets.get(transport.address), transport.auth
    match transport.store, auth:
        case "sftp", SshKeyAuth():
            from connectors.sftp import SftpStore

            keys = secrets.get(auth.key), secrets.get(auth.host_key)
            return SftpStore(system, address, secrets.get(auth.user), *keys)
        case "s3", S3Auth():
            return S3Store(system, address, secrets.get(auth.id), secrets.get(auth.secret))
        case "folder", None:
            return FolderStore(system, Path(address))
    raise PersonMustAct(
        f"{system}.yml: a store {transport.store} is not signed in to in that way: change auth",
        system=system,
    )


class FolderStore:
    """A folder of this machine (a mounted share)."""

    def __init__(self, system: str, folder: Path) -> None:
        self.system, self.folder = system, folder

    def names(self) -> list[str]:
        """Names of its files."""
        try:
            return sorted(one.name for one in self.folder.iterdir() if one.is_file())
        except PermissionError:
            raise NotAuthorised(
                f"the folder of {self.system} may not be read: check its owner and mode",
                system=self.system,
            ) from None
        except OSError as error:
            raise Busy(
                f"the folder of {self.system} is not there ({type(error).__name__}): "
                "mount it or mend its address",
                system=self.system,
            ) from None

    def read(self, name: str) -> bytes:
        """A file's bytes."""
        try:
            file = self.folder / name
            bounded(self.system, name, file.stat().st_size)
            return file.read_bytes()
        except OSError as error:
            raise gone(self.system, name, error) from None

    def close(self) -> None:
        """Nothing to end."""


class S3Store:
    """A bucket and a prefix: `http://host:port/<bucket>/<prefix>`."""

    def __init__(self, system: str, address: str, access: str, secret: str) -> None:
        parts = urlsplit(address)
        bucket, _, prefix = unquote(parts.path).strip("/").partition("/")
        if parts.scheme not in ("http", "https") or not bucket:
            raise PersonMustAct(
                f"the address of {system} is not http://host:port/bucket/prefix: mend its secret",
                system=system,
            )
        self.system, self.bucket, self.prefix = system, bucket, f"{prefix}/" if prefix else ""
        self.pool = PoolManager(
            timeout=Timeout(connect=5, read=30), retries=Retry(total=3, backoff_factor=0.3)
        )
        self.client = Minio(
            parts.netloc,
            access_key=access,
            secret_key=secret,
            secure=parts.scheme == "https",
            region="us-east-1",
            http_client=self.pool,
        )

    def names(self) -> list[str]:
        """Names of the objects right under the prefix."""
        try:
            found = self.client.list_objects(self.bucket, prefix=self.prefix)
            names = [one.object_name or "" for one in found if not one.is_dir]
        except (S3Error, InvalidResponseError, HTTPError) as error:
            raise self._named(error) from None
        return sorted(name.removeprefix(self.prefix) for name in names)

    def read(self, name: str) -> bytes:
        """An object's bytes."""
        try:
            answer = self.client.get_object(self.bucket, self.prefix + name)
            try:
                bounded(self.system, name, int(answer.headers.get("Content-Length", 0)))
                return bytes(answer.read())
            finally:
                answer.close()
                answer.release_conn()
        except S3Error as error:
            if error.code == "NoSuchKey":
                raise gone(self.system, name, error) from None
            raise self._named(error) from None
        except (InvalidResponseError, HTTPError) as error:
            raise self._named(error) from None

    def close(self) -> None:
        """End connections."""
        self.pool.clear()

    def _named(self, error: Exception) -> NotAuthorised | Busy | PersonMustAct:
        code = error.code if isinstance(error, S3Error) else type(error).__name__
        if code in _NO_RIGHT:
            return NotAuthorised(
                f"the object store of {self.system} refuses our key ({code}): "
                "check its secrets and our grant",
                system=self.system,
            )
        if code == "NoSuchBucket":
            return PersonMustAct(
                f"the object store of {self.system} has no such bucket: mend its address",
                system=self.system,
            )
        return Busy(
            f"the object store of {self.system} cannot be read now ({code}): try again later",
            system=self.system,
        )


def bounded(system: str, name: str, size: int) -> None:
    """Raises PersonMustAct for a file that is too large to be read whole."""
    if size > MOST_BYTES:
        raise PersonMustAct(
            f"the file {name} of {system} is over {MOST_BYTES >> 20} MB: "
            "ask the source to divide it",
            system=system,
        )


def gone(system: str, name: str, error: Exception) -> Busy:
    """A file was listed and then could not be read."""
    return Busy(
        f"the file {name} of {system} could not be read ({type(error).__name__}): try again later",
        system=system,
    )
