"""Raw strings → typed fields, by the contract's mapping; a whole column at a time.

What cannot be read is not guessed: its value is null and its state says why. Which states a row may
have is for the checks (`landing.checks`), which see states and days, never a person's values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute

from kernel.house import House
from landing import parse
from landing.columns import (
    Column,
    cells,
    choose,
    is_text,
    same,
    to_arrow,
    trimmed,
)
from landing.holders import hash_all, hash_co_holders, patched
from landing.several import take_apart
from landing.states import EARLY, EMPTY, HELD, MALFORMED, REFUSED
from registry.contract import Field, Stream
from registry.fields import FIELDS, StandardField

KEEP, DELETE, UNKNOWN = "keep", "delete", "unknown"
DATE_ORDER = "date_order"
#: The words for "not deleted" of a source that does not list them.
LIVE_WORDS = ("", "0")

#: What a kind keeps sealed, in this order, and what it keeps as a keyed hash.
SEALED = {
    "licence": (
        "number", "holder_name", "holder_number", "co_holder_name", "co_holder_number",
    ),
    "case": ("applicant_name", "applicant_number"),
    "item": (),
    "material": (),
}  # fmt: skip
_do: Any = pyarrow.compute


@dataclass(frozen=True)
class Normalised:
    """Rows read by the contract; every column has one entry a row.

    `plain`: columns of the record's table. `sealed`, `details`, `extra`: personal or unmapped
    values (`landing.secrets` seals them). `states`: what became of each field's cell, and
    "date_order". `operation`: keep, delete or unknown. `reasons`: (field, row) → why a number was
    refused. `missing`: declared columns that the data lacks; `new`: columns that the contract does
    not name.
    """

    size: int
    plain: Mapping[str, Column]
    sealed: Mapping[str, Column]
    details: Mapping[str, Column]
    extra: Mapping[str, Column]
    states: Mapping[str, Column]
    operation: Column
    missing: tuple[str, ...]
    new: tuple[str, ...]
    has_details: bool
    reasons: Mapping[tuple[str, int], str] = field(default_factory=lambda: MappingProxyType({}))


def normalise(house: House, stream: Stream, frame: pd.DataFrame | pa.Table) -> Normalised:
    """Read rows by the contract. Never raises on what a cell says."""
    table = frame if isinstance(frame, pa.Table) else to_arrow(frame)
    values: dict[str, Column] = {}
    states: dict[str, Column] = {}
    for name, mapped in stream.fields.items():
        standard = FIELDS[stream.kind][name]
        values[name], states[name] = _read(stream, standard, mapped, cells(table, mapped.column))
    for name, means in stream.always.items():
        kind = ARROW.get(FIELDS[stream.kind][name].holds, pa.large_string())
        states[name] = same(means, table.num_rows)
        values[name] = states[name].cast(kind)
    reasons = _hash_numbers(house, stream, values, states)
    if {"valid_from", "valid_to"} <= set(values):
        states[DATE_ORDER] = _order(values["valid_from"], values["valid_to"])
    present = set(table.column_names)
    declared = stream.known_columns()
    new = tuple(sorted(present - declared))
    keep_new = new if stream.drift == "evolve" else ()
    return Normalised(
        size=table.num_rows,
        plain=_plain(stream, values),
        sealed={name: values[name] for name in SEALED[stream.kind] if name in values},
        details={n: trimmed(cells(table, c)) for n, c in stream.details.items()},
        extra={name: cells(table, name) for name in keep_new},
        states=states,
        operation=_operations(stream, table),
        missing=tuple(sorted(declared - present)),
        new=new,
        has_details=stream.kind == "licence",
        reasons=reasons,
    )


#: How Arrow holds what a field holds; anything else is text.
ARROW: Mapping[str, pa.DataType] = MappingProxyType(
    {"date": pa.date32(), "number": pa.int32(), "truth": pa.bool_(), "time": parse.MOMENT}
)


def _read(
    stream: Stream, standard: StandardField, mapped: Field, raw: Column
) -> tuple[Column, Column]:
    """A field's values and states; states of categories are the meanings themselves."""
    kind = ARROW.get(standard.holds, pa.large_string())
    if mapped.values is not None:
        meant, wrong = parse.each(raw, parse.category_parser(mapped.values), pa.large_string())
        return meant.cast(kind), choose(wrong, UNKNOWN, choose(meant.is_valid(), meant, EMPTY))
    if standard.holds == "date":
        found, wrong = parse.days(raw, stream.dates)
    elif standard.holds == "time":
        found, wrong = parse.times(raw, stream.times)
    elif standard.holds == "number":
        found, wrong = parse.each(raw, parse.whole_number, kind)
    else:
        found = trimmed(raw)
        return found, choose(found.is_valid(), HELD, EMPTY)
    return found, choose(wrong, MALFORMED, choose(found.is_valid(), HELD, EMPTY))


def _order(first: Column, last: Column) -> Column:
    """Whether day `last` lies before day `first`. Unknown days do not."""
    return choose(_do.fill_null(_do.less(last, first), False), EARLY, HELD)


def _hash_numbers(
    house: House, stream: Stream, values: dict[str, Column], states: dict[str, Column]
) -> dict[tuple[str, int], str]:
    """Put the holders' hashes beside the values; mark refused numbers. Gives the reasons."""
    who = {"licence": "holder", "case": "applicant"}.get(stream.kind)
    if who is None:
        return {}
    kinds = values[f"{who}_kind"]
    reasons: dict[tuple[str, int], str] = {}
    for name, target, hasher in (
        (f"{who}_number", "holder_hash", hash_all),
        ("co_holder_number", "co_holder_hash", hash_co_holders),
    ):
        if name not in values:
            continue
        values[target], refused = hasher(house, kinds, values[name])
        reasons |= {(name, spot): why for spot, why in refused.items()}
        if refused:
            spots = np.array(sorted(refused), np.int64)
            states[name] = patched(states[name], spots, [REFUSED] * len(spots))
    if who == "holder" and reasons:
        take_apart(house, values, states, reasons)
    return reasons


def _plain(stream: Stream, values: dict[str, Column]) -> dict[str, Column]:
    """The columns of the record's table: all that is not personal, and hashes of what is."""
    personal = {name for name, one in FIELDS[stream.kind].items() if one.personal}
    plain = {name: array for name, array in values.items() if name not in {*personal, "updated"}}
    if "updated" in values:
        plain["source_time"] = values["updated"]
    return plain


def _operations(stream: Stream, table: pa.Table) -> Column:
    """What each row says of itself. Without a flag column every row lives."""
    sign = stream.deletes
    if sign is None or sign.sign != "flag" or sign.column is None:
        return same(KEEP, table.num_rows)
    said = trimmed(cells(table, sign.column))
    deleted = is_text(said, sign.value or "")
    words = pa.array([*LIVE_WORDS, *(sign.others or ())], pa.large_string())
    lives = _do.or_(_do.is_in(said, value_set=words), _do.is_null(said))
    return choose(deleted, DELETE, choose(lives, KEEP, UNKNOWN))
