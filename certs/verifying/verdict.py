"""What verifying a file says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Status = Literal[
    "valid",
    "expired",  # sealed and untouched, past its day: it was valid when used
    "revoked",
    "suspended",
    "not_valid_when_sealed",  # untouched, but certificate or seal was outside its days then
    "changed",
    "unknown_issuer",
    "no_seal",
    "unsupported",  # sealed in a way that is not checked here
    "not_checked",  # no file that is checked here
    "unreadable",
]
Kind = Literal["pdf", "ofd", "licence", "package", "unknown"]
#: Of a seal that was not valid when it was used no one should think well.
_DOUBTFUL: Final = frozenset({"not_valid_when_sealed"})


@dataclass(frozen=True)
class Verdict:
    """`untouched`: None where the file carries no seal, or none that can be checked.

    `issuer_known`: None where it carries no seal, or cannot be read. `reason`: one sentence in
    Chinese; None when there is nothing to say. `about`: what a genuine copy of ours says of
    itself (copy, licence_type, standing, made_at, expires_at; of a credential status_list and
    status_index); never personal.
    """

    untouched: bool | None
    status: Status
    issuer_known: bool | None
    kind: Kind
    reason: str | None
    about: Mapping[str, str] = field(default_factory=dict)

    @property
    def genuine(self) -> bool:
        """Sealed by an issuer that we know, with a right to, and untouched since."""
        return self.untouched is True and self.issuer_known is True and self.status not in _DOUBTFUL

    def as_json(self) -> dict[str, Any]:
        """The five keys of `zhongtai certs verify --json`."""
        return {
            "untouched": self.untouched,
            "status": self.status,
            "issuer_known": self.issuer_known,
            "kind": self.kind,
            "reason": self.reason,
        }
