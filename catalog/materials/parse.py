"""A material's name as written, taken apart: composition, and for each part document, role, form.

`parse_material` needs to know which documents a licence type proves: that is the registry's data
(`proves` of each licence type), handed in as a `Proofs`. A part becomes a canonical material,
known by a stable id of its document and role: the same in every run and in every city.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import lru_cache

from catalog.materials.compound import is_role, kind_of, split
from catalog.materials.lexicon import MaterialWords, load
from catalog.materials.paper import (
    NO_ROLE,
    UNSPECIFIED,
    bare,
    leave,
    paper_noise,
    plain,
    without_explanation,
)
from catalog.materials.proofs import Proofs


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


@lru_cache(maxsize=65536)
def parse_material(name: str, proofs: Proofs) -> Material:
    """Take a material's name apart. Deterministic; never empty."""
    words = load()
    text, form = paper_noise(plain(name), words)
    parts: list[Part] = []
    choices = False
    for piece in split(text, words.joints_all, words, proofs):
        options = split(piece, words.joints_any, words, proofs)
        choices = choices or len(options) > 1
        parts.append(_any_of(_fill([_part(option, form, words, proofs) for option in options])))
    parts = _inherit_roles(_fill(parts), words)
    parts = [part if part.document else replace(part, document=text or name) for part in parts]
    composition = "all_of" if len(parts) > 1 else "single"
    if choices:
        composition = "mixed" if len(parts) > 1 else "any_of"
    unsure = _unsure(parts[0], proofs) if composition == "single" else ""
    return Material(name, composition, tuple(parts), unsure)


def _part(piece: str, form: str, words: MaterialWords, proofs: Proofs) -> Part:
    """One document: its noise, role and noun. A bare role has no document yet."""
    piece, own_form = paper_noise(piece, words)
    form = form if own_form == UNSPECIFIED else own_form
    if is_role(piece, words):
        return Part("", dict(words.roles)[piece], form, "other", ())
    noun, role = leave(piece, words, proofs.types)
    noun = without_explanation(noun, words)
    types = proofs.types(noun)
    for weak in words.weak_heads:
        if not types and noun.startswith(weak) and proofs.types(noun.removeprefix(weak)):
            noun = noun.removeprefix(weak)
            types = proofs.types(noun)
    noun = proofs.document(noun)
    return Part(noun, role, form, "licence" if types else kind_of(bare(noun), words), types)


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
