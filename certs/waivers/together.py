"""One-thing packages (一件事): an applicant's several cases planned as one, each paper once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from certs.waivers.lines import PlanLine, Verdict
from certs.waivers.waive import Plan

#: What is worst for the applicant first: a paper that one case must have is brought, once.
ORDER: tuple[Verdict, ...] = ("bring", "could_be_waived", "waived", "not_needed")


@dataclass(frozen=True)
class Once:
    """One material of several cases. `line`: of the case that asks most; `cases`: who asks."""

    line: PlanLine
    cases: tuple[str, ...]


@dataclass(frozen=True)
class Together:
    """`asked`: papers of all plans; `saved`: how many of them are not asked a second time."""

    cases: tuple[str, ...]
    items: tuple[str, ...]
    materials: tuple[Once, ...]
    asked: int
    saved: int


def together(plans: Sequence[Plan]) -> Together:
    """Each material of the plans once, in the order in which it first comes."""
    lines: dict[str, list[tuple[str, PlanLine]]] = {}
    for plan in plans:
        for line in plan.lines:
            lines.setdefault(line.material_id, []).append((plan.case_number, line))
    made = tuple(_once(found) for found in lines.values())
    papers = sum(len(found) for found in lines.values())
    return Together(
        cases=tuple(plan.case_number for plan in plans),
        items=tuple(plan.item for plan in plans),
        materials=made,
        asked=papers,
        saved=papers - len(made),
    )


def _once(found: Sequence[tuple[str, PlanLine]]) -> Once:
    _, worst = min(found, key=lambda pair: ORDER.index(pair[1].verdict))
    return Once(worst, tuple(dict.fromkeys(case for case, _ in found)))
