"""An object store as a place with files: a bucket and a prefix, only read."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from minio import Minio
from minio.error import InvalidResponseError, S3Error
from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from connectors.retry import Busy
from connectors.stores import BLOCK, Look, bounded, few, gone
from kernel.errors import NotAuthorised, PersonMustAct

_NO_RIGHT = ("AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch")


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

    def looks(self, start: str = "") -> dict[str, Look]:
        """The objects right under the prefix; listed a thousand at a time."""
        found: dict[str, Look] = {}
        try:
            for one in self.client.list_objects(self.bucket, prefix=self.prefix + start):
                if not one.is_dir:
                    name = (one.object_name or "").removeprefix(self.prefix)
                    found[name] = _object(one.size, one.etag)
                    few(self.system, len(found))
        except (S3Error, InvalidResponseError, HTTPError) as error:
            raise self._named(error) from None
        return found

    def look(self, name: str) -> Look:
        """One object."""
        try:
            one = self.client.stat_object(self.bucket, self.prefix + name)
        except S3Error as error:
            if error.code in ("NoSuchKey", "NoSuchObject"):
                raise gone(self.system, name, error) from None
            raise self._named(error) from None
        except (InvalidResponseError, HTTPError) as error:
            raise self._named(error) from None
        return _object(one.size, one.etag)

    def blocks(self, name: str) -> Iterator[bytes]:
        """An object's bytes."""
        try:
            answer = self.client.get_object(self.bucket, self.prefix + name)
            try:
                bounded(self.system, name, int(answer.headers.get("Content-Length", 0)))
                yield from answer.stream(BLOCK)
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


def _object(size: int | None, etag: str | None) -> Look:
    return Look(size or 0, (etag or "").strip('"'))
