"""One line of a waiver plan: the verdict on one material, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from catalog.versions.published import PublishedMaterial
from certs.licences.face import city_time
from certs.rights import right
from certs.rights.relations import NAMED, PROVES_RELATION, ROLE_NAMES, roles_of
from certs.rights.scene import Scene
from certs.rights.validity import validity_detail
from certs.waivers import sentences
from certs.waivers.candidates import Candidate
from certs.waivers.evidence import LATER, Evidence, StreamName
from certs.waivers.sources import Source, of_type
from registry import licence_types, waivers

Verdict = Literal["waived", "could_be_waived", "bring", "not_needed"]
#: What asks most comes first.
VERDICTS: tuple[Verdict, ...] = ("bring", "not_needed", "could_be_waived", "waived")
APPLICANTS_OWN = ("form", "statement")
VERIFIED_SCAN = "verified scan"


@dataclass(frozen=True)
class PlanLine:
    """One material of a case. `why`: one plain sentence in Chinese.

    What stands for the material (`licence` to `valid_to`) is None where nothing does; a receiving
    window learns the verdict but neither which licence it is nor until when it is valid.
    """

    material_id: str
    name: str
    need: bool
    purpose: str  # prove | compare | surrender
    situation: str  # '' : always
    verdict: Verdict
    why: str
    detail: str | None = None  # the reason's code; None when waived
    licence_type: str | None = None
    licence: str | None = None  # id of the published licence; None for a look-up's answer
    standing: str | None = None  # issuer-sealed | delegated | data only
    system: str | None = None  # code
    source: str | None = None  # the system's name
    as_of: datetime | None = None
    valid_to: date | None = None
    promised_until: date | None = None  # 容缺: the platform fetches it by then
    scan: str | None = None  # id of a scan that was compared with its original (grade B)
    scannable: tuple[str, ...] = ()  # licence types: a scan of one would stand for it
    whose: tuple[str, ...] = ()  # roles, where it is of several persons: each has a copy


def material_facts(now: Scene, material: PublishedMaterial) -> right.Facts:
    """The case's facts with those of one material that the published catalogue asks for."""
    return replace(
        now.facts(),
        asked=True,
        purposes=frozenset({material.purpose}),
        proving_types=frozenset(material.licence_types),
        material_role=material.role,
    )


def licence_facts(facts: right.Facts, one: Candidate) -> right.Facts:
    """The facts with those of one licence."""
    waiver = waivers.standing(one.waiver, facts.today)
    return replace(facts, licence_type=one.type, waiver=waiver, licence=one.facts)


def best(
    facts: right.Facts, found: Iterable[Candidate]
) -> tuple[Candidate, right.Detail | None] | None:
    """The licence to use and what is wrong with it, a valid one that waives first; None: none."""
    wanted = [licence_facts(facts, one) for one in found if one.type in facts.proving_types]
    offered = [one for one in found if one.type in facts.proving_types]
    judged = [
        (one, right.licence_detail(of), lacking(of) is not None)
        for one, of in zip(offered, wanted, strict=True)
    ]
    if not judged:
        return None
    return min(judged, key=lambda three: (_order(three[1]), three[2]))[:2]


def lacking(facts: right.Facts) -> right.Detail | None:
    """What still lacks where a valid licence is there: the waiver, the use's approval, consent."""
    return right.waiver_detail(facts.waiver) or right.basis_detail(facts)


def line(now: Scene, material: PublishedMaterial, evidence: Evidence) -> PlanLine:
    """The verdict on one material. Where it is of several persons, the one that asks most."""
    roles = roles_of(material.role)
    if len(roles) == 1 or right.material_detail(_of(now, material, "applicant", evidence)):
        return _of_role(now, material, roles[0], evidence)
    parts = {one: _of_role(now, material, one, evidence) for one in roles}
    worst = min(parts.values(), key=lambda one: VERDICTS.index(one.verdict))
    told = "；".join(f"{ROLE_NAMES[role]}：{one.why.rstrip('。')}" for role, one in parts.items())
    return replace(worst, why=f"{told}。", whose=roles)


def _of(now: Scene, material: PublishedMaterial, role: str, evidence: Evidence) -> right.Facts:
    facts = material_facts(now, material)
    return replace(facts, material_role=role, relation=evidence.relations.get(role))


def _of_role(now: Scene, material: PublishedMaterial, role: str, evidence: Evidence) -> PlanLine:
    facts = _of(now, material, role, evidence)
    detail = right.material_detail(facts)
    if detail is not None:
        return _unmet(material, *_unprovable(now, material, role, detail, evidence))
    found = best(facts, evidence.found)
    if found is None or found[1] in ("holder_not_applicant", "licence_withdrawn"):
        searched = Searched(evidence, now, _answered(facts, evidence))
        unmet = _unmet(material, *_not_found(material.licence_types, searched))
        if role != "applicant":
            return unmet
        scannable = replace(unmet, scannable=tuple(material.licence_types))
        return _seen_before(material, evidence) or scannable
    made = _found(material, facts, found, evidence)
    if facts.relation is None or role == "applicant":
        return made
    return replace(made, why=sentences.related(made.why, role, facts.relation.licence_type))


def _found(
    material: PublishedMaterial,
    facts: right.Facts,
    found: tuple[Candidate, right.Detail | None],
    evidence: Evidence,
) -> PlanLine:
    one, wrong = found
    if wrong is not None:
        return _unmet(material, wrong, sentences.not_given(one, wrong))
    missing = lacking(licence_facts(facts, one))
    if missing is not None:
        made = _line(material, "could_be_waived", sentences.could_be_waived(one, missing))
        return _stands(replace(made, detail=missing), one, evidence)
    return _stands(_line(material, "waived", sentences.waived(one)), one, evidence)


def _answered(facts: right.Facts, evidence: Evidence) -> Collection[StreamName]:
    """The look-up streams that have answered about whose paper it is."""
    if facts.material_role == "applicant" or facts.subject is None:
        return evidence.answers.keys()
    return evidence.answered.get(facts.subject, frozenset())


def _seen_before(material: PublishedMaterial, evidence: Evidence) -> PlanLine | None:
    """Where the data says nothing, a scan that a window has compared with its original."""
    kept = [evidence.scans[name] for name in material.licence_types if name in evidence.scans]
    if not kept:
        return None
    one = max(kept, key=lambda scan: scan.usable_until)
    made = _line(material, "waived", sentences.seen_before(one))
    shown = replace(made, licence_type=one.licence_type, standing=VERIFIED_SCAN)
    return replace(shown, scan=one.id) if evidence.sees_data else shown


def _unprovable(
    now: Scene, material: PublishedMaterial, role: str, detail: right.Detail, evidence: Evidence
) -> tuple[str, str]:
    """Why no licence can stand for a material, whatever is found: code and sentence."""
    if _applicants_own(material):
        return "applicants_own", sentences.applicants_own()
    if detail == "licence_type_does_not_prove" and material.material_id in evidence.open_names:
        return "name_unresolved", sentences.name_unresolved()
    if detail in ("role_not_applicant", "relation_not_proved"):
        relation = evidence.relations.get(role)
        waits = _relation_waits(now, role, evidence)
        if waits is not None:
            return waits
        return detail, sentences.not_related(role, role in now.named, relation, now.facts())
    return detail, sentences.must_bring(detail)


def _relation_waits(now: Scene, role: str, evidence: Evidence) -> tuple[str, str] | None:
    """Where only time stands before a relation's proof: a register that rests has not said that
    there is none, and a proof that is too old or too new is one still. None: anything else."""
    relation, facts = evidence.relations.get(role), now.facts()
    if relation is not None:
        bad = next((it for one in relation.proofs if (it := validity_detail(one, facts))), None)
        if bad not in LATER or relation.ended:
            return None
        return bad, sentences.not_related(role, True, relation, facts)
    if role not in PROVES_RELATION or (role in NAMED and role not in now.named):
        return None
    about = evidence.answers.keys()
    if role == "guardian":
        about = evidence.answered.get(now.named[role], frozenset())
    found = _not_found(sorted(PROVES_RELATION[role]), Searched(evidence, now, about))
    return (found[0], sentences.relation_first(role, found[1])) if found[0] in LATER else None


def not_of_situation(material: PublishedMaterial) -> PlanLine:
    """The line of a material that the case's situation rules out."""
    why = sentences.not_of_situation(material.situation)
    return replace(_line(material, "not_needed", why), detail="situation_not_met")


def _applicants_own(material: PublishedMaterial) -> bool:
    return material.kind in APPLICANTS_OWN or material.source_type == "applicant"


def _order(detail: right.Detail | None) -> int:
    """Valid first; then what may mend itself, then what is wrong, then what is gone."""
    if detail is None:
        return 0
    if detail in ("licence_not_published", "stale"):
        return 1
    return 3 if detail == "licence_withdrawn" else 2


def _line(material: PublishedMaterial, verdict: Verdict, why: str) -> PlanLine:
    return PlanLine(
        material_id=material.material_id,
        name=material.name,
        need=material.need,
        purpose=material.purpose,
        situation=material.situation,
        verdict=verdict,
        why=why,
    )


def _unmet(material: PublishedMaterial, detail: str, why: str) -> PlanLine:
    """Nothing stands for it: bring it, or leave it where it is not needed."""
    if material.need:
        return replace(_line(material, "bring", why), detail=detail)
    return replace(_line(material, "not_needed", sentences.not_needed()), detail=detail)


def _stands(made: PlanLine, one: Candidate, evidence: Evidence) -> PlanLine:
    shown = replace(
        made,
        licence_type=one.type,
        standing=one.standing,
        system=one.source.system,
        source=one.source.system_name,
        as_of=one.as_of,
    )
    if not evidence.sees_data:
        return shown
    return replace(shown, licence=one.licence_id, valid_to=one.facts.valid_to)


@dataclass(frozen=True)
class Searched:
    """Where a licence was searched in vain. `answered`: look-ups that did answer about whose."""

    evidence: Evidence
    now: Scene
    answered: Collection[StreamName]


def _not_found(types: Sequence[str], where: Searched) -> tuple[str, str]:
    """Why none was found: what a person can still do comes before what was searched in vain."""
    searched = [
        _searched(source, name, where)
        for name in types
        for source in of_type(where.evidence.home, name)
    ]
    if not searched:
        return "not_connected", sentences.not_connected(types)
    order = ("source_resting", "not_asked", "stale", "never_complete", "licence_not_found")
    return min(searched, key=lambda pair: order.index(pair[0]))


def _searched(source: Source, name: str, where: Searched) -> tuple[str, str]:
    evidence, now, place = where.evidence, where.now, (source.system, source.stream)
    if source.lookup:
        if place in where.answered:
            return "licence_not_found", sentences.not_found(source)
        if source.system in evidence.resting:
            return "source_resting", sentences.resting(source, evidence.resting[source.system])
        return "not_asked", sentences.not_asked(source)
    as_of = evidence.complete.get(place)
    if as_of is None:
        return "never_complete", sentences.never_complete(source)
    if now.now - as_of > timedelta(hours=licence_types.load()[name].longest_age_hours):
        return "stale", sentences.too_old(source, city_time(as_of))
    return "licence_not_found", sentences.not_found(source)
