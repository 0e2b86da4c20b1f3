"""What may stand in a ledger entry: a closed list of events and of facts.

Bodies never hold personal data. Holders are keyed hashes; a case number that is not known to be
one is written as a keyed hash too (`case_hash`), since a person may have typed anything there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from kernel.errors import BadInput

EventName = Literal[
    "account.change_refused",
    "account.created",
    "account.disabled",
    "account.factor_dropped",
    "account.factor_refused",
    "account.factor_set",
    "account.granted",
    "account.locked",
    "account.password_changed",
    "account.password_given",
    "account.signed_in",
    "account.ticket_given",
    "account.refused",
    "alarm.closed",
    "alarm.raised",
    "answer.given",
    "answer.refused",
    "case.finished",
    "call.admitted",
    "caller.applied",
    "caller.approved",
    "caller.paused",
    "caller.refused",
    "caller.resumed",
    "case.opened",
    "case.refused",
    "catalogue.fields",  # forms were replaced at once; now form.proposed and form.decided
    "code.made",
    "code.refused",
    "complaint.answered",
    "complaints.imported",
    "consent.given",
    "consent.withdrawn",
    "catalogue.published",
    "catalogue.released",
    "catalogue.rolled_back",
    "correction.answered",
    "correction.refused",
    "correction.reported",
    "deciding.recorded",
    "deciding.withdrawn",
    "exchange.faults_taken",
    "exchange.written",
    "flow.decided",
    "flow.proposed",
    "holder.erased",
    "holder.shown",
    "judgement.decided",
    "judgement.made",
    "judgement.undone",
    "file.recognised",
    "form.decided",
    "form.filled",
    "form.proposed",
    "form.refused",
    "file.refused",
    "file.taken",
    "key.renewed",
    "key.rotated",
    "ledger.alarm",
    "ledger.longer_asked",
    "ledger.longer_granted",
    "licence.published",
    "licence.ended",
    "lookup.asked",
    "lookup.refused",
    "material.demanded",
    "material.demand_withdrawn",
    "order.confirmed",
    "order.ended",
    "order.looked",
    "order.proposed",
    "order.refused",
    "package.made",
    "plan.made",
    "plan.refused",
    "look.granted",
    "look.refused",
    "finding.acknowledged",
    "hold.released",
    "promise.made",
    "promise.settled",
    "presence.proved",
    "presence.refused",
    "quarantine.exported",
    "quarantine.opened",
    "quarantine.read_again",
    "quarantine.refused",
    "quarantine.replayed",
    "reference.given",
    "right.recorded",
    "right.refused",
    "right.revoked",
    "scan.kept",
    "scan.used",
    "scan.withdrawn",
    "secret.set",
    "subscription.approved",
    "subscription.ended",
    "subscription.proposed",
    "subscription.replayed",
    "system.applied",
    "system.approved",
    "system.confirmed",
    "system.draft_sent_back",
    "system.form_filled",
    "system.moved",
    "system.paused",
    "system.resumed",
    "system.rolled_back",
    "system.sampled",
    "system.sent_back",
    "system.submitted",
    "trust.imported",
    "trust.refused",
    "use.moved",
    "use.refused",
    "waiver.moved",
    "waiver.published",
    "waiver.refused",
    "wallet.issued",
    "wallet.offered",
    "wallet.refused",
    "wish.made",
    "wish.moved",
]
EVENTS: frozenset[str] = frozenset(get_args(EventName))

REQUIRED = frozenset({"at", "event", "actor"})
#: Facts an entry may carry beside the required ones.
FACTS = frozenset(
    {
        "account", "agent", "alarm", "answered", "case", "case_hash", "catalogue_version",
        "changed", "copy", "correction", "could_be_waived", "count", "decision", "department",
        "digest", "division", "document", "ended", "expires_at", "field", "fields", "file",
        "first_id", "form", "holder", "item", "items", "judgement", "key", "key_hash", "kind",
        "last_id", "licence", "licence_type", "licences", "list", "mappings", "material",
        "materials", "mode", "name", "new", "number", "old_key", "operation", "order",
        "outcome", "place",
        "post", "provisional", "purpose", "question", "reason", "relation", "revoked", "role",
        "root", "rows", "run", "seal_batch", "sha256", "size", "source_time", "standing", "stream",
        "subject", "subjects", "suspended", "system", "systems", "types", "until", "version",
        "waived", "wish",
    }
)  # fmt: skip


def event(at: datetime, name: EventName, actor: str, **facts: Any) -> dict[str, Any]:
    """An event for `log.append`. Facts that are None are left out."""
    body: dict[str, Any] = {"at": moment(at), "event": name, "actor": actor}
    body.update((key, value) for key, value in facts.items() if value is not None)
    return body


def moment(at: datetime) -> str:
    """A time as it stands in bodies and heads: UTC, microseconds, `Z`."""
    if at.tzinfo is None:
        raise BadInput("a time in the ledger needs a time zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def check(body: Mapping[str, Any]) -> None:
    """Raise BadInput unless the event and each of its facts is on the closed lists."""
    missing = sorted(REQUIRED - body.keys())
    if missing:
        raise BadInput(f"a ledger event needs {missing[0]}")
    if body["event"] not in EVENTS:
        allowed = ", ".join(sorted(EVENTS))
        raise BadInput(f"unknown ledger event {body['event']}; allowed are {allowed}")
    unknown = sorted(body.keys() - REQUIRED - FACTS)
    if unknown:
        allowed = ", ".join(sorted(FACTS))
        raise BadInput(f"a ledger event has no fact {unknown[0]}; allowed are {allowed}")
