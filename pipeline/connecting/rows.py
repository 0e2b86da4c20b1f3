"""What the pages of connecting a system are given. Rows of a source are masked in all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pipeline.standing import ConnectionRow
from registry.flaws import Flaw
from registry.states import Change, State
from registry.versions import Difference

Where = Literal["environment", "encrypted", "plain file", "container"]


@dataclass(frozen=True)
class SecretRow:
    """A secret by its name. `key`: what it is (`address`, `token`, …); `place`: None is nowhere."""

    key: str
    name: str
    place: Where | None


@dataclass(frozen=True)
class PlaceRow:
    """A table, list, operation or kind of file. `note`: why it cannot be read, or ""."""

    path: str
    comment: str
    columns: int
    note: str
    chosen: bool
    stream: str


@dataclass(frozen=True)
class ColumnRow:
    """A column: what was proposed and why, what it is used for now, some of its values, masked.

    `control`: it says which row it is, where to go on, or what is deleted. `values`: of a short
    closed list each value and how often.
    """

    name: str
    type: str
    comment: str
    use: str
    field: str
    confidence: float
    reason: str
    samples: tuple[str, ...]
    control: bool
    values: Mapping[str, int]


@dataclass(frozen=True)
class StreamRow:
    """A stream of the sketch: its columns, up to 20 rows, and what its YAML says (`said`)."""

    name: str
    kind: str
    columns: tuple[ColumnRow, ...]
    rows: tuple[Mapping[str, str], ...]
    rows_read: int
    said: Mapping[str, Any]
    uses: tuple[str, ...]

    @property
    def unused(self) -> list[str]:
        """Columns that would not be kept, and are needed for nothing else."""
        return [one.name for one in self.columns if one.use in ("", "ignore") and not one.control]


@dataclass(frozen=True)
class TrialRow:
    """What the last dry run counted; `fits`: it ran on the sketch as it is now."""

    at: datetime
    fits: bool
    rows: int
    refused: int


@dataclass(frozen=True)
class DraftRow:
    """A contract handed on: who made it, when; what was decided, by whom and why."""

    system: str
    version: int
    by: str
    at: datetime
    days: int
    decision: str | None
    decided_by: str | None
    why: str | None


@dataclass(frozen=True)
class DraftPage:
    """A draft to be decided: its text, what it changes, what a dry run of it counted."""

    row: DraftRow
    text: str
    changes: tuple[Difference, ...]
    trial: TrialRow | None


@dataclass(frozen=True)
class SketchPage:
    """A contract on its way. `flaws`: what the strict check still says; `yaml`: its text."""

    code: str
    name: str
    said: Mapping[str, Any]
    auth: str | None
    paths: tuple[str, ...]
    secrets: tuple[SecretRow, ...]
    places: tuple[PlaceRow, ...]
    streams: tuple[StreamRow, ...]
    flaws: tuple[Flaw, ...]
    yaml: str
    changes: tuple[Difference, ...]
    trial: TrialRow | None


@dataclass(frozen=True)
class ComingPage:
    """Where a system stands: its history, the steps that may follow, what was handed on.

    `form`: what its officer filled in, empty when nothing was; `version`: in force, 0 when none.
    """

    row: ConnectionRow
    history: tuple[Change, ...]
    steps: tuple[State, ...]
    drafts: tuple[DraftRow, ...]
    form: Mapping[str, Any]
    version: int
    sketched: bool
