"""What the pages of connecting a system ask: source, tables, mapping, checks, handing on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from pipeline.approval import Submitted
from pipeline.connecting.rows import (
    ColumnRow,
    ComingPage,
    DraftPage,
    DraftRow,
    PlaceRow,
    SecretRow,
    SketchPage,
    StreamRow,
    TrialRow,
)
from pipeline.connecting.source import ADDRESS, KINDS
from pipeline.trial import Example, StreamTrial

__all__ = [
    "ADDRESS",
    "KINDS",
    "ColumnRow",
    "ComingPage",
    "ConnectingPort",
    "DraftPage",
    "DraftRow",
    "Example",
    "PlaceRow",
    "SecretRow",
    "SketchPage",
    "StreamRow",
    "StreamTrial",
    "TrialRow",
]


class ConnectingPort(Protocol):
    """Each step is kept at once. Raises BadInput for a system that nobody registered."""

    def coming(self, code: str) -> ComingPage:
        """Where a system stands, and what may follow."""

    def waiting(self) -> list[DraftRow]:
        """Drafts that nobody has decided yet, the longest first."""

    def sketch(self, code: str) -> SketchPage:
        """The contract on its way."""

    def connect(
        self, code: str, auth: str | None, paths: Sequence[str], values: Mapping[str, str], by: str
    ) -> int | None:
        """Keep how it is reached, and try it; how many places it shows. None where another way of
        signing in was chosen, which asks for secrets that are not there: it is kept, not tried.

        What was typed is kept even when the source does not answer.
        """

    def look(self, code: str, paths: Sequence[str], by: str) -> None:
        """Read some rows of the places that are chosen, and propose what they mean."""

    def say(self, code: str, said: Mapping[str, Any], by: str) -> None:
        """What is said of the system itself; an empty answer takes a key out."""

    def map(
        self,
        code: str,
        stream: str,
        chosen: Mapping[str, str],
        meanings: Mapping[str, Mapping[str, str]],
        reading: Mapping[str, str],
        key: Sequence[str],
        by: str,
    ) -> list[str]:
        """What a stream's columns are used for; the columns whose use another one has already."""

    def try_out(self, code: str, by: str) -> list[StreamTrial]:
        """Read the first batch of each stream and judge it; nothing of it is kept."""

    def hand_on(self, code: str, by: str) -> Submitted:
        """Hand it on for another person's approval, once a dry run has gone well."""

    def draft(self, code: str, version: int) -> DraftPage:
        """A draft to be decided."""

    def send_back(self, code: str, version: int, by: str, why: str) -> None:
        """Take a draft back with the reason."""
