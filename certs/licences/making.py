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

from certs.licences import holders
from certs.licences.document import (
    Ground,
    Landed,
    build,
    ground_of,
    landed_key,
    landed_place,
    type_of,
)
from certs.rights.right import state_on
from certs.seals import seal
from certs.seals.seal import SealedRoot
from kernel.canonical import canonical
from kernel.clock import CITY_TIME
from kernel.crypto import decrypt_many
from kernel.house import House
from landing.several import holders_of
from registry.licence_types import LicenceType

NONCE = 12
BLIND = 16
READ = msgspec.json.Decoder().decode


#: Columns of `certs.licence_holder`: holder, licence, type, the data key for that holder.
Wrapped = dict[str, Sequence[Any]]


@dataclass(frozen=True)
class Made:
    """A batch ready to store. Lists of the same length, but `wrapped`: one entry a holder."""

    rows: Sequence[Landed]
    ids: list[str]
    standings: list[str]
    states: list[str]
    leaves: list[bytes]
    sealed: list[bytes]
    wrapped: Wrapped
    root: SealedRoot


def make(
    house: House, rows: Sequence[Landed], types: Mapping[str, LicenceType], now: datetime
) -> Made:
    """Make the licences of landed rows (at least one). Raises Stop when a row does not open."""
    grounds = {name: ground_of(type_of(types, name), now) for name in {row.type for row in rows}}
    ids = _ids(house, rows)
    documents = _documents(house, rows, grounds)
    digest = house.profile.hash
    leaves = [digest(b"\x00" + one) for one in documents]
    size = house.profile.key_size
    drawn = os.urandom(size * len(rows))
    keys = [drawn[at : at + size] for at in range(0, len(drawn), size)]
    day = now.astimezone(CITY_TIME).date()
    return Made(
        rows=rows,
        ids=ids,
        standings=[grounds[row.type].standing for row in rows],
        states=[state_on(row.status, row.valid_to, day) for row in rows],
        leaves=leaves,
        sealed=_sealed(house, ids, keys, documents),
        wrapped=_wrapped(house, rows, ids, keys),
        root=seal.seal(house, leaves, now),
    )


def _ids(house: House, rows: Sequence[Landed]) -> list[str]:
    """As `keyed_hash(index, "licence", system, stream, key hash, version)`."""
    names = [
        f"licence\x1f{row.system}\x1f{row.stream}\x1f{row.key_hash}\x1f{row.version}".encode()
        for row in rows
    ]
    digests = house.profile.keyed_hashes(house.keys.index, names).hex()
    return [digests[at : at + 32] for at in range(0, len(digests), 32)]


def _documents(house: House, rows: Sequence[Landed], grounds: Mapping[str, Ground]) -> list[bytes]:
    """The documents' canonical bytes, each with a blind of its own."""
    drawn = os.urandom(BLIND * len(rows)).hex()
    blinds = [drawn[at : at + 2 * BLIND] for at in range(0, len(drawn), 2 * BLIND)]
    return [
        canonical(build(row, READ(plain), grounds[row.type], blind))
        for row, plain, blind in zip(rows, _opened(house, rows), blinds, strict=True)
    ]


def _opened(house: House, rows: Sequence[Landed]) -> list[bytes]:
    """The personal values of each row, JSON. Raises Stop, naming the place that does not open."""
    opened: list[bytes] = []
    for (system, stream), part in groupby(rows, key=attrgetter("system", "stream")):
        mine = list(part)
        key = landed_key(house, system, stream)
        places = [landed_place(row) for row in mine]
        opened += decrypt_many(key, [row.sealed for row in mine], places)
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
    house: House, rows: Sequence[Landed], ids: Sequence[str], keys: Sequence[bytes]
) -> Wrapped:
    """Each data key under the key of each of its holders."""
    pairs = [
        (holder, name, row.type, key)
        for row, name, key in zip(rows, ids, keys, strict=True)
        for holder in _holders(row.holder_hash, row.co_holder_hash)
    ]
    held, names, kinds, data_keys = zip(*pairs, strict=True)
    known = holders.holder_keys(house, set(held))
    wrap = {one: house.profile.aead(key).encrypt for one, key in known.items()}
    drawn = os.urandom(NONCE * len(pairs))
    nonces = [drawn[at : at + NONCE] for at in range(0, len(drawn), NONCE)]
    wrapped = [
        nonce + wrap[holder](nonce, key, holders.key_place(name, holder).encode())
        for nonce, holder, name, key in zip(nonces, held, names, data_keys, strict=True)
    ]
    return {"holder_hash": held, "licence_id": names, "type": kinds, "wrapped_key": wrapped}


def _holders(one: str, others: str | None) -> Sequence[str]:
    return (one,) if others is None else holders_of(one, others)
