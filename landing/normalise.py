"""Raw strings → typed fields, by the contract's mapping; a whole column at a time.

What cannot be read is not guessed: its value is null and its state says why. Which states a row may
have is for the checks (`landing.checks`), which see states and days, never a person's values.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd
import pyarrow as pa

from kernel.crypto import keyed_hash
from kernel.house import House
from landing import parse
from landing.columns import Column, cells, choose, column, filled, is_text, take, to_arrow, trimmed
from landing.holders import hash_all, hash_co_holders
from registry.contract import Field, Stream
from registry.fields import FIELDS, StandardField

KEEP, DELETE, UNKNOWN = "keep", "delete", "unknown"
HELD, EMPTY, MALFORMED, REFUSED = "held", "", "malformed", "refused"
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
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class Normalised:
    """Rows read by the contract; every array has one entry a row.

    `plain`: columns of the record's table. `sealed`, `details`, `extra`: personal or unmapped
    values, for `secrets`. `states`: what the checks look at, one column a field. `operation`: keep,
    delete or unknown. `reasons`: (field, row) → why a number was refused. `missing`: declared
    columns that the data lacks; `new`: columns that the contract does not name.
    """

    size: int
    plain: dict[str, Column]
    sealed: dict[str, Column]
    details: dict[str, Column]
    extra: dict[str, Column]
    states: pd.DataFrame
    operation: list[str]
    missing: tuple[str, ...]
    new: tuple[str, ...]
    has_details: bool
    reasons: dict[tuple[str, int], str] = field(default_factory=dict)

    def secrets(self, places: Sequence[int]) -> list[bytes | None]:
        """The JSON to seal for some rows; None where there is nothing to seal."""
        if not (self.sealed or self.has_details or self.extra):
            return [None] * len(places)
        tops = _dicts(self.sealed, places)
        details, extras = _dicts(self.details, places), _dicts(self.extra, places)
        found: list[bytes | None] = []
        for top, detail, extra in zip(tops, details, extras, strict=True):
            whole: dict[str, object] = dict(top)
            if self.has_details:
                whole["details"] = detail
            if self.extra:
                whole["extra"] = {name: value for name, value in extra.items() if value is not None}
            found.append(_JSON.encode(whole).encode())
        return found


def _dicts(columns: dict[str, Column], places: Sequence[int]) -> list[dict[str, str | None]]:
    if not columns:
        return [{}] * len(places)
    lists = [take(values, places).to_pylist() for values in columns.values()]
    return [dict(zip(columns, values, strict=True)) for values in zip(*lists, strict=True)]


def normalise(house: House, stream: Stream, frame: pd.DataFrame | pa.Table) -> Normalised:
    """Read rows by the contract. Never raises on what a cell says."""
    table = frame if isinstance(frame, pa.Table) else to_arrow(frame)
    values: dict[str, Column] = {}
    states: dict[str, Column] = {}
    for name, mapped in stream.fields.items():
        standard = FIELDS[stream.kind][name]
        values[name], states[name] = _read(stream, standard, mapped, cells(table, mapped.column))
    reasons = _hash_numbers(house, stream, values, states)
    present = set(table.column_names)
    declared = stream.known_columns()
    new = tuple(sorted(present - declared))
    keep_new = new if stream.drift == "evolve" else ()
    return Normalised(
        size=table.num_rows,
        plain=_plain(house, stream, values),
        sealed={name: values[name] for name in SEALED[stream.kind] if name in values},
        details={n: trimmed(cells(table, c)) for n, c in stream.details.items()},
        extra={name: cells(table, name) for name in keep_new},
        states=pd.DataFrame({name: array.to_pandas() for name, array in states.items()}),
        operation=_operations(stream, table),
        missing=tuple(sorted(declared - present)),
        new=new,
        has_details=stream.kind == "licence",
        reasons=reasons,
    )


def _read(
    stream: Stream, standard: StandardField, mapped: Field, raw: Column
) -> tuple[Column, Column]:
    """A field's values and states; states of days and categories are the values themselves."""
    if mapped.values is not None:
        return parse.each(raw, parse.category_parser(mapped.values), UNKNOWN)
    if standard.holds == "date":
        return parse.each(raw, parse.day_parser(stream.dates), MALFORMED)
    if standard.holds in ("time", "number"):
        is_time = standard.holds == "time"
        parser = parse.time_parser(stream.times) if is_time else parse.whole_number
        found, state = parse.each(raw, parser, MALFORMED)
        return found, _held(found, is_text(state, MALFORMED))
    found = trimmed(raw)
    return found, _held(found, None)


def _held(values: Column, malformed: Column | None) -> Column:
    state = choose(values.is_valid(), HELD, EMPTY)
    return state if malformed is None else choose(malformed, MALFORMED, state)


def _hash_numbers(
    house: House, stream: Stream, values: dict[str, Column], states: dict[str, Column]
) -> dict[tuple[str, int], str]:
    """Put the holders' hashes beside the values; mark refused numbers. Gives the reasons."""
    who = {"licence": "holder", "case": "applicant"}.get(stream.kind)
    if who is None:
        return {}
    kinds = values[f"{who}_kind"].to_pylist()
    reasons: dict[tuple[str, int], str] = {}
    for name, target, hasher in (
        (f"{who}_number", "holder_hash", hash_all),
        ("co_holder_number", "co_holder_hash", hash_co_holders),
    ):
        if name not in values:
            continue
        found, refused = hasher(house, kinds, values[name].to_pylist())
        values[target] = column(found)
        reasons |= {(name, place): why for place, why in refused.items()}
        if refused:
            state = states[name].to_pylist()
            for place in refused:
                state[place] = REFUSED
            states[name] = column(state)
    return reasons


def _plain(house: House, stream: Stream, values: dict[str, Column]) -> dict[str, Column]:
    """The columns of the record's table: all that is not personal, and hashes of what is."""
    personal = {name for name, one in FIELDS[stream.kind].items() if one.personal}
    plain = {name: array for name, array in values.items() if name not in {*personal, "updated"}}
    if "updated" in values:
        plain["source_time"] = values["updated"]
    if stream.kind == "licence":
        index = house.keys.index
        plain["number_hash"] = column(
            [n and keyed_hash(index, "number", n) for n in values["number"].to_pylist()]
        )
    return plain


def _operations(stream: Stream, table: pa.Table) -> list[str]:
    """What each row says of itself. Without a flag column every row lives."""
    sign = stream.deletes
    if sign is None or sign.sign != "flag" or sign.column is None:
        return [KEEP] * table.num_rows
    words = dict.fromkeys((*LIVE_WORDS, *(sign.others or ())), KEEP)
    words[sign.value or ""] = DELETE
    said = filled(trimmed(cells(table, sign.column)), "").to_pylist()
    return [words.get(word, UNKNOWN) for word in said]
