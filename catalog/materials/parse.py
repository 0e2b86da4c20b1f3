"""A material's name as written, taken apart: composition, and for each part document, role, form.

`parse_material` needs to know which documents a licence type proves: that is the registry's data
(`proves` of each licence type), handed in as a `Proofs`. Its `asked` are the documents one by one;
its `parts` the canonical materials, where a choice is one, known by a stable id of its document and
role: the same in every run and in every city.
"""

from __future__ import annotations

from functools import lru_cache

from catalog.materials.asking import Clause, clauses_of
from catalog.materials.brackets import without_choice_brackets
from catalog.materials.canonical_parts import part_of
from catalog.materials.grouping import Group, groups_of
from catalog.materials.holder import subject_role
from catalog.materials.paper import coded
from catalog.materials.part import Asked, Material, Part
from catalog.materials.proofs import Proofs, unsure_of
from catalog.materials.reading import as_one_choice, read_group_list
from catalog.materials.text import marked

__all__ = ["Asked", "Material", "Part", "parse_material"]


@lru_cache(maxsize=262144)
def parse_material(name: str, proofs: Proofs, item: str = "") -> Material:
    """Take a material's name apart. Deterministic; never empty. `item`: the name of its item."""
    text = without_choice_brackets(coded(marked(name)))
    groups: list[tuple[Asked, ...]] = []
    clauses = clauses_of(text)
    for clause in clauses:
        found: list[Group] = groups_of(clause, proofs)
        groups += read_group_list(found, clause, proofs, item)
    if _by_holder(clauses):
        groups = [as_one_choice(groups)]
    if not any(groups):
        groups = [(Asked(document=name, noun=name, kind="other"),)]
    composition = _composition(groups)
    unsure = unsure_of(groups[0][0], proofs) if composition == "single" else ""
    parts = tuple(part_of(group) for group in groups)
    return Material(name, composition, tuple(groups), unsure, parts=parts)


def _by_holder(clauses: list[Clause]) -> bool:
    """法人提交营业执照、个人提交身份证: who the applicant is decides which."""
    subjects = {subject_role(clause.subject) for clause in clauses if clause.subject}
    return len(clauses) > 1 and len(subjects) > 1 and {"organisation", "applicant"} >= subjects


def _composition(groups: list[tuple[Asked, ...]]) -> str:
    if len(groups) == 1:
        return "single" if len(groups[0]) == 1 else "any_of"
    return "mixed" if any(len(group) > 1 for group in groups) else "all_of"
