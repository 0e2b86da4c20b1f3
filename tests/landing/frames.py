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


def rows_of(*rows: Row) -> pd.DataFrame:
    """A frame as a connector gives it: source columns, text or None."""
    return pd.DataFrame(list(rows), dtype="string[pyarrow]")


def batch_of(*rows: Row, cursor: str | None = None) -> Batch:
    """A batch of such rows."""
    return Batch(rows_of(*rows), cursor)


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
        wanted = [one for one in WANTED if one in meanings]
        return meanings[wanted[0]] if wanted else next(iter(mapped.values))
    if name in YEARS:
        return DAYS[stream.dates].format(year=YEARS[name], month=3, day=9)
    numbers = ("holder_number", "applicant_number")
    fixed = {
        **dict.fromkeys(("updated", "opened"), TIMES[stream.times]),
        **dict.fromkeys(("closed", "co_holder_name", "co_holder_number"), None),
        **dict.fromkeys(numbers, citizen(sum(map(ord, key)))),
        **dict.fromkeys(("limit_days", "promise_days", "copies", "order"), "20"),
    }
    return fixed.get(name, f"{name} {key}")


WANTED = ("person", "valid", "accepted", "implementation", "true", "prove")
YEARS = {"issued": 2020, "valid_from": 2020, "valid_to": 2031}
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
