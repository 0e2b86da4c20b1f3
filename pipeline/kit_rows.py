"""Checks of the contract kit on rows in hand: judged as the landing would, kept nowhere."""

from __future__ import annotations

import pandas as pd

from kernel.batch import Batch
from kernel.errors import Stop
from kernel.house import House
from landing.columns import to_arrow
from landing.judged import Judged, judge
from registry.contract import Stream

STRANGE = "kit_unknown_column"


def mapped(stream: Stream) -> set[str]:
    """The columns that a standard field, a detail or the key comes from."""
    fields = {one.column for one in stream.fields.values()}
    return fields | set(stream.details.values()) | set(stream.key)


def keys(house: House, system: str, stream: Stream, frame: pd.DataFrame) -> set[str]:
    """The key hashes of rows; hashes, so that no key shows."""
    return set(_judge(house, system, stream, frame).hashes.keys) if len(frame) else set()


def nothing(house: House, system: str, stream: Stream, frame: pd.DataFrame) -> None:
    """A batch without rows is judged to nothing. Raises Stop."""
    read = _judge(house, system, stream, frame.iloc[:0])
    if read.refused or read.hashes.keys:
        raise Stop(f"{system}/{stream.name}: a batch without rows gives rows")


def doubled(house: House, system: str, stream: Stream, batch: Batch) -> str | None:
    """Rows that come twice count once."""
    once = _judge(house, system, stream, batch.frame)
    twice = _judge(house, system, stream, pd.concat([batch.frame, batch.frame], ignore_index=True))
    return None if _ends(once) == _ends(twice) else "rows that come twice do not count once"


def turned(house: House, system: str, stream: Stream, batch: Batch) -> str | None:
    """Rows in another order come to the same."""
    one = batch.frame.drop_duplicates(list(stream.key) or None, keep="last")
    there = _judge(house, system, stream, one.reset_index(drop=True))
    back = _judge(house, system, stream, one.iloc[::-1].reset_index(drop=True))
    return None if _ends(there) == _ends(back) else "rows in another order come to another end"


def spoilt(house: House, system: str, stream: Stream, batch: Batch) -> str | None:
    """A row without its key or name goes to quarantine with a reason, alone."""
    before = _judge(house, system, stream, batch.frame)
    if before.hashes.keys and len(before.refused) == len(before.hashes.keys):
        return "every row of the first batch would go to quarantine"
    frame = batch.frame.iloc[:1].reset_index(drop=True).copy()
    for column in mapped(stream) & set(frame.columns):
        frame[column] = pd.Series([None], dtype=frame[column].dtype)
    if stream.deletes is not None and stream.deletes.column in frame.columns:
        live = stream.deletes.others[0] if stream.deletes.others else None
        frame[stream.deletes.column] = pd.Series([live], dtype="string[pyarrow]")
    after = _judge(house, system, stream, frame)
    return None if after.refused else "a row without anything in it would be stored"


def drifted(house: House, system: str, stream: Stream, batch: Batch) -> str | None:
    """A new and a missing column are findings."""
    first = sorted(mapped(stream) & set(batch.frame.columns))[0]
    frame = batch.frame.rename(columns={first: STRANGE})
    found = {str(one) for one in _judge(house, system, stream, frame).found}
    told = " ".join(found)
    quiet = [name for name in (first, STRANGE) if name not in told]
    return f"no finding tells of the column {quiet[0]}" if quiet else None


def _judge(house: House, system: str, stream: Stream, frame: pd.DataFrame) -> Judged:
    return judge(house, system, stream, to_arrow(frame))


def _ends(read: Judged) -> tuple[dict[str, str], set[str]]:
    """What a batch comes to: row hash by key, and the refused keys."""
    rows = dict(zip(read.hashes.keys, read.hashes.rows, strict=True))
    return rows, {read.hashes.keys[spot] for spot in read.refused}
