"""Kinds of files in a folder, on an SFTP server or in an object store, without a contract yet."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import ExitStack
from typing import Any, BinaryIO, Final, Literal
from urllib.parse import urlsplit

from connectors.decode import ENDS, READERS
from connectors.discovery import SAMPLE, Place, Row, Target, chosen, folder_of
from connectors.retry import Patience, patiently
from connectors.spool import whole
from connectors.stores import FolderStore, Look, Store, open_store
from kernel.errors import BadInput, PersonMustAct
from kernel.secrets import Secrets
from registry.contract import FilesTransport, S3Auth, SshKeyAuth
from registry.propose import Column

_NAME = re.compile(r"(.+)_(full|inc)_(\d{14})(?:_\d{1,9})?", re.ASCII)
_FORMATS = {end: name for name, end in ENDS.items()}
_SIGNS = {".sha256": "checksum", ".done": "done"}
_AUTHS: Final = {"sftp": "ssh_key", "s3": "s3"}
#: Bytes by which the encoding is known.
LOOKED_AT = 1 << 22
_DECLARED = re.compile(rb"^<\?xml[^>]*encoding=[\"']([A-Za-z0-9_-]+)", re.ASCII)
MISNAMED = "its files are not named <path>_full_<YYYYMMDDHHMMSS>.<end>, as they must be to be read"


class FilesExplorer:
    """One place with files. Of each kind the newest whole one is read."""

    def __init__(self, target: Target, secrets: Secrets) -> None:
        self.target = target
        self.address = f"{target.code.upper()}_URL"
        self.kind, self.store = _store(target, secrets, self.address)
        self.looks: dict[str, Look] = {}
        self.format, self.encoding, self.sign = "csv", "utf-8", ""
        self.files: dict[str, str] = {}

    def places(self) -> list[Place]:
        """One for each first word of the files' names; their columns come with their rows."""
        self.looks = patiently(self.store.looks, Patience(attempts=1))
        named = {name: parts for name in self.looks if (parts := _parts(name))}
        if not named:
            raise BadInput(
                f"the place of {self.target.code} holds no file to read; "
                f"it may hold {', '.join(sorted(_FORMATS))}"
            )
        formats = Counter(format_ for _, format_, _ in named.values())
        self.format = formats.most_common(1)[0][0]
        signs = Counter(sign for name in named for sign in _SIGNS if name + sign in self.looks)
        self.sign = signs.most_common(1)[0][0] if signs else ""
        notes: dict[str, str] = {}
        for name, (path, format_, time) in sorted(named.items(), key=lambda one: one[1][2]):
            if format_ == self.format:
                self.files[path] = name
                notes[path] = "" if time else MISNAMED
        return chosen(self.target, [Place(path, note=note) for path, note in notes.items()])

    def rows(self, place: Place) -> list[Row]:
        """The first rows of its newest file. Raises PersonMustAct when it cannot be read."""
        name = self.files[place.path]
        with ExitStack() as held:
            summed = self.sign == ".sha256" and name + self.sign in self.looks
            copy, _ = whole(held, self.target.code, self.store, (name, self.looks[name]), summed)
            self.encoding = encoding_of(copy.part(0, LOOKED_AT))
            return self._decoded(name, copy.file)

    def _decoded(self, name: str, file: BinaryIO) -> list[Row]:
        try:
            chunk = next(READERS[self.format](file, self.encoding), None)
        except ValueError as error:
            raise PersonMustAct(
                f"the file {name} of {self.target.code} cannot be read: {error}",
                system=self.target.code,
            ) from None
        if chunk is None:
            return []
        rows = chunk.table.slice(0, SAMPLE).to_pylist()
        return [{n: cell for n, cell in row.items() if n[:1] != "+"} for row in rows]

    def transport(self) -> dict[str, Any]:
        """Store, format, and what was seen of encoding and signs."""
        made = {"kind": "files", "store": self.kind, "address": self.address, "format": self.format}
        if self.format not in ("excel", "parquet"):
            made["encoding"] = self.encoding
        if self.sign:
            made["complete"] = _SIGNS[self.sign]
        return made | ({"auth": dict(self.target.auth)} if self.target.auth else {})

    def close(self) -> None:
        """End connections."""
        self.store.close()


def columns_of(rows: list[Row]) -> tuple[Column, ...]:
    """The columns of rows that come without a catalogue."""
    return tuple(
        Column(name, "", "") for name in dict.fromkeys(name for row in rows for name in row)
    )


def encoding_of(start: bytes) -> str:
    """The encoding of a file's first bytes: its mark, its declaration, else what decodes it."""
    if start.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    declared = _DECLARED.match(start)
    if declared:
        said = declared[1].decode().lower()
        return {"gbk": "gbk", "gb2312": "gbk", "gb18030": "gb18030"}.get(said, "utf-8")
    try:
        start[: start.rfind(b"\n") + 1 or None].decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _parts(name: str) -> tuple[str, str, str] | None:
    """First word, format and time ("" where the name has none) of a file; None when it is none."""
    end = next((end for end in _FORMATS if name.lower().endswith(end)), "")
    if not end or name.startswith((".", "~")):
        return None
    stem = name[: -len(end)]
    match = _NAME.fullmatch(stem)
    # A full file shows all columns; an increment of the same time comes before it.
    time = f"{'1' if match[2] == 'full' else '0'}{match[3]}" if match else ""
    return (match[1] if match else stem), _FORMATS[end], time


def _store(target: Target, secrets: Secrets, address: str) -> tuple[str, Store]:
    auth, scheme = target.signed(), urlsplit(target.address).scheme
    if scheme not in ("sftp", "http", "https"):
        if auth:
            raise BadInput("a folder is read without signing in: leave --auth out")
        return "folder", FolderStore(target.code, folder_of(target.address))
    kind: Literal["sftp", "s3"] = "sftp" if scheme == "sftp" else "s3"
    if not isinstance(auth, SshKeyAuth if kind == "sftp" else S3Auth):
        raise BadInput(f"a place of kind {kind} needs --auth {_AUTHS[kind]}")
    contract = FilesTransport(
        kind="files", store=kind, address=address, format="csv", complete="done", auth=auth
    )
    return kind, open_store(target.code, contract, _Placed(secrets, address, target.address))


class _Placed(Secrets):
    """The secrets, with one more: the address that is being looked at."""

    def __init__(self, secrets: Secrets, name: str, value: str) -> None:
        super().__init__(secrets.folder.parent)
        self._others, self._name, self._value = secrets, name, value

    def get(self, name: str) -> str:
        """The address, or the secret of that name."""
        return self._value if name == self._name else self._others.get(name)
