"""Check an exported log offline: no database, nothing of this installation but public keys.

Every root is computed anew from the entries' bodies; the first line that disagrees is named.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from kernel.errors import BadInput
from ledger import merkle
from ledger.export import FORMAT
from ledger.files import by_id, read_head, read_key
from ledger.heads import Head, genuine

PublicKeys = Mapping[str, ec.EllipticCurvePublicKey]


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


def audit(file: Path, keys: PublicKeys | None = None, kept: Iterable[Head] = ()) -> Audit:
    """Check a file of `ledger.export`. Memory does not grow with it.

    `keys`: public keys that the auditor holds already; else those in the file are believed, which
    shows that the file agrees with itself. `kept`: heads that were kept elsewhere.
    Raises BadInput when it is no such file.
    """
    with file.open("rb") as lines:
        first = _object(next(lines, b""))
        if first.get("format") != FORMAT:
            raise BadInput(f"{file} is no export of the ledger: its first line says no format")
        walk = _Walk(keys if keys is not None else _keys(first), kept)
        walk.problem = next(walk.problems(_objects(lines)), None)
    return walk.result()


def _keys(first: Mapping[str, Any]) -> PublicKeys:
    return by_id(*(read_key(str(text).encode()) for text in first["public_keys"].values()))


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

    def __init__(self, keys: PublicKeys, kept: Iterable[Head]) -> None:
        self.keys = keys
        self.kept = sorted(kept, key=lambda one: one.size)
        self.frontier = merkle.Frontier()
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
        ahead = merkle.Frontier(seq, self.frontier.nodes)
        ahead.append(merkle.leaf_hash(str(one["body"]).encode()))
        if ahead.root().hex() != one.get("root"):
            yield (
                f"ledger entry {seq}: its root does not follow; "
                "it or an entry before it was changed, removed or put in"
            )
        self.frontier = ahead
        yield from self._kept()

    def _head(self, made: Head) -> Iterator[str]:
        key = self.keys.get(made.key_id)
        if key is None or not genuine(made, key):
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
            key = self.keys.get(made.key_id)
            if key is None or not genuine(made, key):
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
