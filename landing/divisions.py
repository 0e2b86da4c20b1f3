"""Citizen numbers that begin with a division that nobody knows: a finding, not a refusal."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute

from kernel.crypto import keyed_hash
from kernel.house import House
from kernel.numbers import PERSON
from landing.columns import cells, is_text, trimmed
from landing.findings import Finding
from landing.normalise import Normalised
from landing.states import HELD
from registry.contract import Stream
from registry.divisions import is_known_prefix

_do: Any = pyarrow.compute

UNKNOWN_DIVISION = "unknown_division"
KINDS = {"holder_number": "holder_kind", "applicant_number": "applicant_kind"}


def unknown(house: House, stream: Stream, rows: Normalised, table: pa.Table) -> list[Finding]:
    """One finding a number's column and unknown division, named by a fingerprint.

    The distinct first six digits are few, so that a column costs one pass.
    """
    found = []
    for name, kind in KINDS.items():
        column = stream.column(name)
        if column is None or column not in table.column_names:
            continue
        heads = _do.utf8_slice_codeunits(trimmed(cells(table, column)), 0, 6)
        odd = [one for one in _do.unique(heads).to_pylist() if one is not None and _is_odd(one)]
        if not odd:
            continue
        held = is_text(rows.states[name], HELD)
        people = _do.and_(held, is_text(rows.plain[kind], PERSON))
        counts = _do.value_counts(heads.filter(_do.and_(people, _do.is_in(heads, pa.array(odd)))))
        found += [_finding(house, column, one) for one in counts.to_pylist()]
    return found


def _is_odd(head: str) -> bool:
    return len(head) == 6 and head.isdigit() and head.isascii() and not is_known_prefix(head)


def _finding(house: House, column: str, one: dict[str, Any]) -> Finding:
    mark = keyed_hash(house.keys.index, "division", one["values"])[:8]
    text = f"citizen numbers of the column {column} begin with a division that is not known"
    return Finding(UNKNOWN_DIVISION, f"{column}=#{mark}", f"{text}: {one['counts']:,} in one batch")
