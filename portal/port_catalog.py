"""What the API asks of the catalogue; `pipeline.cataloguing` and `exchanging` give it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from catalog.deciding.bodies import MANNERS, Body, Decision
from catalog.exchange.faults import NEEDED as FAULT_TABLES
from catalog.exchange.faults import Fault, Taken
from catalog.exchange.sheets import rows_of
from catalog.flow.deltas import Delta, Proposal
from catalog.flow.fields import FIELDS, PAPERS, shown
from catalog.flow.papers import how, is_paper
from catalog.versions.changes import Change
from catalog.versions.compare import Comparison
from catalog.versions.diff import Wanted, is_wanted
from catalog.versions.history import VersionRow
from catalog.versions.published import PublishedMaterial
from catalog.versions.read import PublishedItem
from pipeline.exchanging import Sent
from pipeline.handed_in import day_of, decisions_of, proposals_of, wanted_of

__all__ = [
    "FAULT_TABLES",
    "FLOW_FIELDS",
    "MANNERS",
    "Body",
    "CataloguingPort",
    "Change",
    "Comparison",
    "Decision",
    "Delta",
    "ExchangingPort",
    "Fault",
    "Proposal",
    "PublishedItem",
    "PublishedMaterial",
    "Sent",
    "Taken",
    "VersionRow",
    "Wanted",
    "day_of",
    "decisions_of",
    "how",
    "is_paper",
    "is_wanted",
    "proposals_of",
    "rows_of",
    "shown",
    "wanted_of",
]

#: What a deviation may be of, as it is typed.
FLOW_FIELDS = (*FIELDS, *PAPERS)


class CataloguingPort(Protocol):
    """Every method may raise BadInput and Refused; their texts hold no personal data."""

    def versions(self) -> list[VersionRow]:
        """All, the newest first."""

    def diff(self, old: int | None, new: int | None, wanted: Wanted) -> list[Change]:
        """What changed for whom."""

    def held(self) -> bool:
        """Whether a roll-back holds publishing back."""

    def publish(self, by: str) -> int:
        """A new version when the content changed; the number in force."""

    def rollback(self, number: int, by: str, why: str) -> int:
        """Back to an old version, as a new one."""

    def release(self, by: str, why: str) -> None:
        """Let publishing go on."""

    def flow(
        self, item_id: str, division: str | None, day: date | None, version: int | None
    ) -> dict[str, Any]:
        """The flow in force on a day."""

    def compare(
        self, item_id: str, only: Sequence[str], day: date | None, version: int | None
    ) -> Comparison:
        """Counties side by side."""

    def items(self, words: str) -> list[PublishedItem]:
        """Published items by what people call them."""

    def names(self, ids: Collection[str]) -> dict[str, str]:
        """Names of published items by id."""

    def deviations(self, item_id: str | None, state: str | None) -> list[Delta]:
        """Deviations, by number."""

    def propose(self, wanted: Sequence[Proposal], by: str, why: str) -> list[int]:
        """Deviations to decide on."""

    def decide(self, number: int, state: str, by: str, why: str, document: str | None) -> None:
        """Accept, refuse or withdraw one."""

    def bodies(self, item_id: str) -> list[Body]:
        """Who decides an item, when."""

    def assign(self, wanted: Sequence[Decision], by: str, why: str) -> list[int]:
        """Keep who decides from a day on."""

    def unassign(self, number: int, by: str, why: str) -> None:
        """Take that back."""


class ExchangingPort(Protocol):
    """Every method may raise BadInput and Refused; their texts hold no personal data."""

    def export(self, form: str, version: int | None) -> bytes:
        """A version as `json`, `xlsx` or `gb39554`."""

    def send(self, version: int | None, by: str, folder: Path | None, secret: str | None) -> Sent:
        """Tell the national tables what changed."""

    def take_faults(self, data: bytes, table: str, by: str) -> Taken:
        """Fault rows that came back."""

    def faults(self, *, closed: bool = False) -> list[Fault]:
        """Rows that wait to be mended."""

    def settle(self, number: int, by: str, why: str, *, resend: bool) -> None:
        """What becomes of a fault."""
