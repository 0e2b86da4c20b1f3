"""English of rights."""

from __future__ import annotations

RIGHTS: dict[str, str] = {
    "plan.relative": "A paper is of somebody other than the applicant",
    "plan.relative.about": "A licence then proves the relation. Naming a person proves nothing, "
    "and each check is on record.",
    "plan.relative.role": "Relation to the applicant",
    "plan.relative.number": "Citizen number",
    "plan.relative.button": "Record and check",
}
