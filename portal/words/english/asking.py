"""English of what is asked of an applicant."""

from __future__ import annotations

ASKING: dict[str, str] = {
    "plan.stopped": "The ledger has not been signed for longer than allowed: no licence can be "
    "fetched now. Accept what could be waived with a promise, and fetch it later.",
    "plan.ask": "Please ask the applicant",
    "plan.ask.about": "The answers change what is to be brought",
    "plan.ask.button": "Renew the list",
    "plan.known": "Known situation",
    "plan.known.said": "the applicant's answer",
    "plan.known.case": "by the case",
    "plan.known.licence": "by the data of {type}",
}
