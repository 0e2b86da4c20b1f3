"""Frames made by hand for the systems' own contracts. Every number and name is invented."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from stdnum.iso7064 import mod_11_2

from kernel.batch import Batch
from registry.contract import Stream
from registry.loader import load_system

SYSTEMS = Path(__file__).parents[2] / "connectors" / "systems"
Row = dict[str, str | None]


def stream_of(system: str, name: str) -> Stream:
    """One stream of the repository's own contracts."""
    return load_system(SYSTEMS / f"{system}.yml").streams[name]


def citizen(serial: int) -> str:
    """A citizen number with a right check character; invented."""
    body = (
        f"3607001990{serial // 1000 % 12 + 1:02d}{serial // 12000 % 28 + 1:02d}{serial % 1000:03d}"
    )
    return body + str(mod_11_2.calc_check_digit(body))


def rows_of(stream: Stream, *rows: Row) -> pd.DataFrame:
    """A frame as a connector gives it: source columns, text or None."""
    return pd.DataFrame(list(rows), dtype="string[pyarrow]")


def batch_of(stream: Stream, *rows: Row, cursor: str | None = None) -> Batch:
    """A batch of such rows."""
    return Batch(rows_of(stream, *rows), cursor)


def raw(stream: Stream, key: str, **fields: str | None) -> Row:
    """A good row of a stream by standard fields, as its source writes it.

    Dates are given in ISO form, categories by their meaning; `fields` replaces values raw.
    """
    row: Row = dict.fromkeys(stream.known_columns())
    for name, mapped in stream.fields.items():
        row[mapped.column] = _written(stream, name, key)
    for column in stream.details.values():
        row[column] = f"{column} {key}"
    for name, value in fields.items():
        row[stream.fields[name].column] = value
    row[stream.key[0] if stream.key else "ZZGUID"] = key
    if stream.deletes and stream.deletes.column:
        row[stream.deletes.column] = (stream.deletes.others or ["0"])[0]
    return row


def _written(stream: Stream, name: str, key: str) -> str | None:
    mapped = stream.fields[name]
    if mapped.values is not None:
        meanings = {meaning: word for word, meaning in mapped.values.items()}
        for wanted in ("person", "valid", "accepted", "implementation", "true", "prove"):
            if wanted in meanings:
                return meanings[wanted]
        return next(iter(mapped.values))
    if name in ("issued", "valid_from", "valid_to"):
        year = {"issued": 2020, "valid_from": 2020, "valid_to": 2031}[name]
        return DAYS[stream.dates].format(year=year, month=3, day=9)
    if name in ("updated", "opened"):
        return TIMES[stream.times]
    if name in ("closed", "co_holder_name", "co_holder_number"):
        return None
    if name in ("holder_number", "applicant_number"):
        return citizen(sum(map(ord, key)))
    if name in ("limit_days", "promise_days", "copies", "order"):
        return "20"
    return f"{name} {key}"


DAYS = {
    "iso": "{year:04d}-{month:02d}-{day:02d}",
    "compact": "{year:04d}{month:02d}{day:02d}",
    "slash": "{year}/{month}/{day}",
    "chinese": "{year}年{month:02d}月{day:02d}日",
}
TIMES = {
    "text": "2026-11-01 08:30:00",
    "iso": "2026-11-01T08:30:00",
    "epoch_ms": "1793493000000",
}
