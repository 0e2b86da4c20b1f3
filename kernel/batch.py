"""What a connector hands to the landing: rows as received, and where to go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

#: Reserved columns of a frame. BAD: why the row cannot be read as it stands (no value in it), null
#: for a good row; the landing quarantines it. MORE: what belongs to none of its columns, as JSON.
BAD, MORE = "+bad", "+more"


@dataclass(frozen=True)
class Batch:
    """Rows of one stream, as received.

    `frame`: source column names; every column is string[pyarrow], None where the source gave null.
    `cursor`: JSON text to continue from once this batch has landed; None leaves the old cursor.
    `raw`: bytes as received when they are not plain UTF-8 (kept beside the rows), else None.
    `acknowledge`: keys of the rows to acknowledge after the landing commits (exchange tables).
    `facts`: where it came from (file name, page), safe to log.
    `types`: the source's own type names by column, where it has types (a database, Parquet, a
    Singer schema); a column whose type changes is a finding. Empty for sources of plain text.
    """

    frame: pd.DataFrame
    cursor: str | None = None
    raw: bytes | None = None
    acknowledge: tuple[str, ...] = ()
    facts: Mapping[str, str | int] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
