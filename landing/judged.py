"""Rows as judged: the last row of each key, read by the contract, and which of them are refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from kernel.house import House
from landing import findings, marked, reasons
from landing.checks import check
from landing.columns import take_rows
from landing.normalise import Normalised, normalise
from landing.rawrows import RowHashes, hashes
from registry.contract import Stream


@dataclass(frozen=True)
class Judged:
    """What was received, judged. All but `spots` counts from the deduplicated `table`.

    `spots`: where each row stood among those received. `refused`: row → why, in order.
    """

    table: pa.Table
    spots: list[int]
    hashes: RowHashes
    rows: Normalised
    refused: dict[int, reasons.Refusal]
    found: list[findings.Finding]
    facts: dict[str, Any]


def judge(house: House, system: str, stream: Stream, table: pa.Table) -> Judged:
    """Read and check rows. Of several rows with the same key the last one counts."""
    received, table = table, marked.plain(table)
    every = hashes(house, system, stream, table)
    every = marked.told_apart(house, system, stream, received, every)
    spots = sorted({key: spot for spot, key in enumerate(every.keys)}.values())
    if len(spots) < table.num_rows:
        table = take_rows(table, spots)
        every = RowHashes(
            [every.keys[spot] for spot in spots],
            [every.rows[spot] for spot in spots],
            [every.keyless[spot] for spot in spots],
        )
    rows = normalise(house, stream, table)
    whole = take_rows(marked.shown(received), spots)
    verdict = check(stream, rows, every.keys)
    why = {at: reasons.refusal(stream, rows, at, broken) for at, broken in verdict.failed.items()}
    if stream.key:
        why |= {at: reasons.keyless(stream) for at, bare in enumerate(every.keyless) if bare}
    why |= marked.refusals(received, spots)
    found = findings.of_batch(house, stream, rows, table)
    return Judged(whole, spots, every, rows, dict(sorted(why.items())), found, verdict.facts)
