"""What licence types are called and what they prove, as the registry has it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from catalog.materials.paper import plain
from registry import licence_types


@dataclass(frozen=True)
class Proofs:
    """What licence types are called and what they prove. Made by `proofs_of`."""

    type_called: Mapping[str, str] = field(default_factory=dict)  # a name of the document itself
    proved_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # any one satisfies it
    digest: str = ""

    def types(self, noun: str) -> tuple[str, ...]:
        """The licence types that prove a document of this noun; none when unknown."""
        called = self.type_called.get(noun)
        return (called,) if called else self.proved_by.get(noun, ())

    def document(self, noun: str) -> str:
        """The licence type that is called so; else the noun: 户籍证明 is not a 居民户口簿."""
        return self.type_called.get(noun, noun)

    def __hash__(self) -> int:
        return hash(self.digest)


def proofs_of(types: Iterable[tuple[str, Iterable[str], Iterable[str]]]) -> Proofs:
    """Proofs of (licence type's name, its other names, what else it proves) for each type."""
    called: dict[str, str] = {}
    proved: dict[str, set[str]] = {}
    for name, other_names, proves in types:
        called.update({plain(noun): name for noun in (name, *other_names)})
        for noun in proves:
            proved.setdefault(plain(noun), set()).add(name)
    called = dict(sorted(called.items()))
    by = {noun: tuple(sorted(names)) for noun, names in sorted(proved.items())}
    return Proofs(called, by, hashlib.sha256(repr((called, by)).encode()).hexdigest())


@cache
def known_proofs() -> Proofs:
    """Those of the registry's licence types. Raises BadContract."""
    types = licence_types.load().values()
    return proofs_of((one.name, one.also_called, one.proves) for one in types)
