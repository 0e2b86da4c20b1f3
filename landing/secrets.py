"""What is sealed with a row: its personal and unmapped values as JSON, built by whole columns."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from kernel.crypto import encrypt_many
from kernel.house import House
from landing.columns import (
    Column,
    Spots,
    blobs,
    choose,
    column,
    filled,
    has,
    joined,
    replaced,
    same,
    take,
)
from landing.normalise import Normalised
from landing.place import Place, seal_key, seal_place

#: What JSON wants escaped.
AWKWARD = r'[\x00-\x1f"\\]'


def sealed(house: House, place: Place, rows: Normalised, spots: Spots, keys: Column) -> Column:
    """The sealed values of some rows, each bound to its row's place; null where none is."""
    plain = secrets(rows, spots)
    if plain is None:
        return pa.nulls(len(spots), pa.large_binary())
    system, stream = place.system, place.stream.name
    where = blobs(joined([seal_place(system, stream, ""), keys], "", ""))
    return pa.array(encrypt_many(seal_key(house, system, stream), plain, where), pa.large_binary())


def secrets(rows: Normalised, spots: Spots) -> list[bytes] | None:
    """The JSON to seal for some rows, UTF-8; None where the kind has nothing to seal."""
    if not (rows.sealed or rows.has_details or rows.extra):
        return None
    parts = _members(rows.sealed, spots)
    if rows.has_details:
        parts.append(_object("details", _members(rows.details, spots), len(spots)))
    if rows.extra:
        parts.append(_object("extra", _members(rows.extra, spots, leave_out=True), len(spots)))
    return blobs(_braced(parts, len(spots)))


def _members(columns: Mapping[str, Column], spots: Spots, leave_out: bool = False) -> list[Column]:
    """`,"name":value` a column; a null is `null`, or left out."""
    found = []
    for name, values in columns.items():
        texts = take(values, spots)
        head = f",{json.dumps(name, ensure_ascii=False)}:"
        quoted = joined([head + '"', _escaped(texts), '"'], "", "")
        found.append(choose(texts.is_valid(), quoted, "" if leave_out else head + "null"))
    return found


def _object(name: str, members: Sequence[Column], size: int) -> Column:
    return joined([f',"{name}":', _braced(members, size)], "", "")


def _braced(members: Sequence[Column], size: int) -> Column:
    """An object of its members; the first comma goes."""
    if not members:
        return same("{}", size)
    whole = joined(["{", *members, "}"], "", "")
    return replaced(whole, "{,", "{", most=1)


def _escaped(values: Column) -> Column:
    """Text as it stands between the quotes of JSON."""
    values = filled(values, "")
    awkward = np.flatnonzero(has(values, AWKWARD))
    if not len(awkward):
        return values
    texts = values.to_pylist()
    for spot in awkward.tolist():
        texts[spot] = json.dumps(texts[spot], ensure_ascii=False)[1:-1]
    return column(texts)
