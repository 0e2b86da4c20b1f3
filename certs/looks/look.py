"""Decide on one look at one licence, on the facts of now, and open the document if it is allowed.

This is the only place that opens a published licence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from catalog.versions.published import PublishedMaterial
from certs.licences.document import from_answer
from certs.licences.holders import open_document, read_document
from certs.rights import right
from certs.rights.refusal import refuse
from certs.rights.scene import Scene, scene
from certs.seals import seal
from certs.waivers.candidates import Candidate, candidates
from certs.waivers.lines import best, licence_facts, material_facts
from certs.waivers.situation import of_case_alone
from certs.waivers.waive import answers_of
from kernel.errors import Refused
from kernel.house import House
from ledger import watch
from registry import licence_types, waivers

#: What the catalogue calls a purpose; anything else is the reader's own words for the face.
PURPOSES = frozenset({"prove", "compare", "surrender"})
#: Looks like the number of a person or a firm: it must not stand in the words.
NUMBER = re.compile(r"[0-9A-Za-z]{17}[0-9A-Za-z]|[0-9]{15}")


@dataclass(frozen=True)
class Ask:
    """Who asks to see which material's licence, for which case, and what for."""

    account: str
    case_number: str
    material_id: str
    purpose: str


@dataclass(frozen=True)
class Look:
    """A look that is allowed: for which post, at which licence, and what it says."""

    scene: Scene
    post: str
    material: PublishedMaterial
    chosen: Candidate
    document: Mapping[str, Any]
    seal_root: str | None  # None for a look-up's answer, which is not sealed

    @property
    def holder(self) -> str:
        """The applicant, whose licence it is (keyed hash)."""
        if self.scene.case is None:
            raise ValueError("a look is for a case")
        return str(self.scene.case.holder_hash)


def decide(house: House, conn: Connection, ask: Ask) -> Look | Refused:
    """Allowed: the look. Else the error to raise once `conn` has committed the refusal."""
    now = scene(house, conn, ask.account, ask.case_number)
    material = _material(now, of_case_alone(house, now), ask.material_id)
    facts = _facts(now, material, ask)
    chosen: Candidate | None = None
    if now.case is not None and material is not None:
        answers = answers_of(house, now, ()).values()
        holder, types = now.case.holder_hash, material.licence_types
        facts = replace(facts, waiver=_waiver(conn, types, facts))
        picked = best(facts, candidates(house, conn, holder, types, answers))
        if picked is not None:
            chosen = picked[0]
            facts = licence_facts(facts, chosen)
    decision = right.check(facts, "data")
    if isinstance(decision, right.Allowed) and watch.fetching_stopped(conn, now.now):
        decision = right.Denied("ledger_unsigned")
    if isinstance(decision, right.Denied):
        known = material.material_id if material else None
        return refuse(house, conn, "look.refused", now, decision, known)
    if material is None or chosen is None:
        raise ValueError("an allowed look has a material and a licence")
    return _open(house, conn, Look(now, decision.post, material, chosen, {}, None))


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
    )


def _open(house: House, conn: Connection, look: Look) -> Look:
    chosen = look.chosen
    if chosen.answer is not None:
        kind = licence_types.load()[chosen.type]
        return replace(look, document=from_answer(chosen.answer, kind))
    if chosen.licence_id is None or chosen.seal_batch is None:
        raise ValueError("an allowed licence is published or an answer")
    data = open_document(house, conn, chosen.licence_id, look.holder)
    root = seal.root_of(conn, chosen.seal_batch).root.hex()
    return replace(look, document=read_document(data), seal_root=root)
