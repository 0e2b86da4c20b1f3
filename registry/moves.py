"""Who may do what to the registry's records: by role, told in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from kernel.errors import Refused
from registry.accounts import Account


def role_of(who: Account, roles: Sequence[str], what: str) -> None:
    """Raises Refused (`role`) unless the account has one of the roles."""
    if who.role not in roles:
        raise Refused(f"to {what} is for {', '.join(roles)}, not for {who.role}", reason="role")
