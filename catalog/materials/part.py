"""What a taken-apart name consists of."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

NO_ROLE = "none"


@dataclass(frozen=True)
class Asked:
    """One document that a name asks for, as `bench/names/gold` has parts.

    `document`: its short name; `noun`: the same with what bounds it, by which it is unified.
    `holder`: the role as the lexicon has it; `role`: the same, a principal being the applicant.
    `licence_types`: any one of them satisfies it, where `only_if` holds for those that it names.
    """

    document: str
    noun: str
    holder: str = NO_ROLE
    form: str = "unspecified"
    kind: str = "other"
    purpose: str = "prove"
    situation: str = ""  # asked only then
    licence_types: tuple[str, ...] = ()
    only_if: tuple[tuple[str, str], ...] = ()  # (licence type, the holder's situation)
    own: bool = False  # the holder is the applicant itself: 申请单位, or a type's own name
    word: str = ""  # the holder's
    written: str = ""  # with its holder, as it stands in the name

    @property
    def role(self) -> str:
        """Whose document: one of the roles that the benchmark knows."""
        return "applicant" if self.holder == "principal" else self.holder

    @property
    def grade(self) -> str:
        """国办函〔2016〕108号: A proved by a licence type, D made by the applicant, else C."""
        return grade_of(self.kind, self.licence_types)

    def facts(self) -> Mapping[str, object]:
        """As one part of `zhongtai materials parse`."""
        return {
            "document": self.document,
            "role": self.role,
            "form": self.form,
            "kind": self.kind,
            "licence_types": list(self.licence_types),
            "only_if": dict(self.only_if),
            "purpose": self.purpose,
            "situation": self.situation,
            "grade": self.grade,
        }


@dataclass(frozen=True)
class Part:
    """One canonical material. `role` is `none` where the name does not say."""

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
        """See `Asked.grade`."""
        return grade_of(self.kind, self.licence_types)

    @property
    def id(self) -> str:
        """The canonical material's id: `M-` and 10 hex of the document and the role."""
        text = f"{self.document}|{self.canonical_role}"
        return "M-" + hashlib.sha256(text.encode()).hexdigest()[:10]


def grade_of(kind: str, licence_types: tuple[str, ...]) -> str:
    """A where a licence type proves it, D where the applicant makes it, else C."""
    if licence_types:
        return "A"
    return "D" if kind in ("form", "statement") else "C"


@dataclass(frozen=True)
class Material:
    """A name, taken apart. `groups`: each is needed; of a group with several any one will do."""

    written: str
    composition: str  # single | all_of | any_of | mixed
    groups: tuple[tuple[Asked, ...], ...]
    unsure: str = ""  # a licence type that may prove it, where no rule says so
    confidence: float = 0.95
    parts: tuple[Part, ...] = field(default=())

    @property
    def asked(self) -> tuple[Asked, ...]:
        """Every document, in order."""
        return tuple(one for group in self.groups for one in group)
