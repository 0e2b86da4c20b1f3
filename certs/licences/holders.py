"""Data keys wrapped for holders: one key a licence, one key a holder.

A licence's document opens with its data key; that is wrapped under the key of each holder, which
is wrapped under the installation's master key. Erasing a holder's key closes every licence to that
holder's side and touches no other holder's.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, select, text

from certs.tables import holder_key, licence, licence_holder
from kernel.crypto import decrypt, decrypt_many, derive, encrypt_many
from kernel.errors import Stop
from kernel.house import House
from ledger import merkle

#: Thousands of holders are one statement, and one text: hex has no comma.
ADD = text("""
INSERT INTO certs.holder_key (holder_hash, wrapped_key)
SELECT holder, decode(key, 'hex')
FROM unnest(string_to_array(:holders, ','), string_to_array(:keys, ',')) one (holder, key)
ORDER BY 1
ON CONFLICT DO NOTHING
RETURNING holder_hash
""")
STORED = text("""
SELECT holder_hash, wrapped_key FROM certs.holder_key
WHERE holder_hash = ANY(string_to_array(:holders, ','))
""")


def holder_keys(house: House, holders: Iterable[str]) -> dict[str, bytes]:
    """The key of each holder (keyed hashes), made where there is none yet.

    Runs in a transaction of its own, so that two publishers that meet agree on the first one's.
    """
    wanted = sorted(set(holders))
    if not wanted:
        return {}
    root = derive(house.keys.master, "holder")
    with house.engine.begin() as conn:
        found = _stored(conn, wanted)
        missing = [holder for holder in wanted if holder not in found]
        made = _added(house, conn, root, missing)
        others = [holder for holder in missing if holder not in made]  # another publisher's
        found |= _stored(conn, others)
    opened = decrypt_many(root, list(found.values()), [holder_place(one) for one in found])
    return {**made, **dict(zip(found, opened, strict=True))}


def _added(house: House, conn: Connection, root: bytes, missing: list[str]) -> dict[str, bytes]:
    """New keys of those holders who still had none when they were written."""
    if not missing:
        return {}
    fresh = dict(zip(missing, (house.profile.new_key() for _ in missing), strict=True))
    places = [holder_place(one).encode() for one in missing]
    wrapped = [one.hex() for one in encrypt_many(root, list(fresh.values()), places)]
    said = {"holders": ",".join(missing), "keys": ",".join(wrapped)}
    return {holder: fresh[holder] for holder in conn.execute(ADD, said).scalars()}


def key_place(licence_id: str, holder: str) -> str:
    """What a data key under a holder's key is bound to."""
    return f"certs/licence/{licence_id}/{holder}"


def document_place(licence_id: str) -> str:
    """What a licence's ciphertext is bound to."""
    return f"certs/licence/{licence_id}"


def open_document(house: House, conn: Connection, licence_id: str, holder: str) -> bytes:
    """The canonical bytes of a licence document, by way of one of its holders.

    Only `certs.looks` calls this, after the right to look was found. Raises Stop when the holder's
    key was erased or the ciphertext does not open.
    """
    query = (
        select(licence.c.sealed, licence_holder.c.wrapped_key, holder_key.c.wrapped_key)
        .join(licence_holder, licence_holder.c.licence_id == licence.c.id)
        .join(holder_key, holder_key.c.holder_hash == licence_holder.c.holder_hash)
        .where(licence.c.id == licence_id, licence_holder.c.holder_hash == holder)
    )
    row = conn.execute(query).one_or_none()
    if row is None:
        raise Stop(f"the key of the licence {licence_id} is gone: it can no longer be opened")
    sealed, wrapped, wrapped_holder_key = (bytes(part) for part in row)
    key = _unwrapped(house, licence_id, holder, wrapped, wrapped_holder_key)
    return decrypt(key, sealed, document_place(licence_id))


def document_hash(house: House, row: Row[Any]) -> bytes:
    """The leaf hash of a document as it stands; nothing else of it leaves. For `certs audit`.

    `row`: id, holder_hash, sealed, wrapped_key, holder_key. Raises Stop when it does not open.
    """
    wrapped, holders = bytes(row.wrapped_key), bytes(row.holder_key)
    key = _unwrapped(house, row.id, row.holder_hash, wrapped, holders)
    document = decrypt(key, bytes(row.sealed), document_place(row.id))
    return merkle.leaf_hash(document, house.profile.hash)


def data_key(house: House, conn: Connection, licence_id: str, holder: str) -> bytes:
    """A licence's data key, by way of one of its holders. Raises as `open_document` does."""
    query = (
        select(licence_holder.c.wrapped_key, holder_key.c.wrapped_key)
        .join(holder_key, holder_key.c.holder_hash == licence_holder.c.holder_hash)
        .where(licence_holder.c.licence_id == licence_id, licence_holder.c.holder_hash == holder)
    )
    row = conn.execute(query).one_or_none()
    if row is None:
        raise Stop(f"the key of the licence {licence_id} is gone: it can no longer be opened")
    wrapped, wrapped_holder_key = (bytes(part) for part in row)
    return _unwrapped(house, licence_id, holder, wrapped, wrapped_holder_key)


def _unwrapped(
    house: House, licence_id: str, holder: str, wrapped: bytes, wrapped_holder_key: bytes
) -> bytes:
    root = derive(house.keys.master, "holder")
    key = decrypt(root, wrapped_holder_key, holder_place(holder))
    return decrypt(key, wrapped, key_place(licence_id, holder))


def says(
    house: House,
    conn: Connection,
    licence_id_and_holder: tuple[str, str],
    field: str,
    other: str | tuple[str, str],
) -> bool:
    """Whether a licence names in a detail field who that is, or who holds the other licence.

    Nothing but yes or no leaves. It is asked where a relation rests on it, and nowhere else.
    """
    said = read_document(open_document(house, conn, *licence_id_and_holder)).get(f"KZ_{field}")
    if not isinstance(other, str):
        other = str(read_document(open_document(house, conn, *other)).get("CZZT") or "")
    return bool(said) and said == other


def read_document(data: bytes) -> dict[str, Any]:
    """The document as a mapping."""
    document: dict[str, Any] = json.loads(data)
    return document


def holder_place(holder: str) -> str:
    """What a holder's wrapped key is bound to."""
    return f"certs/holder/{holder}"


def _stored(conn: Connection, holders: list[str]) -> dict[str, bytes]:
    if not holders:
        return {}
    found = conn.execute(STORED, {"holders": ",".join(holders)})
    return {holder: bytes(wrapped) for holder, wrapped in found}
