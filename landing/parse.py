"""Raw text → one form, by what the field holds and how the contract says it is written.

Each parser gets stripped text that is not empty and gives the one form, or None when the text is
not written as declared. Days become `YYYY-MM-DD`, times ISO 8601 with an offset, numbers digits;
whole columns of them Arrow's days, moments (UTC) and numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute

from kernel.clock import CITY_TIME
from landing.columns import Column, column

Parse = Callable[[str], str | None]
_do: Any = pyarrow.compute
MOMENT = pa.timestamp("us", "UTC")
OFFSET = int(CITY_TIME.utcoffset(None).total_seconds()) * 1_000_000  # microseconds before UTC

DAYS = {
    "iso": re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII),
    "compact": re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII),
    "slash": re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})", re.ASCII),
    "chinese": re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日", re.ASCII),
}
#: Texts of these shapes become what Arrow reads as a day.
WHOLE_DAYS = {
    "iso": (r"^(\d{4})-(\d{2})-(\d{2})$", None),
    "compact": (r"^(\d{4})(\d{2})(\d{2})$", r"\1-\2-\3"),
    "slash": (r"^(\d{4})/(\d{2})/(\d{2})$", r"\1-\2-\3"),
    "chinese": (r"^(\d{4})年(\d{2})月(\d{2})日$", r"\1-\2-\3"),
}
#: How each form looks, for sentences.
DAY_EXAMPLES = {
    "iso": "2024-01-31",
    "compact": "20240131",
    "slash": "2024/1/31",
    "chinese": "2024年01月31日",
}
TIME_EXAMPLES = {
    "text": "2024-01-31 09:30:00",
    "iso": "2024-01-31T09:30:00",
    "epoch_ms": "1706664600000",
}
TEXT_TIME = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?", re.ASCII)
ISO_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:?\d{2})?", re.ASCII
)
NUMBER = re.compile(r"\d{1,9}", re.ASCII)
MILLISECONDS = re.compile(r"\d{1,14}", re.ASCII)


def day_parser(form: str) -> Parse:
    """Days written as `form` (iso, compact, slash, chinese)."""
    shape = DAYS[form]

    def parse(text: str) -> str | None:
        found = shape.fullmatch(text)
        if found is None:
            return None
        try:
            return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
        except ValueError:
            return None

    return parse


def time_parser(form: str) -> Parse:
    """Times written as `form` (text, iso, epoch_ms). Without a zone they are city time."""
    return {"text": _text_time, "iso": _iso_time, "epoch_ms": _epoch}[form]


def _text_time(text: str) -> str | None:
    return _zoned(text) if TEXT_TIME.fullmatch(text) else None


def _iso_time(text: str) -> str | None:
    return _zoned(text) if ISO_TIME.fullmatch(text) else None


def _zoned(text: str) -> str | None:
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=CITY_TIME)).isoformat()
    except ValueError:
        return None


def _epoch(text: str) -> str | None:
    if not MILLISECONDS.fullmatch(text):
        return None
    return datetime.fromtimestamp(int(text) / 1000, UTC).isoformat()


def whole_number(text: str) -> str | None:
    """A number of at most nine digits."""
    return str(int(text)) if NUMBER.fullmatch(text) else None


def category_parser(values: Mapping[str, str]) -> Parse:
    """The meaning of each of the source's values; any other is not one of them."""
    return values.get


def each(values: Column, parse: Parse, kind: pa.DataType) -> tuple[Column, Column]:
    """Parse a column, each distinct text once.

    Gives the values as Arrow's `kind` (null where the cell is empty or does not parse), and where
    it does not parse.
    """
    encoded: Any = values.dictionary_encode()
    found: list[str | None] = []
    wrong: list[bool] = []
    for text in encoded.dictionary.to_pylist():
        bare = text.strip()
        value = parse(bare) if bare else None
        found.append(value)
        wrong.append(bool(bare) and value is None)
    marks = _do.fill_null(pa.array(wrong, pa.bool_()).take(encoded.indices), False)
    return column(found).cast(kind).take(encoded.indices), marks


def days(values: Column, form: str) -> tuple[Column, Column]:
    """As `each`, for days: Arrow reads the whole column where every text is written in full."""
    shape, iso = WHOLE_DAYS[form]
    if _do.all(_do.match_substring_regex(values, shape)).as_py():
        whole = values if iso is None else _do.replace_substring_regex(values, shape, iso)
        if not _do.any(_do.starts_with(whole, "0000")).as_py():  # no year, for Python
            try:
                found: Column = whole.cast(pa.date32())
            except pa.ArrowInvalid:  # some are no day: one by one
                return each(values, day_parser(form), pa.date32())
            return found, pa.repeat(pa.scalar(False), len(values))
    return each(values, day_parser(form), pa.date32())


def times(values: Column, form: str) -> tuple[Column, Column]:
    """As `each`, for times, which are nearly all distinct: UTC, in microseconds.

    Where all texts are written as Arrow reads them (`2024-01-31 09:30:00`), it reads them.
    """
    if form == "text":
        shaped = _do.match_substring_regex(values, f"^{TEXT_TIME.pattern}$")
        if _do.all(shaped).as_py():
            try:
                city = values.cast(pa.timestamp("us")).cast(pa.int64())
            except pa.ArrowInvalid:  # some are no day or no time of day: one by one
                return each(values, time_parser(form), MOMENT)
            moments: Column = _do.subtract(city, OFFSET).cast(MOMENT)
            return moments, pa.repeat(pa.scalar(False), len(values))
    return each(values, time_parser(form), MOMENT)
