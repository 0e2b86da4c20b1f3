"""What became of the rows of a batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

import numpy as np
import numpy.typing as npt

#: What became of a row; `replaced`: a later row of the batch has the same key.
Outcome = Literal["stored", "unchanged", "deleted", "quarantined", "replaced"]
OUTCOMES: tuple[Outcome, ...] = ("replaced", "stored", "unchanged", "deleted", "quarantined")
REPLACED, STORED, UNCHANGED, DELETED, QUARANTINED = range(5)
Codes = npt.NDArray[np.int8]  # one of OUTCOMES a row


@dataclass(frozen=True)
class BatchCounts:
    """What became of a batch. `rows` counts what came, the others distinct keys.

    `codes`: one of OUTCOMES a row, in order. `reasons`: row → why it is in quarantine, never with
    a value.
    """

    rows: int
    stored: int
    quarantined: int
    deleted: int
    unchanged: int
    codes: Codes = field(default_factory=lambda: np.zeros(0, np.int8), compare=False)
    reasons: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What became of each row, in order."""
        return tuple(OUTCOMES[code] for code in self.codes)
