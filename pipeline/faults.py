"""What a batch's source is told of its rows: which were refused, and which are good."""

from __future__ import annotations

from connectors.protocol import Fault
from kernel.batch import Batch
from landing.outcomes import BatchCounts
from registry.contract import Stream


def told(stream: Stream, batch: Batch, landed: BatchCounts) -> list[Fault]:
    """One word a row of the batch, in its order. Rows that a later one replaces come before it."""
    frame = batch.frame[list(stream.key)].astype(object)
    keys = frame.where(frame.notna(), None).itertuples(index=False, name=None)
    return [Fault(key, landed.reasons.get(row)) for row, key in enumerate(keys)]
