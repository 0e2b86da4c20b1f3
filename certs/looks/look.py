"""Decide on one look at one licence, on the facts of now, and open the document if it is allowed.

`certs.looks` is the only place that opens a published licence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from catalog.versions.published import PublishedMaterial
from certs.licences.document import EXTENSION, carries, details_of
from certs.looks.opening import document_of
from certs.rights import right
from certs.rights.refusal import refuse
from certs.rights.relations import NAMED, roles_of, with_ends
from certs.rights.scene import Scene, scene
from certs.seals import seal
from certs.waivers.asking import answers_of, related
from certs.waivers.candidates import Candidate, candidates
from certs.waivers.lines import best, licence_facts, material_facts
from certs.waivers.situation import of_case_alone
from kernel.errors import Refused
from kernel.house import House
from ledger import watch
from registry import waivers

#: What the catalogue calls a purpose; anything else is the reader's own words for the face.
PURPOSES = frozenset({"prove", "compare", "surrender"})
#: The extensions that every document has: who holds it together with the holder.
STANDARD = frozenset({"KZ_GYR", "KZ_GYRDM"})
#: Looks like the number of a person or a firm: it must not stand in the words.
NUMBER = re.compile(r"[0-9A-Za-z]{17}[0-9A-Za-z]|[0-9]{15}")


@dataclass(frozen=True)
class Ask:
    """Who asks to see which material's licence, for which case, and what for.

    `fields`: the detail fields wanted; none: all that the item's use may have. `person`: keyed
    hash of who the material is of, where a licence names that person but not by number. `whose`:
    of a material of several persons, the one's role; none: the applicant's.
    `licence_type`: only a licence of this type; none: whichever stands for the material.
    `number`: only the one of this number or GB/T 36904 identifier.
    """

    account: str
    case_number: str
    material_id: str
    purpose: str
    fields: frozenset[str] = frozenset()
    person: str | None = None
    whose: str | None = None
    licence_type: str | None = None
    number: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Look:
    """A look that is allowed: for which post, at whose licence, and what it says."""

    scene: Scene
    post: str
    material: PublishedMaterial
    chosen: Candidate
    holder: str  # keyed hash: the applicant, or who stands to the applicant in the role
    document: Mapping[str, Any]
    seal_root: str | None  # None for a look-up's answer, which is not sealed
    fields: tuple[str, ...] = ()  # the detail fields that were given


@dataclass(frozen=True)
class Found:
    """What a look would be about, before it is decided."""

    scene: Scene
    material: PublishedMaterial | None
    facts: right.Facts
    chosen: Candidate | None
    offered: Sequence[Candidate] = ()  # all that there are of its types


def decide(house: House, conn: Connection, ask: Ask) -> Look | Refused:
    """Allowed: the look. Else the error to raise once `conn` has committed the refusal."""
    found = gather(house, conn, ask)
    if ask.number is not None:
        found = _numbered(house, conn, found, ask.number)
    facts, material, chosen = found.facts, found.material, found.chosen
    decision = right.check(facts, "data")
    stopped = watch.no_look(conn, facts.now) if isinstance(decision, right.Allowed) else None
    if stopped is not None:
        decision = right.Denied(stopped)
    if isinstance(decision, right.Denied):
        known = material.material_id if material else None
        return refuse(house, conn, "look.refused", found.scene, decision, known)
    if material is None or chosen is None or facts.subject is None:
        raise ValueError("an allowed look has a material and a licence")
    look = Look(found.scene, decision.post, material, chosen, facts.subject, {}, None)
    return _minimal(_open(house, conn, look), facts)


def gather(house: House, conn: Connection, ask: Ask) -> Found:
    """The facts of an ask, and the licence that it would be about."""
    now = scene(house, conn, ask.account, ask.case_number)
    material = _material(now, of_case_alone(house, now), ask.material_id)
    facts = _facts(now, material, ask)
    if now.case is None or material is None:
        return Found(now, material, facts, None)
    answers = list(answers_of(house, now).values())
    found: Sequence[Candidate] = candidates(
        house, conn, now.case.holder_hash, with_ends(now.uses), answers
    )
    facts = replace(facts, waiver=_waiver(conn, material.licence_types, facts))
    if facts.material_role != "applicant":
        if ask.person is not None and facts.material_role in NAMED:
            now = replace(now, named={**now.named, facts.material_role: ask.person})
        known = related(house, conn, now, found)
        relation = known.relations.get(facts.material_role)
        facts = replace(facts, relation=relation)
        found = [*found, *known.found] if relation is not None else []
    if ask.licence_type is not None:
        found = [one for one in found if one.type == ask.licence_type]
    picked = best(facts, found)
    if picked is None:
        return Found(now, material, facts, None)
    return Found(now, material, licence_facts(facts, picked[0]), picked[0], found)


def _numbered(house: House, conn: Connection, found: Found, number: str) -> Found:
    """Only the licence of that number. None is opened that the case may not see anyway: of another
    one nobody learns whether it is there."""
    for one in found.offered:
        facts = licence_facts(found.facts, one)
        if one.type not in facts.proving_types or facts.subject is None:
            continue
        if isinstance(right.check(facts, "data"), right.Allowed):
            document = document_of(house, conn, one, facts.subject)
            if carries(document, number):
                return replace(found, facts=facts, chosen=one)
    return replace(found, facts=replace(found.facts, licence=None), chosen=None)


def _waiver(conn: Connection, types: Sequence[str], facts: right.Facts) -> waivers.Standing:
    """What the waivers of a material's types come to: one in force is enough."""
    said = waivers.current(conn, types)
    found = [waivers.standing(said.get(name), facts.today) for name in types]
    order: tuple[waivers.Standing, ...] = (
        "in_force",
        "not_published",
        "not_confirmed",
        "withdrawn",
    )
    return min(found, key=order.index, default="not_confirmed")


def words_allowed(purpose: str, case_number: str) -> bool:
    """Whether the reader's words may stand on a copy: 2 to 200 characters, no one's number."""
    words = purpose.strip()
    return 2 <= len(words) <= 200 and not NUMBER.search(words.replace(case_number, ""))


def _material(
    now: Scene, asked: Sequence[PublishedMaterial], material_id: str
) -> PublishedMaterial | None:
    """The published line of that id; where situations differ, one that a licence can stand for."""
    same = [one for one in asked if one.material_id == material_id]
    return min(
        same,
        key=lambda one: right.material_detail(material_facts(now, one)) is not None,
        default=None,
    )


def _facts(now: Scene, material: PublishedMaterial | None, ask: Ask) -> right.Facts:
    if material is None:
        return now.facts()
    facts = material_facts(now, material)
    roles = roles_of(material.role)
    role = ask.whose or roles[0]
    wanted = {ask.purpose} if ask.purpose in PURPOSES else set()
    return replace(
        facts,
        purposes=facts.purposes | wanted,
        purpose_given=words_allowed(ask.purpose, ask.case_number),
        wanted=ask.fields,
        material_role=role if role in roles else material.role,
    )


def _minimal(look: Look, facts: right.Facts) -> Look:
    """Without the detail fields that this use does not have, or that were not asked for."""
    may = facts.uses[look.chosen.type].fields
    given = may & facts.wanted if facts.wanted else may
    kept = {
        name: value
        for name, value in look.document.items()
        if name in STANDARD or not name.startswith(EXTENSION) or name[len(EXTENSION) :] in given
    }
    held = details_of(kept)
    return replace(look, document=kept, fields=tuple(sorted(held)))


def _open(house: House, conn: Connection, look: Look) -> Look:
    chosen = look.chosen
    document = document_of(house, conn, chosen, look.holder)
    if chosen.answer is not None:
        return replace(look, document=document)
    if chosen.seal_batch is None:
        raise ValueError("an allowed licence is published or an answer")
    root = seal.root_of(conn, chosen.seal_batch).root.hex()
    return replace(look, document=document, seal_root=root)
