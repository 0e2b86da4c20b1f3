"""The keys of one use over time: the newest signs, all of them verify.

`keys/<use>.ring.json` lists them, oldest first; without it there is one key, `keys/<use>.pem`. The
file is read again when it has changed, so that a running program signs with a new key at once.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from kernel.errors import PersonMustAct, Stop
from kernel.signers import software
from kernel.signers.device import Device
from kernel.signers.public import Algorithm, PublicKey, Signer, of_der

Place = Literal["file", "device"]
#: A batch begun with a key may be signed a little after that key was retired.
GRACE = timedelta(minutes=15)


@dataclass(frozen=True)
class KnownKey:
    """A key and when it signed. `since` None: from the beginning; `until` None: it signs now."""

    public: PublicKey
    since: datetime | None = None
    until: datetime | None = None

    def signed(self, at: datetime) -> bool:
        """Whether it was this key's time then."""
        return (self.since is None or at >= self.since - GRACE) and (
            self.until is None or at <= self.until + GRACE
        )


@dataclass(frozen=True)
class Held:
    """A key of the ring and where its private half is: a file's name, or a label in a device."""

    known: KnownKey
    place: Place
    name: str


class Ring:
    """The keys of one use ("seal", "ledger")."""

    def __init__(
        self, folder: Path, use: str, algorithm: Algorithm, device: Device | None = None
    ) -> None:
        self.folder, self.use, self.algorithm, self.device = folder, use, algorithm, device
        self.file = folder / f"{use}.ring.json"
        self._read: tuple[object, list[Held]] | None = None
        self._signer: tuple[Held, Signer] | None = None

    def held(self) -> list[Held]:
        """All keys, oldest first. Raises Stop when the list or the first key is damaged or gone."""
        stamp = _stamp(self.file)
        if self._read is None or self._read[0] != stamp:
            self._read = (stamp, self._load() if stamp else [self._first()])
        return self._read[1]

    def known(self) -> tuple[KnownKey, ...]:
        """What verifies: all keys, oldest first."""
        return tuple(one.known for one in self.held())

    def current(self) -> Held:
        """The key that signs now."""
        return self.held()[-1]

    def signer(self) -> Signer:
        """Who signs now. Raises Stop when the key is gone, PersonMustAct when it lies elsewhere
        than settings.json says."""
        current = self.current()
        if self._signer is None or self._signer[0] != current:
            self._signer = (current, self._open(current))
        return self._signer[1]

    def prepare(self, now: datetime) -> Held:
        """Make a new key in its place, which signs nothing yet."""
        if self.device is not None:
            name = f"zhongtai-{self.use}-{now:%Y%m%dT%H%M%S}"
            return Held(KnownKey(self.device.make(name), since=now), "device", name)
        pem = software.new_pem(self.algorithm)
        draft = self.folder / f".{self.use}.rotating.pem"
        write_whole(draft, pem)
        public = software.read(draft).public
        name = f"{self.use}-{public.key_id[:16]}.pem"
        draft.rename(self.folder / name)
        return Held(KnownKey(public, since=now), "file", name)

    def activate(self, new: Held, now: datetime) -> None:
        """From now on the new key signs; those before verify what they signed."""
        keys = self.held()
        last = keys[-1]
        ended = Held(KnownKey(last.known.public, last.known.since, now), last.place, last.name)
        listed = [_listed(one) for one in (*keys[:-1], ended, new)]
        text = json.dumps({"format": 1, "keys": listed}, indent=1, sort_keys=True) + "\n"
        write_whole(self.file, text.encode())

    def check(self) -> None:
        """Raise Stop unless the key that signs now is there and of this installation's profile."""
        current = self.current()
        if current.known.public.algorithm != self.algorithm:
            raise Stop(
                f"the {self.use} key is a {current.known.public.algorithm} key and settings.json "
                f"wants {self.algorithm}: an installation keeps the profile it was made with"
            )
        if current.place == "file":
            self._open_file(current)

    def _open(self, held: Held) -> Signer:
        wanted: Place = "file" if self.device is None else "device"
        if held.place != wanted:
            raise PersonMustAct(
                f"the {self.use} key is in a {held.place} and settings.json says {wanted}: "
                f"run `zhongtai keys rotate {self.use}`"
            )
        if self.device is not None:
            return self.device.signer(held.name, held.known.public)
        return self._open_file(held)

    def _open_file(self, held: Held) -> Signer:
        signer = software.read(self.folder / held.name)
        if signer.public != held.known.public:
            raise Stop(f"the key {self.folder / held.name} is not the one in {self.file}")
        return signer

    def _first(self) -> Held:
        name = f"{self.use}.pem"
        return Held(KnownKey(software.read(self.folder / name).public), "file", name)

    def _load(self) -> list[Held]:
        try:
            listed = json.loads(self.file.read_bytes())
            keys = [_held(one) for one in listed["keys"]] if listed["format"] == 1 else []
        except (ValueError, KeyError, TypeError, PersonMustAct):
            keys = []
        if not keys:
            raise Stop(f"the list of keys {self.file} is damaged: put it back from its backup")
        return keys


def write_whole(file: Path, data: bytes) -> None:
    """The whole file (0600) or none: a program killed in between leaves no half key."""
    draft = file.with_name(f".{file.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    draft.rename(file)


def _stamp(file: Path) -> object:
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return (found.st_ino, found.st_mtime_ns, found.st_size)


def _listed(one: Held) -> dict[str, Any]:
    known = one.known
    return {
        "public": base64.b64encode(known.public.der).decode(),
        "since": known.since.isoformat() if known.since else None,
        "until": known.until.isoformat() if known.until else None,
        "place": one.place,
        "name": one.name,
    }


def _held(listed: Mapping[str, Any]) -> Held:
    place: Place = "device" if listed["place"] == "device" else "file"
    since, until = (
        datetime.fromisoformat(listed[name]) if listed[name] else None
        for name in ("since", "until")
    )
    public = of_der(base64.b64decode(listed["public"], validate=True))
    return Held(KnownKey(public, since, until), place, str(listed["name"]))
