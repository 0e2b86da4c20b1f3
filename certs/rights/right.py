"""The right to look: one pure function from facts to Allowed, or to a reason.

A look follows from the case. The facts are gathered by the caller in one transaction; nothing
is decided anywhere else. Reasons are stable codes; sentences are for the person at the window.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from certs.rights.casework import check_case, may_decide
from certs.rights.facts import (
    AssignmentFacts,
    CaseFacts,
    ConsentFacts,
    DutyFacts,
    Facts,
    LicenceFacts,
    MandateFacts,
    OrderFacts,
    PostFacts,
    PresenceFacts,
    RelationFacts,
    ShareClass,
    TypeUse,
    UseState,
)
from certs.rights.ordered import order_detail
from certs.rights.reasons import NOT_VALID, SENTENCES, Allowed, Denied, Detail
from certs.rights.relations import PROVES_RELATION
from certs.rights.validity import fresh, state_on, validity_detail
from registry.waivers import Standing

__all__ = [
    "NOT_VALID", "PROVES_RELATION", "SENTENCES", "Allowed", "AssignmentFacts", "CaseFacts",
    "ConsentFacts", "Denied", "Detail", "DutyFacts", "Facts", "LicenceFacts", "MandateFacts",
    "OrderFacts", "PostFacts", "PresenceFacts", "RelationFacts", "ShareClass", "TypeUse", "Use",
    "UseState",
    "basis_detail", "check", "check_case", "fresh", "licence_detail", "material_detail",
    "may_decide", "state_on", "use_detail", "waiver_detail",
]  # fmt: skip

#: A holder is proved to be there, and shows the code, within that time.
ABOUT = timedelta(minutes=30)
#: plan: satisfied or not; answer: yes or no, nothing handed over; data: the licence; order: the
#: licence, by the route of courts and auditors; own: the licence, for its holder.
Use = Literal["plan", "answer", "data", "order", "own"]


def check(facts: Facts, use: Use) -> Allowed | Denied:
    """Whether this account may look, for this use."""
    if use == "order":
        wrong = order_detail(facts) or validity_of_order(facts)
        return Denied(wrong) if wrong else Allowed(facts.asker)
    if use == "own":
        wrong = own_detail(facts)
        return Denied(wrong) if wrong else Allowed(facts.asker)
    case = check_case(facts)
    if isinstance(case, Denied) or use == "plan":
        return case
    reading = use == "answer" or may_decide(facts)
    detail = (
        material_detail(facts)
        or waiver_detail(facts.waiver)
        or (None if reading else "receive_only")
        or basis_detail(facts)
        or licence_detail(facts)
    )
    return Denied(detail) if detail else case


def material_detail(facts: Facts) -> Detail | None:
    """Why the material cannot be stood for by any licence; None when it can."""
    proves = facts.proving_types
    tried = facts.licence_type
    checks: tuple[tuple[bool, Detail], ...] = (
        (facts.asked, "material_not_asked"),
        (facts.purpose_given, "purpose_not_given"),
        (facts.purposes == {"prove"}, "purpose_not_prove"),
        (bool(proves), "licence_type_does_not_prove"),
        (tried is None or tried in proves, "licence_type_does_not_prove"),
    )
    wrong = next((detail for holds, detail in checks if not holds), None)
    return wrong or relation_detail(facts)


def relation_detail(facts: Facts) -> Detail | None:
    """Why the licence of who the material is of may not count; never assumed, always proved."""
    if facts.material_role == "applicant":
        return None
    one = facts.relation
    if one is None or facts.case is None or one.role != facts.material_role:
        return "role_not_applicant"
    holds = (
        one.licence_type in PROVES_RELATION.get(one.role, frozenset())
        and one.of == facts.case.applicant
        and one.to != one.of
        and one.linked
        and not one.ended
        and bool(one.proofs)
        and all(_proves(one, proof, facts) for proof in one.proofs)
    )
    return None if holds else "relation_not_proved"


def _proves(one: RelationFacts, proof: LicenceFacts, facts: Facts) -> bool:
    return (
        bool(proof.holders & {one.of, one.to})
        and validity_detail(proof, facts) is None
        and use_detail(facts.uses.get(one.licence_type), proof) is None
    )


def waiver_detail(waiver: Standing) -> Detail | None:
    """Why the waiver does not count today; None when it is in force."""
    why: dict[Standing, Detail | None] = {
        "in_force": None,
        "not_confirmed": "waiver_not_confirmed",
        "not_published": "waiver_not_published",
        "withdrawn": "waiver_withdrawn",
    }
    return why[waiver]


def use_detail(use: TypeUse | None, licence: LicenceFacts | None) -> Detail | None:
    """Why this item may not use the licence, by its share class; None when it may.

    With no licence the class of its type alone counts: whether there is one is not told either.
    """
    if use is None or (licence is not None and licence.share is None):
        return "share_unknown"
    classes = {use.share, licence.share if licence is not None else use.share}
    if "none" in classes:
        return "share_none"
    if classes == {"unconditional"}:
        return None
    why: dict[UseState | None, Detail | None] = {
        None: "use_not_approved",
        "requested": "use_not_approved",
        "approved": None,
        "refused": "use_refused",
        "disputed": "use_disputed",
    }
    return why[use.state]


def basis_detail(facts: Facts) -> Detail | None:
    """Share class, fields and legal basis of this use; None when all hold."""
    if facts.licence_type is None:
        return "licence_not_found"
    use = facts.uses.get(facts.licence_type)
    wrong = use_detail(use, facts.licence)
    if wrong is not None or use is None:
        return wrong
    if not facts.wanted <= use.fields:
        return "fields_beyond_use"
    return None if use.basis == "duty" else _consent_detail(facts)


def _consent_detail(facts: Facts) -> Detail | None:
    mine = [
        one
        for one in facts.consents
        if one.holder == facts.subject and one.licence_type == facts.licence_type
    ]
    holding = [one for one in mine if one.begins <= facts.now < one.ends and not one.withdrawn]
    if holding:
        return None if any(was_there(facts, one) for one in holding) else "presence_missing"
    return "consent_withdrawn" if any(one.withdrawn for one in mine) else "consent_missing"


def was_there(facts: Facts, consent: ConsentFacts) -> bool:
    """Whether the holder gave the consent at the window, or was proved to be there about then."""
    return not consent.brought or any(
        one.holder == consent.holder and abs(one.at - consent.begins) <= ABOUT
        for one in facts.present
    )


def licence_detail(facts: Facts) -> Detail | None:
    """Why the licence cannot be given as valid; None when it can."""
    licence = facts.licence
    if licence is None or facts.licence_type is None:
        return "licence_not_found"
    if facts.subject is None or facts.subject not in licence.holders:
        return "holder_not_applicant"
    return validity_detail(licence, facts)


def own_detail(facts: Facts) -> Detail | None:
    """Why a holder is not given their own licence. Another's is as one that is not there."""
    licence = facts.licence
    if licence is None or facts.holder is None or facts.holder not in licence.holders:
        return "licence_not_found"
    return validity_detail(licence, facts)


def validity_of_order(facts: Facts) -> Detail | None:
    """Under an order a licence of any state is given, but only one that is there and sealed.

    One under correction too: a court sees what stands in the register, marked as such.
    """
    licence = facts.licence
    if licence is None:
        return "licence_not_found"
    if facts.order_subject not in licence.holders:
        return "order_other_subject"
    return None if licence.published else "licence_not_published"
