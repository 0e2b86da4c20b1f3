"""What is wrong with a wallet's request, in the words of the standards that wallets follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Error = Literal[
    "invalid_request", "invalid_grant", "unsupported_grant_type", "invalid_token",
    "invalid_credential_request", "unknown_credential_configuration", "invalid_proof",
    "invalid_nonce", "invalid_dpop_proof", "credential_request_denied",
]  # fmt: skip


@dataclass(frozen=True)
class Wrong:
    """By the words of RFC 6749, RFC 9449 and OpenID4VCI."""

    error: Error
    says: str
