"""A material's name as written, taken apart: composition, and for each part document, role, form.

`parse_material` needs to know which documents a licence type proves: that is the registry's data
(`proves` of each licence type), handed in as a `Proofs`. A part becomes a canonical material,
known by a stable id of its document and role: the same in every run and in every city.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from catalog.lexicon import MaterialWords, load
from catalog.paper import (
    NO_ROLE,
    UNSPECIFIED,
    bare,
    leave,
    paper_noise,
    plain,
    without_explanation,
)


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


@dataclass(frozen=True)
class Part:
    """One document that a material asks for. `role` is `none` where the name does not say."""

    document: str
    role: str
    form: str
    kind: str  # licence | form | statement | report | approval | other
    licence_types: tuple[str, ...]  # any one of them satisfies it

    @property
    def canonical_role(self) -> str:
        """Whose document: not said means the applicant's."""
        return "applicant" if self.role == NO_ROLE else self.role

    @property
    def grade(self) -> str:
        """国办函〔2016〕108号: A proved by a licence type, D made by the applicant, else C."""
        if self.licence_types:
            return "A"
        return "D" if self.kind in ("form", "statement") else "C"

    @property
    def id(self) -> str:
        """The canonical material's id: `M-` and 10 hex of the document and the role."""
        text = f"{self.document}|{self.canonical_role}"
        return "M-" + hashlib.sha256(text.encode()).hexdigest()[:10]


@dataclass(frozen=True)
class Material:
    """A name, taken apart. A choice (any_of) is one part that bears every licence type of it."""

    written: str
    composition: str  # single | all_of | any_of | mixed
    parts: tuple[Part, ...]
    unsure: str = ""  # a licence type that may prove it, where no rule says so


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


@lru_cache(maxsize=65536)
def parse_material(name: str, proofs: Proofs) -> Material:
    """Take a material's name apart. Deterministic; never empty."""
    words = load().materials
    text, form = paper_noise(plain(name), words)
    parts: list[Part] = []
    choices = False
    for piece in _split(text, words.joints_all, words, proofs):
        options = _split(piece, words.joints_any, words, proofs)
        choices = choices or len(options) > 1
        parts.append(_any_of(_fill([_part(option, form, words, proofs) for option in options])))
    parts = [part if part.document else replace(part, document=text or name) for part in _fill(parts)]
    parts = _inherit_roles(parts, words)
    composition = "all_of" if len(parts) > 1 else "single"
    if choices:
        composition = "mixed" if len(parts) > 1 else "any_of"
    unsure = _unsure(parts[0], proofs) if composition == "single" else ""
    return Material(name, composition, tuple(parts), unsure)


def _split(text: str, joints: tuple[str, ...], words: MaterialWords, proofs: Proofs) -> list[str]:
    """Pieces at the joints, where every piece is a document or a role; else the whole."""
    if proofs.types(text):
        return [text]
    depth, cut = 0, []
    for found in re.finditer("[()]|" + "|".join(re.escape(joint) for joint in joints), text):
        if found.group() in "()":
            depth += 1 if found.group() == "(" else -1
        elif depth == 0:
            cut.append(found.span())
    starts, ends = [0, *(end for _, end in cut)], [*(start for start, _ in cut), len(text)]
    pieces = [text[a:b].strip("、,;:的") for a, b in zip(starts, ends, strict=True)]
    pieces = [piece for piece in pieces if piece]
    if len(pieces) < 2 or _is_role(pieces[-1], words):
        return [text]
    if all(_is_role(piece, words) or _is_document(piece, words, proofs) for piece in pieces):
        return pieces
    return [text]


def _is_role(piece: str, words: MaterialWords) -> bool:
    return any(piece == word for word, _ in words.roles)


def _is_document(piece: str, words: MaterialWords, proofs: Proofs) -> bool:
    """Whether a piece of a compound stands by itself: ends with a document's noun, has a body."""
    noun = bare(leave(paper_noise(piece, words)[0], words)[0])
    if proofs.types(noun):
        return True
    ending = next((ending for ending, _ in words.kinds if noun.endswith(ending)), "")
    if not ending or noun.endswith(words.not_documents):
        return False
    return len(noun) >= 3 or (len(ending) == 2 and noun == ending)


def _part(piece: str, form: str, words: MaterialWords, proofs: Proofs) -> Part:
    """One document: its noise, role and noun. A bare role has no document yet."""
    piece, own_form = paper_noise(piece, words)
    form = form if own_form == UNSPECIFIED else own_form
    if _is_role(piece, words):
        return Part("", dict(words.roles)[piece], form, "other", ())
    noun, role = leave(piece, words, proofs.types)
    noun = without_explanation(noun, words)
    types = proofs.types(noun)
    for weak in words.weak_heads:
        if not types and noun.startswith(weak) and proofs.types(noun.removeprefix(weak)):
            noun = noun.removeprefix(weak)
            types = proofs.types(noun)
    noun = proofs.document(noun)
    return Part(noun, role, form, "licence" if types else _kind(bare(noun), words), types)


def _kind(noun: str, words: MaterialWords) -> str:
    if noun.endswith(words.own_making):
        return "statement"
    return next((kind for ending, kind in words.kinds if noun.endswith(ending)), "other")


def _fill(parts: list[Part]) -> list[Part]:
    """法定代表人、经办人身份证: a bare role takes the document of the part after it."""
    done: list[Part] = []
    for part in reversed(parts):
        known = part if part.document or not done else replace(done[-1], role=part.role)
        done.append(known)
    return done[::-1]


def _any_of(options: list[Part]) -> Part:
    """A choice as one part: any licence type of any option satisfies it."""
    if len(options) == 1:
        return options[0]
    types = sorted({name for option in options for name in option.licence_types})
    roles = {option.role for option in options} - {NO_ROLE}
    kinds = {option.kind for option in options}
    document = "或".join(sorted({option.document for option in options}))
    return Part(
        document,
        roles.pop() if len(roles) == 1 else "other" if roles else NO_ROLE,
        options[0].form,
        "licence" if types else kinds.pop() if len(kinds) == 1 else "other",
        tuple(types),
    )


def _inherit_roles(parts: list[Part], words: MaterialWords) -> list[Part]:
    """夫妻双方身份证、户口簿: a licence without a role takes the family's role before it."""
    done: list[Part] = []
    for part in parts:
        before = done[-1] if done else None
        if before and part.role == NO_ROLE and part.licence_types and before.licence_types:
            role = before.role if before.role in words.family_roles else NO_ROLE
            done.append(replace(part, role=role))
        else:
            done.append(part)
    return done


def _unsure(part: Part, proofs: Proofs) -> str:
    """The longest provable noun that the document ends with: a person may say it is that."""
    if part.licence_types or part.kind != "licence":
        return ""
    noun = bare(part.document)
    known_nouns = {**proofs.type_called, **proofs.proved_by}
    ends = [known for known in known_nouns if len(known) >= 3 and noun.endswith(known)]
    return max(ends, key=lambda known: (len(known), known), default="")
