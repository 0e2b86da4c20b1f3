"""Licence types that satisfy a material of some only: 结婚证 proves 婚姻状况 of the married."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from catalog.materials.lexicon import load
from catalog.situations.condition import ALWAYS, NEVER, Condition, after
from catalog.situations.words import read_situation
from catalog.versions.published import PublishedMaterial

#: Roles of the applicant and of who is married to the applicant.
OWN = frozenset({"applicant", "none", "spouse", "both_spouses"})


def needs_of(material: PublishedMaterial) -> Mapping[str, Condition]:
    """The material's licence types, each with what must hold of the applicant for it to count.

    Whose situation is not asked about (a guardian, an employee) is not judged by the applicant's.
    """
    noun = material.name.partition("（")[0]
    said = load().only_if if material.role in OWN else {}
    return {
        one: read_situation(said[one][noun]).condition if noun in said.get(one, {}) else ALWAYS
        for one in material.licence_types
    }


def less_ruled_out(material: PublishedMaterial, answers: Mapping[str, str]) -> PublishedMaterial:
    """The material without the licence types that these answers rule out."""
    left = tuple(one for one, holds in needs_of(material).items() if after(holds, answers) != NEVER)
    return material if left == material.licence_types else replace(material, licence_types=left)
