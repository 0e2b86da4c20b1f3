"""What the API asks of calling systems; `pipeline.callers` gives the real one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from pipeline.called import Call
from registry.accounts import Account
from registry.callers import OPERATIONS, Grant, NewGrant

__all__ = ["OPERATIONS", "Call", "CallersPort", "Grant", "NewGrant"]


class CallersPort(Protocol):
    """Every method may raise BadInput, NotAuthorised and Refused; a refusal is in the ledger."""

    def listed(self) -> list[Grant]:
        """Every grant and application, by code, the newest first."""

    def apply(self, who: Account, new: NewGrant) -> int:
        """Ask for a grant; its number."""

    def approve(self, who: Account, number: int) -> str:
        """Another person's yes; the caller's code."""

    def pause(self, who: Account, code: str, why: str) -> None:
        """Take no more calls of it."""

    def resume(self, who: Account, code: str) -> None:
        """Take its calls again."""

    def operate(self, operation: str, call: Call) -> dict[str, Any]:
        """A signed call: its answer."""

    def copy(self, call: Call) -> tuple[bytes, str]:
        """A signed call for an annotated copy: the PDF and its name."""

    def standard(self, operation: str, call: Call) -> Mapping[str, Any]:
        """A signed call in the shape of GB/T 36906: its answer, a refusal too."""
