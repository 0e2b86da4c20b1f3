"""A material's name as written, taken apart: composition, and for each part document, role, form.

`parse_material` needs to know which documents a licence type proves: that is the registry's data
(`proves` of each licence type), handed in as a `Proofs`. Its `asked` are the documents one by one;
its `parts` the canonical materials, where a choice is one, known by a stable id of its document and
role: the same in every run and in every city.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from catalog.materials.asking import Clause, clauses_of
from catalog.materials.brackets import without_choice_brackets
from catalog.materials.canonical_parts import part_of
from catalog.materials.grouping import groups_of
from catalog.materials.holder import subject_role
from catalog.materials.lexicon import load
from catalog.materials.nouns import ending_of
from catalog.materials.paper import coded
from catalog.materials.part import Asked, Material, Part
from catalog.materials.proofs import Proofs, unsure_of
from catalog.materials.reading import read_group_list
from catalog.materials.spreading import as_one_choice
from catalog.materials.text import LONGEST, marked

__all__ = ["Asked", "Material", "Part", "parse_material"]

#: What applicants can be, asked for different papers: 法人 and 单位, or a person.
_SORTS = {"organisation", "legal_representative", "applicant"}
Groups = list[tuple[Asked, ...]]


def parse_material(name: str, proofs: Proofs, item: str = "") -> Material:
    """Take a material's name apart. Deterministic; never empty. `item`: the name of its item."""
    words = load()
    bargain = any(word in item or word in name for word in words.bargains)
    return _parse(name, proofs, bargain and not any(word in name for word in words.couples))


@lru_cache(maxsize=262144)
def _parse(name: str, proofs: Proofs, bargain: bool) -> Material:
    text = without_choice_brackets(coded(marked(name)))
    clauses = clauses_of(text)
    groups: Groups = []
    for clause in clauses:
        groups += read_group_list(groups_of(clause, proofs), clause, proofs)
    groups = [tuple(_named(one, name) for one in group) for group in groups]
    if _by_holder(clauses):
        groups = [as_one_choice(groups)]
    if bargain:
        groups = [tuple(_of_bargain(one) for one in group) for group in groups]
    composition = _composition(groups)
    unsure = unsure_of(groups[0][0], proofs) if composition == "single" else ""
    parts = tuple(part_of(group) for group in groups)
    return Material(name, composition, tuple(groups), unsure, _confidence(groups), parts)


def _by_holder(clauses: list[Clause]) -> bool:
    """法人提交营业执照、个人提交身份证: who the applicant is decides which."""
    subjects = {subject_role(clause.subject) for clause in clauses if clause.subject}
    return len(subjects) > 1 and subjects <= _SORTS


def _named(asked: Asked, name: str) -> Asked:
    """A name that says nothing but of the paper is its own document."""
    if asked.document:
        return asked
    return replace(asked, document=name[:LONGEST], noun=name[:LONGEST], kind="other")


def _of_bargain(asked: Asked) -> Asked:
    return replace(asked, holder="other") if asked.holder == "both_spouses" else asked


def _composition(groups: Groups) -> str:
    if len(groups) == 1:
        return "single" if len(groups[0]) == 1 else "any_of"
    return "mixed" if any(len(group) > 1 for group in groups) else "all_of"


def _confidence(groups: Groups) -> float:
    """How sure: less for each document without a known noun, of a general one, or a mixture."""
    sure = 0.97
    for asked in (one for group in groups for one in group):
        if asked.licence_types:
            continue
        if not ending_of(asked.document):
            sure -= 0.2
        elif asked.kind == "other" or load().joints.search(asked.document):
            sure -= 0.08
    if _composition(groups) == "mixed":
        sure -= 0.1
    return round(max(sure, 0.3), 2)
