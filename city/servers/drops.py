"""File systems: a full file at first, then a file whenever the world changed.

Names rise strictly, within a second too. A file appears whole, and its `.done` or `.sha256` after
it. `mode: full` streams drop the whole each time; the others drop what changed.
"""

from __future__ import annotations

import hashlib
import io
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from minio import Minio
from minio.deleteobjects import DeleteObject
from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from city.servers.clock import Clock
from city.servers.errors import ServeError
from city.servers.formats import FORMATS
from city.servers.options import ObjectStore
from city.servers.state import State
from city.world import World

CHUNK = 5000
KEPT_FULL = 5
STAMP = "%Y%m%d%H%M%S"
BUCKET = "city-drops"


class Place(Protocol):
    """Where a system's files lie."""

    def put(self, name: str, data: bytes) -> None:
        """The file appears under its name, whole."""

    def names(self) -> list[str]:
        """What lies there, in order."""

    def remove(self, names: list[str]) -> None:
        """Take files away."""


class Folder:
    """A folder on disk."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder

    def put(self, name: str, data: bytes) -> None:
        """Written beside, then renamed."""
        draft = self._folder / f".{name}.part"
        draft.write_bytes(data)
        draft.replace(self._folder / name)

    def names(self) -> list[str]:
        """Visible files."""
        return sorted(one.name for one in self._folder.iterdir() if not one.name.startswith("."))

    def remove(self, names: list[str]) -> None:
        """Unlink."""
        for name in names:
            (self._folder / name).unlink(missing_ok=True)


class Bucket:
    """A prefix in a bucket of a real S3 server; an object appears whole by itself."""

    def __init__(self, store: ObjectStore, code: str) -> None:
        pool = PoolManager(
            timeout=Timeout(connect=2, read=10), retries=Retry(2, backoff_factor=0.2)
        )
        self._client = Minio(
            store.address,
            access_key=store.id,
            secret_key=store.secret,
            secure=False,
            http_client=pool,
        )
        self._code = code
        try:
            if not self._client.bucket_exists(BUCKET):
                self._client.make_bucket(BUCKET)
        except (HTTPError, OSError):
            raise ServeError("the object store of --s3 does not answer") from None

    def put(self, name: str, data: bytes) -> None:
        """One object."""
        self._client.put_object(BUCKET, f"{self._code}/{name}", io.BytesIO(data), len(data))

    def names(self) -> list[str]:
        """Objects under the prefix."""
        prefix = f"{self._code}/"
        found = self._client.list_objects(BUCKET, prefix=prefix)
        return sorted((one.object_name or "").removeprefix(prefix) for one in found)

    def remove(self, names: list[str]) -> None:
        """Delete objects."""
        gone = [DeleteObject(f"{self._code}/{name}") for name in names]
        for _ in self._client.remove_objects(BUCKET, gone):
            pass  # told one by one; an object that stays is harmless


class Drop:
    """One stream's files."""

    def __init__(
        self, world: World, code: str, stream: str, place: Place, state: State, clock: Clock
    ) -> None:
        self.world, self.code, self.stream = world, code, stream
        self.place, self.state, self._clock = place, state, clock
        system: dict[str, Any] = world.wire[code]
        shape: dict[str, Any] = system["streams"][stream]
        self.encoding: str | None = system["encoding"]
        self._checksum: bool = system["complete"] == "checksum"
        self._extension, self.write = FORMATS[system["format"]]
        self._kind: str = shape["path"]
        self._incremental: bool = shape["mode"] == "incremental"
        self.later = "inc" if self._incremental else "full"
        self.op: str | None = shape.get("deleted_column")
        self.columns = [*shape["columns"].values(), *shape.get("details", {}).values()]
        if self.op:
            self.columns.append(self.op)
        self.prefix = f"drop/{code}/{stream}/"

    def refresh(self) -> None:
        """Drop a file when there is something that no file says yet."""
        if not self._incremental:
            self._full_again()
        elif not self.state.get(self.prefix + "seq"):
            self._clear()
            seq = self._last(0)
            rows = self.world.rows(self.code, self.stream)
            self._put("full", [{**row, self.op or "": "I"} for row in rows], {"seq": str(seq)})
        else:
            self._changed()

    def _last(self, after: int) -> int:
        while found := self.world.changes(self.code, self.stream, after, CHUNK):
            after = found[-1][0]
        return after

    def _changed(self) -> None:
        after, rows = int(self.state.get(self.prefix + "seq")), []
        while found := self.world.changes(self.code, self.stream, after, CHUNK):
            after = found[-1][0]
            rows += [{**row, self.op or "": op} for _, op, row in found]
        if rows:
            self._put("inc", rows, {"seq": str(after)})

    def _full_again(self) -> None:
        rows = self.world.rows(self.code, self.stream)
        digest = hashlib.sha256(json.dumps(rows).encode()).hexdigest()
        if digest == self.state.get(self.prefix + "digest"):
            return
        if not self.state.get(self.prefix + "digest"):
            self._clear()
        self._put("full", rows, {"digest": digest})
        mine = [name for name in self.place.names() if name.startswith(f"{self._kind}_full_")]
        stamps = sorted({name.split(".")[0] for name in mine})[:-KEPT_FULL]
        self.place.remove([name for name in mine if name.split(".")[0] in stamps])

    def _clear(self) -> None:
        """Take away what another city left here."""
        self.place.remove([one for one in self.place.names() if one.startswith(f"{self._kind}_")])

    def _put(self, way: str, rows: list[dict[str, str | None]], note: dict[str, str]) -> None:
        name = self.named(way, self.next_stamp())
        data = self.write(self.columns, rows, self.encoding)
        self.place.put(name, data)
        self.sign(name, data)
        self.note(note)

    def named(self, way: str, stamp: str) -> str:
        """A file's name."""
        return f"{self._kind}_{way}_{stamp}.{self._extension}"

    def newest(self) -> str:
        """The newest full file that lies there."""
        ends = f".{self._extension}"
        found = [one for one in self.place.names() if one.startswith(f"{self._kind}_full_")]
        return [name for name in found if name.endswith(ends)][-1]

    def sign(self, name: str, data: bytes) -> None:
        """Say that the file of that name is whole when it holds `data`."""
        if self._checksum:
            line = f"{hashlib.sha256(data).hexdigest()}  {name}\n"
            self.place.put(f"{name}.sha256", line.encode())
        else:
            self.place.put(f"{name}.done", b"")

    def note(self, note: dict[str, str]) -> None:
        """Keep how far the drop has come."""
        self.state.put({self.prefix + key: value for key, value in note.items()})

    def next_stamp(self) -> str:
        """Now, or a second after the last; kept before it is used, so it never comes twice."""
        stamp = self._clock.now().strftime(STAMP)
        last = self.state.get(self.prefix + "stamp")
        if last and stamp <= last:
            after = datetime.strptime(last, STAMP) + timedelta(seconds=1)  # noqa: DTZ007
            stamp = after.strftime(STAMP)
        self.state.put({self.prefix + "stamp": stamp})
        return stamp
