"""Decide on one look at one licence, on the facts of now, and open the document if it is allowed.

`certs.looks` is the only place that opens a published licence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from catalog.versions.published import PublishedMaterial
from certs.licences.document import EXTENSION, details_of
from certs.looks.opening import document_of
from certs.rights import right
from certs.rights.facts import RelationFacts
from certs.rights.refusal import refuse
from certs.rights.relations import NAMES_OTHER, PROVES_RELATION, with_ends
from certs.rights.scene import Scene, scene
from certs.seals import seal
from certs.waivers.candidates import Candidate, candidates
from certs.waivers.lines import best, licence_facts, material_facts
from certs.waivers.relatives import relatives
from certs.waivers.situation import of_case_alone
from certs.waivers.waive import answers_of
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
    hash of who the material is of, where a licence names that person but not by number.
    `licence_type`: only a licence of this type; none: whichever stands for the material.
    """

    account: str
    case_number: str
    material_id: str
    purpose: str
    fields: frozenset[str] = frozenset()
    person: str | None = None
    licence_type: str | None = None


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


def decide(house: House, conn: Connection, ask: Ask) -> Look | Refused:
    """Allowed: the look. Else the error to raise once `conn` has committed the refusal."""
    found = gather(house, conn, ask)
    facts, material, chosen = found.facts, found.material, found.chosen
    decision = right.check(facts, "data")
    if isinstance(decision, right.Allowed) and watch.fetching_stopped(conn, facts.now):
        decision = right.Denied("ledger_unsigned")
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
    answers = list(answers_of(house, now, ()).values())
    own = candidates(house, conn, now.case.holder_hash, with_ends(now.uses), answers)
    facts = replace(facts, waiver=_waiver(conn, material.licence_types, facts))
    found = own
    if material.role != "applicant":
        relation = _relation(facts, own, ask)
        facts = replace(facts, relation=relation)
        found = _of_other(house, conn, relation, material)
    if ask.licence_type is not None:
        found = [one for one in found if one.type == ask.licence_type]
    picked = best(facts, found)
    if picked is None:
        return Found(now, material, facts, None)
    chosen = picked[0]
    facts = licence_facts(facts, chosen)
    return Found(now, material, _linked(house, conn, facts, own, chosen), chosen)


def _relation(facts: right.Facts, own: Sequence[Candidate], ask: Ask) -> RelationFacts | None:
    """The relation by two holders of one licence, or (not linked yet) by a name in one."""
    known = relatives(facts, own).get(facts.material_role)
    if known is not None or ask.person is None or facts.case is None:
        return known
    proof = _naming(facts, own)
    if proof is None:
        return None
    return RelationFacts(
        facts.material_role, proof.type, facts.case.applicant, ask.person, False, False, proof.facts
    )


def _naming(facts: right.Facts, own: Sequence[Candidate]) -> Candidate | None:
    """The applicant's licence that would name the other one."""
    types = PROVES_RELATION.get(facts.material_role, frozenset()) & NAMES_OTHER.keys()
    return next((one for one in own if one.type in types), None)


def _of_other(
    house: House, conn: Connection, relation: RelationFacts | None, material: PublishedMaterial
) -> list[Candidate]:
    if relation is None:
        return []
    return candidates(house, conn, relation.to, material.licence_types, ())


def _linked(
    house: House,
    conn: Connection,
    facts: right.Facts,
    own: Sequence[Candidate],
    chosen: Candidate,
) -> right.Facts:
    """Compare the two documents' names, only where nothing else stands against the look.

    The caller names a person by number; the applicant's licence names one: both must agree.
    """
    relation = facts.relation
    if relation is None or relation.linked:
        return facts
    hoped = replace(facts, relation=replace(relation, linked=True))
    proof = _naming(facts, own)
    if proof is None or isinstance(right.check(hoped, "data"), right.Denied):
        return facts
    said = details_of(document_of(house, conn, proof, relation.of)).get(NAMES_OTHER[proof.type])
    holder = document_of(house, conn, chosen, relation.to).get("CZZT")
    return hoped if said and said == holder else facts


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
    wanted = {ask.purpose} if ask.purpose in PURPOSES else set()
    return replace(
        facts,
        purposes=facts.purposes | wanted,
        purpose_given=words_allowed(ask.purpose, ask.case_number),
        wanted=ask.fields,
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
