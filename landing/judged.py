"""Rows as judged: the last row of each key, read by the contract, and which of them are refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from kernel.house import House
from landing import divisions, findings, lookups, marked, reasons
from landing.checks import check
from landing.columns import Column, Spots, take, take_rows
from landing.normalise import Normalised, normalise
from landing.rawrows import RowHashes, hashes
from registry.contract import Stream


@dataclass(frozen=True)
class Judged:
    """What was received, judged. All but `spots` counts from the deduplicated `table`.

    `spots`: where each row stood among those received. `refused`: row → why, in order.
    """

    table: pa.Table
    spots: Spots
    hashes: RowHashes
    rows: Normalised
    refused: dict[int, reasons.Refusal]
    found: list[findings.Finding]
    facts: dict[str, Any]


def judge(house: House, system: str, stream: Stream, table: pa.Table) -> Judged:
    """Read and check rows. Of several rows with the same key the last one counts."""
    received = marked.without_nul(table)
    table = marked.plain(received)
    every = hashes(house, system, stream, table)
    every = marked.told_apart(house, system, stream, received, every)
    spots = last_of_each(every.keys)
    if len(spots) < table.num_rows:
        table = take_rows(table, spots)
        received = take_rows(received, spots)
        every = RowHashes(take(every.keys, spots), take(every.rows, spots), every.keyless[spots])
    rows = normalise(house, stream, lookups.applied(stream, table))
    verdict = check(stream, rows)
    why = {at: reasons.refusal(stream, rows, at, broken) for at, broken in verdict.failed.items()}
    if stream.key:
        bare = np.flatnonzero(every.keyless).tolist()
        why |= dict.fromkeys(bare, reasons.keyless(stream))
    why |= marked.refusals(received)
    found = findings.of_batch(house, stream, rows, table)
    found += divisions.unknown(house, stream, rows, table)
    facts = {**verdict.facts, **lookups.used(stream, table)}
    ordered = dict(sorted(why.items()))
    return Judged(marked.shown(received), spots, every, rows, ordered, found, facts)


def last_of_each(keys: Column) -> Spots:
    """The place of the last row of each key, in order."""
    encoded: Any = keys.dictionary_encode()
    last = np.zeros(len(encoded.dictionary), np.int64)
    last[encoded.indices.to_numpy()] = np.arange(len(keys))  # of equal places the last one stays
    return np.sort(last)
