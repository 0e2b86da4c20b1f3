"""The two-person route of courts, auditors and discipline inspectors: no case, but an order."""

from __future__ import annotations

from certs.rights.facts import Facts
from certs.rights.reasons import Detail


def order_detail(facts: Facts) -> Detail | None:
    """Why the order does not let this account look at this person's licence of this type."""
    order = facts.order
    if not facts.enabled:
        return "account_disabled"
    if order is None:
        return "order_unknown"
    checks: tuple[tuple[bool, Detail], ...] = (
        (order.confirmer is not None, "order_not_confirmed"),
        (order.confirmer != order.proposer, "order_same_person"),
        (facts.role == "bureau", "order_not_yours"),
        (facts.asker in (order.proposer, order.confirmer), "order_not_yours"),
        (order.begins <= facts.now, "order_not_yet"),
        (not order.ended and facts.now < order.ends, "order_over"),
        (facts.order_subject in order.subjects, "order_other_subject"),
        (facts.licence_type in order.types, "order_other_type"),
    )
    return next((detail for holds, detail in checks if not holds), None)
