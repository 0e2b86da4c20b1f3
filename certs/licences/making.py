"""The licences of one batch: documents built, hashed, sealed by one root, encrypted, keys wrapped.

Works on lists, one entry a licence, in the order of the batch: a microsecond a licence counts.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

import msgspec
from sqlalchemy import Row

from certs.licences import holders
from certs.licences.document import build, landed_key, landed_place, type_of
from certs.licences.standing import standing_on
from certs.rights.right import state_on
from certs.seals import seal
from certs.seals.seal import SealedRoot
from kernel.canonical import canonical
from kernel.clock import CITY_TIME
from kernel.crypto import decrypt_many
from kernel.house import House
from kernel.profile import Aead
from registry.licence_types import LicenceType

NONCE = 12
BLIND = 16
READ = msgspec.json.Decoder().decode


@dataclass(frozen=True)
class Made:
    """A batch ready to store. Lists of the same length, but `wrapped`: one entry a holder."""

    rows: Sequence[Row[Any]]
    ids: list[str]
    standings: list[str]
    states: list[str]
    leaves: list[bytes]
    sealed: list[bytes]
    wrapped: list[tuple[str, str, str, bytes]]  # holder, licence, type, data key for that holder
    root: SealedRoot


def make(
    house: House, rows: Sequence[Row[Any]], types: Mapping[str, LicenceType], now: datetime
) -> Made:
    """Make the licences of landed rows (at least one). Raises Stop when a row does not open."""
    kinds = [type_of(types, row.type) for row in rows]
    ids = _ids(house, rows)
    documents = _documents(house, rows, kinds, now)
    digest = house.profile.hash
    leaves = [digest(b"\x00" + one) for one in documents]
    size = house.profile.key_size
    drawn = os.urandom(size * len(rows))
    keys = [drawn[at : at + size] for at in range(0, len(drawn), size)]
    day = now.astimezone(CITY_TIME).date()
    return Made(
        rows=rows,
        ids=ids,
        standings=[standing_on(kind, day) for kind in kinds],
        states=[state_on(row.status, row.valid_to, day) for row in rows],
        leaves=leaves,
        sealed=_sealed(house, ids, keys, documents),
        wrapped=_wrapped(house, rows, ids, keys),
        root=seal.seal(house, leaves, now),
    )


def _ids(house: House, rows: Sequence[Row[Any]]) -> list[str]:
    """As `keyed_hash(index, "licence", system, stream, key hash, version)`."""
    names = [
        f"licence\x1f{row.system}\x1f{row.stream}\x1f{row.key_hash}\x1f{row.version}".encode()
        for row in rows
    ]
    digests = house.profile.keyed_hashes(house.keys.index, names).hex()
    return [digests[at : at + 32] for at in range(0, len(digests), 32)]


def _documents(
    house: House, rows: Sequence[Row[Any]], kinds: Sequence[LicenceType], now: datetime
) -> list[bytes]:
    """The documents' canonical bytes, each with a blind of its own."""
    blinds = os.urandom(BLIND * len(rows)).hex()
    opened = _opened(house, rows)
    return [
        canonical(build(row, values, kind, now, blinds[at : at + 2 * BLIND]))
        for row, values, kind, at in zip(
            rows, opened, kinds, range(0, len(blinds), 2 * BLIND), strict=True
        )
    ]


def _opened(house: House, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """The personal values of each row. Raises Stop, naming the place that does not open."""

    opened: list[dict[str, Any]] = []
    for (system, stream), part in groupby(rows, key=attrgetter("system", "stream")):
        mine = list(part)
        key = landed_key(house, system, stream)
        places = [landed_place(row) for row in mine]
        opened += map(READ, decrypt_many(key, [row.sealed for row in mine], places))
    return opened


def _sealed(
    house: House, ids: Sequence[str], keys: Sequence[bytes], documents: Sequence[bytes]
) -> list[bytes]:
    """Each document under its own key, bound to its place."""
    aead, drawn = house.profile.aead, os.urandom(NONCE * len(ids))
    sealed = []
    for at, (name, key, document) in enumerate(zip(ids, keys, documents, strict=True)):
        nonce = drawn[at * NONCE : (at + 1) * NONCE]
        place = holders.document_place(name).encode()
        sealed.append(nonce + aead(key).encrypt(nonce, document, place))
    return sealed


def _wrapped(
    house: House, rows: Sequence[Row[Any]], ids: Sequence[str], keys: Sequence[bytes]
) -> list[tuple[str, str, str, bytes]]:
    """Each data key under the key of each of its holders."""
    each = [(row.holder_hash, row.co_holder_hash) for row in rows]
    known = holders.holder_keys(house, {one for pair in each for one in pair if one})
    ciphers: dict[str, Aead] = {one: house.profile.aead(key) for one, key in known.items()}
    drawn = os.urandom(2 * NONCE * len(ids))
    wrapped: list[tuple[str, str, str, bytes]] = []
    for row, pair, name, key in zip(rows, each, ids, keys, strict=True):
        for holder in sorted({one for one in pair if one}):
            at = len(wrapped) * NONCE
            nonce = drawn[at : at + NONCE]
            place = holders.key_place(name, holder).encode()
            wrapped.append(
                (holder, name, row.type, nonce + ciphers[holder].encrypt(nonce, key, place))
            )
    return wrapped
