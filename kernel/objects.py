"""The object store: S3 through the minio client. Names never contain personal data."""

from __future__ import annotations

import io
from collections.abc import Iterator

from minio import Minio
from minio.error import S3Error
from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from kernel.errors import RetryLater, Stop


class Objects:
    """One bucket. Whole objects in, whole objects out."""

    def __init__(self, endpoint: str, bucket: str, access: str, secret: str, secure: bool) -> None:
        pool = PoolManager(
            timeout=Timeout(connect=3, read=30), retries=Retry(total=2, backoff_factor=0.2)
        )
        self.bucket = bucket
        self.client = Minio(
            endpoint, access_key=access, secret_key=secret, secure=secure, http_client=pool
        )

    def make_bucket(self) -> None:
        """Make the bucket unless it is there."""
        if not self.client.bucket_exists(self.bucket):
            self.client.make_bucket(self.bucket)

    def put(self, name: str, data: bytes) -> None:
        """Write an object, replacing it whole. Raises RetryLater when the store is away."""
        try:
            self.client.put_object(self.bucket, name, io.BytesIO(data), len(data))
        except (S3Error, HTTPError) as error:
            raise _away("take", name, error) from error

    def put_once(self, name: str, data: bytes) -> None:
        """Write an object that is never replaced; the same content again changes nothing.

        Raises Stop when another content stands there, RetryLater when the store is away.
        """
        try:
            self.client.stat_object(self.bucket, name)
        except (S3Error, HTTPError) as error:
            if not isinstance(error, S3Error) or error.code != "NoSuchKey":
                raise _away("take", name, error) from error
            self.put(name, data)
            return
        if self.get(name) != data:
            raise Stop(f"the object {name} holds another content: somebody changed it")

    def get(self, name: str) -> bytes:
        """Read an object. Raises Stop when it is gone, RetryLater when the store is away."""
        try:
            answer = self.client.get_object(self.bucket, name)
        except S3Error as error:
            if error.code == "NoSuchKey":
                raise Stop(f"the object {name} is gone from the store") from error
            raise _away("give", name, error) from error
        except HTTPError as error:
            raise _away("give", name, error) from error
        try:
            return bytes(answer.read())
        finally:
            answer.close()
            answer.release_conn()

    def remove(self, name: str) -> None:
        """Remove an object; nothing when there is none. Raises RetryLater."""
        try:
            self.client.remove_object(self.bucket, name)
        except (S3Error, HTTPError) as error:
            raise _away("remove", name, error) from error

    def names(self, prefix: str) -> Iterator[str]:
        """Names of all objects under a prefix."""
        for item in self.client.list_objects(self.bucket, prefix=prefix, recursive=True):
            if item.object_name:
                yield item.object_name


def _away(verb: str, name: str, error: Exception) -> RetryLater:
    return RetryLater(f"the object store did not {verb} {name}: {_why(error)}", reason="store")


def _why(error: Exception) -> str:
    return error.code or "refused" if isinstance(error, S3Error) else type(error).__name__
