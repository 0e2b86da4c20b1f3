"""What API and pages ask about licences for wallets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from pipeline.wallets import GRANT, Asked, Error, Offered, Token, Waiting, Wrong

__all__ = [
    "GRANT", "Asked", "Error", "Offered", "Token", "Waiting", "WalletsPort", "Wrong",
]  # fmt: skip


class WalletsPort(Protocol):
    """The app's calls are signed by it; a wallet's carry a code or a token of ours."""

    def offer(self, headers: Mapping[str, str], body: bytes) -> Offered:
        """An offer of a holder's licence. Raises NotAuthorised, BadInput, SkipRow, Refused, and
        PersonMustAct in gm."""

    def waiting(self, code: str) -> Waiting | None:
        """An offer that no wallet has taken yet."""

    def taken(self, code: str, pin: str, proofs: Sequence[str] = ()) -> Token | Wrong:
        """A wallet takes an offer. `proofs`: its `DPoP` headers."""

    def nonce(self) -> str:
        """What a wallet signs to prove its key."""

    def issue(self, asked: Asked, proofs: Sequence[str] | None = None) -> str | Wrong:
        """The credential. In the ledger before it returns. `proofs`: None for a bearer's token."""

    def statuses(self, number: int) -> str | None:
        """A signed status list; None when there is none of that number."""

    def issuer(self) -> dict[str, Any]:
        """The issuer's metadata."""

    def server(self) -> dict[str, Any]:
        """The authorisation server's metadata."""
