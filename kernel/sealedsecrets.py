"""The encrypted store of secrets: one file, `secrets.enc`, in the state folder.

Values are sealed with AES-256-GCM under a data key, each bound to its own name; the data key is
sealed under a key derived from the master key. The names stand in the open, the values never do.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from kernel.crypto import decrypt, derive, encrypt
from kernel.errors import BadInput, Stop
from kernel.profile import profile_of
from kernel.rootkeys import RootKey

FORMAT = 1
FILE = "secrets.enc"
MOST_BYTES = 64 * 1024
Store = dict[str, Any]


class SealedSecrets:
    """The store of one installation. It is read at each question and nothing of it is kept."""

    def __init__(self, home: Path) -> None:
        self.file = home / FILE
        self._master = home / "keys" / "master.key"

    def has(self, name: str) -> bool:
        """Whether a value is there. Raises Stop on a damaged store."""
        return self.file.is_file() and name in self._read()["values"]

    def get(self, name: str) -> str | None:
        """The value, None when there is none. Raises Stop on a damaged store or another key."""
        if not self.file.is_file():
            return None
        store = self._read()
        if name not in store["values"]:
            return None
        return self._value(store, self._data_key(store), name)

    def names(self) -> dict[str, datetime]:
        """Every name and when it was set, sorted by name."""
        if not self.file.is_file():
            return {}
        values = self._read()["values"]
        return {name: datetime.fromisoformat(values[name]["set_at"]) for name in sorted(values)}

    def put(self, name: str, value: str, at: datetime) -> None:
        """Set or replace a value. Raises BadInput on an empty or a far too large one."""
        if not value.strip():
            raise BadInput(f"the secret {name} must not be empty")
        if len(value.encode()) > MOST_BYTES:
            raise BadInput(f"the secret {name} is larger than {MOST_BYTES // 1024} KB")

        def change(store: Store) -> None:
            sealed = encrypt(self._data_key(store), value.encode(), _place(name))
            store["values"][name] = {"set_at": at.isoformat(), "sealed": sealed.hex()}

        self._change(change)

    def remove(self, name: str) -> None:
        """Take a value out. Raises BadInput when it is not there."""

        def change(store: Store) -> None:
            if store["values"].pop(name, None) is None:
                raise BadInput(f"the secret {name} is not in {self.file}")

        self._change(change)

    def rotate(self) -> int:
        """Seal every value anew under a new data key; how many there are."""
        count = 0

        def change(store: Store) -> None:
            nonlocal count
            old, new = self._data_key(store), self._new_key()
            for name, one in store["values"].items():
                plain = self._value(store, old, name)
                one["sealed"] = encrypt(new, plain.encode(), _place(name)).hex()
                count += 1
            store["key"] = self._wrapped(new)

        self._change(change)
        return count

    def renew(self) -> None:
        """Bring the data key under the newest master key; nothing when there is no store."""

        def change(store: Store) -> None:
            store["key"] = self._wrapped(self._data_key(store))

        if self.file.is_file():
            self._change(change)

    def _change(self, change: Callable[[Store], None]) -> None:
        """One writer at a time; the whole new file or the old one. A draft is 0600 from birth."""
        with self._only_writer():
            store = self._read() if self.file.is_file() else self._empty()
            change(store)
            draft = self.file.with_name(f".{FILE}.new")
            draft.unlink(missing_ok=True)
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as out:
                out.write(json.dumps(store, sort_keys=True, indent=1) + "\n")
                out.flush()
                os.fsync(out.fileno())
            draft.replace(self.file)

    @contextmanager
    def _only_writer(self) -> Iterator[None]:
        descriptor = os.open(self.file.with_name(f".{FILE}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield

    def _empty(self) -> Store:
        return {"format": FORMAT, "key": self._wrapped(self._new_key()), "values": {}}

    def _read(self) -> Store:
        try:
            store = json.loads(self.file.read_bytes())
            if store["format"] != FORMAT:
                raise self._damaged()
            bytes.fromhex(store["key"])
            for one in store["values"].values():
                bytes.fromhex(one["sealed"])
                datetime.fromisoformat(one["set_at"])
        except (ValueError, KeyError, TypeError, AttributeError):
            raise self._damaged() from None
        return dict(store)

    def _value(self, store: Store, key: bytes, name: str) -> str:
        try:
            sealed = bytes.fromhex(store["values"][name]["sealed"])
            return decrypt(key, sealed, _place(name)).decode()
        except (Stop, ValueError):
            raise Stop(
                f"the secret {name} in {self.file} does not open (changed, or moved from another "
                f"name): set it anew with `zhongtai secrets set {name}`",
                name=name,
            ) from None

    def _data_key(self, store: Store) -> bytes:
        try:
            return decrypt(self._root(), bytes.fromhex(store["key"]), _place("data key"))
        except (Stop, ValueError):
            raise self._damaged() from None

    def _wrapped(self, key: bytes) -> str:
        return encrypt(self._root(), key, _place("data key")).hex()

    def _new_key(self) -> bytes:
        return profile_of(self._root()).new_key()

    def _root(self) -> bytes:
        try:
            profile = profile_of(self._master.read_bytes())
            return derive(RootKey(self._master.parent, "master", profile).now(), "secrets")
        except FileNotFoundError:
            raise Stop(
                f"the key {self._master} is gone: put it back from its backup; "
                f"without it nothing in {self.file} opens"
            ) from None

    def _damaged(self) -> Stop:
        return Stop(
            f"the secret store {self.file} is damaged or belongs to another installation's key: "
            "put it back from its backup"
        )


def _place(name: str) -> str:
    return f"secrets/{name}"
