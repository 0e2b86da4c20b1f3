"""Issuers' files, each under the data key of its licence: it goes with the holders' keys.

Files that came in before that were under the installation's key (`files/<licence>.enc`);
`bring_under` moves them (`originals/<licence>.enc`). Killed anywhere and run again, it goes on: the
new object is there before the row says so, and the old one goes last.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from certs.licences.holders import data_key
from certs.tables import issuer_file, licence_holder
from kernel.crypto import decrypt, derive, encrypt
from kernel.house import House

OLD = "files/"


def object_of(licence_id: str) -> str:
    """The object of a licence's file."""
    return f"originals/{licence_id}.enc"


def put(house: House, conn: Connection, licence_id: str, data: bytes) -> str:
    """Keep a file; the name of its object. Raises Stop when every holder's key is gone."""
    place = object_of(licence_id)
    house.objects.put(place, encrypt(_key(house, conn, licence_id, None), data, place))
    return place


def get(house: House, conn: Connection, licence_id: str, place: str, holder: str) -> bytes:
    """A file, by way of one of its licence's holders (keyed hash). Raises Stop when that holder
    was erased or the object is not the one that came in."""
    sealed = house.objects.get(place)
    if place.startswith(OLD):
        return decrypt(_old_key(house, licence_id), sealed, place)
    return decrypt(_key(house, conn, licence_id, holder), sealed, place)


def bring_under(house: House, holder: str | None = None) -> int:
    """Move files from under the installation's key; of one holder's licences, or all. How many.

    A file whose licence nobody can open any more is destroyed, and so is an object that no row
    names.
    """
    moved = 0
    for name in sorted(_old(house, holder)):
        licence_id = name.removeprefix(OLD).removesuffix(".enc")
        with house.engine.begin() as conn:
            named = _row(conn, name)
            if named and _holders(conn, licence_id):
                data = decrypt(_old_key(house, licence_id), house.objects.get(name), name)
                order = update(issuer_file).where(issuer_file.c.licence_id == licence_id)
                conn.execute(order.values(object=put(house, conn, licence_id, data)))
        house.objects.remove(name)
        moved += 1
    return moved


def _old(house: House, holder: str | None) -> list[str]:
    names = list(house.objects.names(OLD))
    if holder is None or not names:
        return names
    query = select(licence_holder.c.licence_id).where(licence_holder.c.holder_hash == holder)
    with house.engine.connect() as conn:
        theirs = {f"{OLD}{one}.enc" for one in conn.execute(query).scalars()}
    return [name for name in names if name in theirs]


def _row(conn: Connection, name: str) -> bool:
    query = select(issuer_file.c.licence_id).where(issuer_file.c.object == name)
    return conn.execute(query.with_for_update()).first() is not None


def _holders(conn: Connection, licence_id: str) -> Sequence[str]:
    h = licence_holder.c
    query = select(h.holder_hash).where(h.licence_id == licence_id).order_by(h.holder_hash)
    return conn.execute(query).scalars().all()


def _key(house: House, conn: Connection, licence_id: str, holder: str | None) -> bytes:
    """By way of a holder; None: of whichever the licence has, since its data key is one."""
    by = holder if holder is not None else next(iter(_holders(conn, licence_id)), "")
    return derive(data_key(house, conn, licence_id, by), "file")


def _old_key(house: House, licence_id: str) -> bytes:
    return derive(house.keys.master, "file", licence_id)
