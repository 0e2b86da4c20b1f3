"""What licence types are called and what they prove, as the registry has it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from catalog.materials.lexicon import MaterialWords, load
from catalog.materials.part import Asked
from catalog.materials.text import plain, without_brackets
from registry import licence_types


@dataclass(frozen=True)
class Proofs:
    """What licence types are called and what they prove. Made by `proofs_of`."""

    type_called: Mapping[str, str] = field(default_factory=dict)  # a name of the document itself
    proved_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # any one satisfies it
    persons: frozenset[str] = frozenset()  # types that only persons hold
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

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Proofs) and self.digest == other.digest


def proofs_of(
    types: Iterable[tuple[str, Iterable[str], Iterable[str]]], persons: Iterable[str] = ()
) -> Proofs:
    """Proofs of (licence type's name, its other names, what else it proves) for each type.

    `persons`: the types that only persons hold; they prove nothing of an organisation.
    """
    called: dict[str, str] = {}
    proved: dict[str, set[str]] = {}
    for name, other_names, proves in types:
        called.update({plain(noun): name for noun in (name, *other_names)})
        for noun in proves:
            proved.setdefault(plain(noun), set()).add(name)
    called = dict(sorted(called.items()))
    by = {noun: tuple(sorted(names)) for noun, names in sorted(proved.items())}
    held = frozenset(persons)
    digest = hashlib.sha256(repr((called, by, sorted(held))).encode()).hexdigest()
    return Proofs(called, by, held, digest)


@cache
def known_proofs() -> Proofs:
    """Those of the registry's licence types. Raises BadContract."""
    types = licence_types.load().values()
    return proofs_of(
        ((one.name, one.also_called, one.proves) for one in types),
        (one.name for one in types if one.holder == "person"),
    )


def satisfied_by(asked: Asked, proofs: Proofs) -> Asked:
    """The document with the licence types that satisfy it, each with the situation it needs."""
    words = load()
    whole = plain(without_brackets(asked.written))
    if whole != asked.noun and proofs.types(whole) and not _shorter_is_own(asked, whole, proofs):
        own = asked.own or proofs.type_called.get(whole) == whole
        asked = replace(asked, noun=whole, document=whole, own=own)
    noun = next((noun for noun in _nouns(asked, words) if proofs.types(noun)), "")
    types = proofs.types(noun)
    if asked.holder == "organisation":
        types = tuple(name for name in types if name not in proofs.persons)
    noun = noun if types else ""
    needs = tuple(
        (name, words.only_if[name][noun]) for name in types if noun in words.only_if.get(name, {})
    )
    document = proofs.document(noun) if noun else asked.document
    return replace(
        asked, licence_types=types, only_if=needs,
        noun=document if noun else asked.noun,
    )  # fmt: skip


def _shorter_is_own(asked: Asked, whole: str, proofs: Proofs) -> bool:
    """企业营业执照 is called so, and 营业执照 behind the holder is the same type."""
    return proofs.types(whole) == proofs.types(asked.document)


def _nouns(asked: Asked, words: MaterialWords) -> Iterator[str]:
    """The noun, then with less and less before and behind it."""
    noun = without_brackets(asked.noun)
    for text in dict.fromkeys((asked.noun, noun, noun.replace("的", ""), asked.document)):
        yield text
        if text.endswith(words.documents.generic_tails):
            yield from (text.removesuffix(tail) for tail in words.documents.generic_tails)
    if noun.startswith(words.weak_heads):
        yield from (noun.removeprefix(weak) for weak in words.weak_heads)


def unsure_of(asked: Asked, proofs: Proofs) -> str:
    """The longest provable noun that the document ends with: a person may say it is that."""
    if asked.licence_types or asked.kind != "licence":
        return ""
    noun = without_brackets(asked.noun)
    known = {**proofs.type_called, **proofs.proved_by}
    ends = [noun[-n:] for n in range(len(noun), 2, -1) if noun[-n:] in known]
    return ends[0] if ends else ""
