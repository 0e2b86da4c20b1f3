"""What verifying a file says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal[
    "valid",
    "expired",  # sealed and untouched, past its day: it was valid when used
    "revoked",
    "suspended",
    "changed",
    "unknown_issuer",
    "no_seal",
    "not_checked",
    "unreadable",
]
Kind = Literal["pdf", "ofd", "licence", "unknown"]


@dataclass(frozen=True)
class Verdict:
    """`untouched`: None where the file carries no seal or it was not checked.

    `reason`: one sentence in Chinese; None when there is nothing to say. `about`: what a genuine
    copy of ours says of itself (copy, licence_type, standing, made_at, expires_at); never personal.
    """

    untouched: bool | None
    status: Status
    issuer_known: bool
    kind: Kind
    reason: str | None
    about: Mapping[str, str] = field(default_factory=dict)

    @property
    def genuine(self) -> bool:
        """Sealed by an issuer that we know, and untouched since."""
        return self.untouched is True and self.issuer_known

    def as_json(self) -> dict[str, Any]:
        """The five keys of `zhongtai certs verify --json`."""
        return {
            "untouched": self.untouched,
            "status": self.status,
            "issuer_known": self.issuer_known,
            "kind": self.kind,
            "reason": self.reason,
        }
