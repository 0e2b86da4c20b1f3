"""Batches as received: one encrypted Parquet object a batch, replaced whole when it comes again."""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from kernel.crypto import decrypt, derive, encrypt, keyed_hash
from kernel.errors import BadInput
from kernel.house import House

#: What a run may be called, since its name becomes part of object names.
RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+-]{0,199}")


@dataclass(frozen=True)
class Kept:
    """Where a batch lies. `sha256`: of the encrypted object; `content`: keyed hash of the rows."""

    batch: str
    name: str
    sha256: str
    content: str


def batch_id(system: str, stream: str, run: str, seq: int) -> str:
    """The batch's name. Raises BadInput on a run that cannot be part of a name."""
    if not RUN.fullmatch(run):
        raise BadInput("a run's name has letters, digits and _ . : + - only, at most 200", seq=seq)
    return f"{system}/{stream}/{run}/{seq}"


def keep(house: House, batch: str, table: pa.Table, received: bytes | None) -> Kept:
    """Encrypt and write a batch; `received`: the bytes as they came, when not plain UTF-8.

    Raises RetryLater when the object store is away.
    """
    out = io.BytesIO()
    pq.write_table(table, out, compression="lz4")
    plain = out.getvalue()
    name = f"raw/{batch}.parquet.enc"
    key = raw_key(house)
    sealed = encrypt(key, plain, name)
    if received is not None:
        beside = f"raw/{batch}.received.enc"
        house.objects.put(beside, encrypt(key, received, beside))
    house.objects.put(name, sealed)
    content = keyed_hash(house.keys.index, "batch", hashlib.sha256(plain).hexdigest())
    return Kept(batch, name, hashlib.sha256(sealed).hexdigest(), content)


def reopen(house: House, batch: str) -> pa.Table:
    """The rows of a batch as received. Raises Stop when the object is gone or was changed."""
    name = f"raw/{batch}.parquet.enc"
    return pq.read_table(io.BytesIO(decrypt(raw_key(house), house.objects.get(name), name)))


def reopen_received(house: House, batch: str) -> bytes:
    """The bytes of a batch as received, where they were kept beside the rows."""
    name = f"raw/{batch}.received.enc"
    return decrypt(raw_key(house), house.objects.get(name), name)


def raw_key(house: House) -> bytes:
    """The key of all batches as received."""
    return derive(house.keys.master, "landing", "raw")
