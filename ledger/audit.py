"""Check an exported log offline: no database, nothing of this installation but public keys.

Every root is computed anew from the entries' bodies; the first line that disagrees is named.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kernel.errors import BadInput
from kernel.profile import PROFILES, Profile
from kernel.signers.ring import KnownKey
from ledger import merkle
from ledger.export import FORMAT
from ledger.files import known_keys, read_head
from ledger.heads import Head, genuine


@dataclass(frozen=True)
class Audit:
    """`entries`: how many agree, from 0; `heads`: how many signed heads agree.

    `unsigned`: entries behind the last head, which only their own roots stand for.
    `keys`: ids of the keys that signed. `problem`: the first disagreement, naming its row.
    """

    entries: int
    heads: int
    unsigned: int
    kept: int  # heads that were kept elsewhere and agree
    keys: tuple[str, ...]
    problem: str | None = None


def audit(file: Path, keys: Sequence[KnownKey] | None = None, kept: Iterable[Head] = ()) -> Audit:
    """Check a file of `ledger.export`. Memory does not grow with it.

    `keys`: public keys that the auditor holds already; else those in the file are believed, which
    shows that the file agrees with itself. `kept`: heads that were kept elsewhere.
    Raises BadInput when it is no such file.
    """
    with file.open("rb") as lines:
        first = _object(next(lines, b""))
        if first.get("format") != FORMAT:
            raise BadInput(f"{file} is no export of the ledger: its first line says no format")
        if first.get("profile") not in PROFILES:
            raise BadInput(f"{file} says no profile: it must be {' or '.join(PROFILES)}")
        believed = known_keys(first.get("public_keys", [])) if keys is None else keys
        walk = _Walk(PROFILES[first["profile"]], believed, kept)
        walk.problem = next(walk.problems(_objects(lines)), None)
    return walk.result()


def _objects(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    return map(_object, lines)


def _object(line: bytes) -> dict[str, Any]:
    try:
        read = json.loads(line)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


class _Walk:
    """One pass over the file's lines."""

    def __init__(self, profile: Profile, keys: Sequence[KnownKey], kept: Iterable[Head]) -> None:
        self.digest, self.keys = profile.hash, keys
        self.kept = sorted(kept, key=lambda one: one.size)
        self.frontier = merkle.Frontier(0, (), self.digest)
        self.heads = self.agreed = self.seen = 0
        self.used: dict[str, None] = {}
        self.problem: str | None = None

    def result(self) -> Audit:
        """What was found so far."""
        size = self.frontier.size
        unsigned = size - self.agreed
        return Audit(size, self.heads, unsigned, self.seen, tuple(self.used), self.problem)

    def problems(self, objects: Iterator[dict[str, Any]]) -> Iterator[str]:
        """Sentences about what disagrees, in the file's order."""
        yield from self._kept()
        for number, one in enumerate(objects, start=2):
            if "end" in one:
                yield from self._end(one["end"], next(objects, None))
                return
            if "head" in one:
                yield from self._head(read_head(one["head"]))
            elif "body" in one:
                yield from self._entry(one)
            else:
                yield f"line {number} of the export cannot be read"
        yield f"the export breaks off after entry {self.frontier.size - 1}"

    def _entry(self, one: Mapping[str, Any]) -> Iterator[str]:
        seq = self.frontier.size
        if one.get("seq") != seq:
            yield f"ledger entry {seq} is missing: entry {one.get('seq')} follows"
        ahead = merkle.Frontier(seq, self.frontier.nodes, self.digest)
        ahead.append(merkle.leaf_hash(str(one["body"]).encode(), self.digest))
        if ahead.root().hex() != one.get("root"):
            yield (
                f"ledger entry {seq}: its root does not follow; "
                "it or an entry before it was changed, removed or put in"
            )
        self.frontier = ahead
        yield from self._kept()

    def _head(self, made: Head) -> Iterator[str]:
        if not genuine(made, self.keys):
            yield f"the ledger head of size {made.size}: its signature is by no known ledger key"
        if (made.size, made.root) != (self.frontier.size, self.frontier.root()):
            yield self._differs(made, "")
        self.agreed = made.size
        self.heads += 1
        self.used[made.key_id] = None

    def _kept(self) -> Iterator[str]:
        """Heads kept elsewhere that cover exactly what has been read."""
        while self.seen < len(self.kept) and self.kept[self.seen].size <= self.frontier.size:
            made = self.kept[self.seen]
            if not genuine(made, self.keys):
                yield f"the kept head of size {made.size}: its signature is by no known ledger key"
            if (made.size, made.root) != (self.frontier.size, self.frontier.root()):
                yield self._differs(made, " kept elsewhere")
            self.seen += 1

    def _differs(self, made: Head, where: str) -> str:
        return (
            f"the ledger head of size {made.size}{where} disagrees: "
            f"an entry between {self.agreed} and {made.size - 1} was changed, removed or put in"
        )

    def _end(self, said: object, more: object) -> Iterator[str]:
        size = self.frontier.size
        if said != size or more is not None:
            yield f"the export says {said} entries and holds {size}"
        if self.seen < len(self.kept):
            last = self.kept[-1].size - 1
            yield f"ledger entries {size} to {last} are missing: a kept head covers them"
