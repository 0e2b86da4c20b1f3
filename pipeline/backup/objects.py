"""Copies of the object store's objects, each content once, and a list of what each pass found.

The platform writes an object first and the row that names it after. So a pass that *begins* after a
moment copies every object that the database names at that moment, unless it was replaced since; a
replaced one (`raw/` after an erasure or a rotation) leaves its older content here.

    objects/<first two of the digest>/<sha256>     the bytes, as the store has them: encrypted
    passes/<moment>.jsonl                          a line for each new or changed object, then `end`
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from minio.error import MinioException
from sqlalchemy import text
from urllib3.exceptions import HTTPError

from kernel.errors import PersonMustAct, RetryLater, Stop
from kernel.house import House
from kernel.objects import Objects

STAMP = "%Y%m%dT%H%M%S.%fZ"
TOGETHER = 8
BEAT = text("SELECT clock_timestamp() FROM pg_logical_emit_message(true, 'zhongtai backup', '')")


@dataclass(frozen=True)
class Version:
    """One content of an object. `modified`: when the store took it, in whole seconds (Unix)."""

    name: str
    etag: str
    modified: float
    sha256: str
    size: int


@dataclass(frozen=True)
class Pass:
    """One whole pass: when it began, how many objects the store had, how many were new; whether
    the database's log was followed meanwhile."""

    begun: datetime
    objects: int
    new: int
    followed: bool


def beat(house: House) -> datetime:
    """The database's time, written into its log by a commit: a restore to that moment or an
    earlier one finds in the log that it has come so far."""
    with house.engine.begin() as conn:
        at: datetime = conn.execute(BEAT).scalar_one()
    return at


def copy_objects(
    house: House, folder: Path, begun: datetime, followed: Callable[[], None] | None = None
) -> Pass:
    """Copy what is new in the store, after `begun`. Killed at any instruction and run again, it
    goes on. `followed`: waits until the database's log is kept beyond that moment.

    Raises RetryLater when the store is away, PersonMustAct when the folder takes nothing.
    """
    with alone(folder):
        known = {(one.name, one.etag, one.modified) for one in versions(folder)}
        listed = list(_listed(house.objects))
        new = [one for one in listed if one not in known]
        with ThreadPoolExecutor(TOGETHER) as pool:
            copied = list(pool.map(lambda one: _copy(house.objects, folder, *one), new))
        os.sync()  # the list must not outlive what it lists
        done = Pass(begun, len(listed), len(new), followed is not None)
        if followed is not None:
            followed()
        _write_pass(folder, done, [one for one in copied if one is not None])
        return done


def versions(folder: Path, until: datetime | None = None) -> Iterator[Version]:
    """Every content that whole passes found, oldest pass first; `until`: a pass's beginning."""
    for file in pass_files(folder):
        if until is not None and moment_of(file) > until:
            return
        *lines, _ = file.read_text("utf-8").splitlines()
        for line in lines:
            yield Version(**json.loads(line))


def passes(folder: Path) -> list[Pass]:
    """The whole passes, oldest first."""
    found = []
    for file in pass_files(folder):
        last = json.loads(file.read_text("utf-8").splitlines()[-1])
        found.append(Pass(moment_of(file), last["objects"], last["new"], last["followed"]))
    return found


def as_of(folder: Path, at: datetime) -> dict[str, Version]:
    """The content that each object had at a moment: the newest that the store had by then, else
    the first one known."""
    found: dict[str, Version] = {}
    for one in versions(folder):
        if one.name not in found or one.modified <= at.timestamp():
            found[one.name] = one
    return found


def content(folder: Path, one: Version) -> bytes:
    """The bytes of a content. Raises Stop when the copy is gone or was changed."""
    file = place(folder, one.sha256)
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        raise Stop(f"the backup {folder} lacks the content of {one.name}") from None
    if hashlib.sha256(data).hexdigest() != one.sha256:
        raise Stop(f"the backup's copy of {one.name} was changed: {file}")
    return data


def place(folder: Path, sha256: str) -> Path:
    """Where a content lies."""
    return folder / "objects" / sha256[:2] / sha256


def pass_files(folder: Path) -> list[Path]:
    """The lists of whole passes, oldest first."""
    return sorted((folder / "passes").glob("*.jsonl"))


def moment_of(file: Path) -> datetime:
    """When the pass of that list began."""
    return datetime.strptime(file.stem, STAMP).replace(tzinfo=UTC)


def write_file(file: Path, data: bytes) -> None:
    """A whole file (0600) or none."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.new-{os.getpid()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(data)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise PersonMustAct(f"the backup folder takes nothing: {file}: {error.strerror}") from error
    draft.rename(file)


def _listed(objects: Objects) -> Iterator[tuple[str, str, float]]:
    try:
        for one in objects.client.list_objects(objects.bucket, recursive=True):
            if one.object_name and one.last_modified is not None:
                yield one.object_name, str(one.etag), one.last_modified.timestamp()
    except (MinioException, HTTPError) as error:
        raise RetryLater(
            f"the object store does not list its objects: {type(error).__name__}"
        ) from error


def _copy(objects: Objects, folder: Path, name: str, etag: str, modified: float) -> Version | None:
    """Copy one; None when it was removed since it was listed."""
    try:
        data = objects.get(name)
    except Stop:
        return None
    digest = hashlib.sha256(data).hexdigest()
    if not place(folder, digest).exists():
        write_file(place(folder, digest), data)
    return Version(name, etag, modified, digest, len(data))


def _write_pass(folder: Path, done: Pass, new: list[Version]) -> None:
    end = {"end": True, "objects": done.objects, "new": done.new, "followed": done.followed}
    lines = [json.dumps(asdict(one)) for one in new] + [json.dumps(end)]
    name = f"{done.begun.astimezone(UTC).strftime(STAMP)}.jsonl"
    write_file(folder / "passes" / name, ("\n".join(lines) + "\n").encode())


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One pass at a time: a base backup waits for the follower's, and so does who lets go."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
