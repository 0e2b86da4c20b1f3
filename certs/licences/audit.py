"""Audit what was sealed: each batch's signature, its rows, its place in the ledger; names what was
changed, removed or put in. Nothing is shown of a licence, and no right to look is needed.

Which row of a batch was changed, its document alone can tell: it is opened here, hashed and
forgotten, for a batch that disagrees or, if asked, for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, select, text

from certs.licences.holders import document_hash
from certs.seals import seal
from certs.tables import holder_key, licence, licence_holder, seal_batch
from kernel.errors import Stop
from kernel.house import House
from ledger import merkle

#: Problems that are named; there may be more.
MOST: Final = 20
TOLD = text("""
SELECT body::jsonb ->> 'root' AS root, seq FROM ledger.entry
WHERE body LIKE '%"licence.published"%' AND body::jsonb ->> 'event' = 'licence.published'
""")
ROWS = select(licence.c.id, licence.c.leaf_index, licence.c.leaf_hash)
STRAY = (
    select(licence.c.id)
    .where(~select(seal_batch.c.id).where(seal_batch.c.id == licence.c.seal_batch).exists())
    .order_by(licence.c.id)
    .limit(MOST)
)
SEALED = (
    select(
        licence.c.id, licence.c.seal_batch, licence.c.leaf_hash, licence.c.sealed,
        licence_holder.c.holder_hash, licence_holder.c.wrapped_key,
        holder_key.c.wrapped_key.label("holder_key"),
    )
    .join(licence_holder, licence_holder.c.licence_id == licence.c.id)
    .join(holder_key, holder_key.c.holder_hash == licence_holder.c.holder_hash)
    .order_by(licence.c.seal_batch, licence.c.leaf_index)
)  # fmt: skip


@dataclass(frozen=True)
class Audited:
    """What was gone through: `documents`: opened, once a holder. `problems`: the first of them."""

    batches: int
    licences: int
    documents: int
    problems: tuple[str, ...]


def audit(house: House, documents: bool = False) -> Audited:
    """All batches, as of one moment. `documents`: whether each licence is the one that was sealed;
    those whose holders were all erased can no longer be opened and are left out."""
    problems: list[str] = []
    batches = licences = opened = 0
    engine = house.engine.execution_options(isolation_level="REPEATABLE READ")
    with engine.connect() as conn:
        told = {row.root: int(row.seq) for row in conn.execute(TOLD)}
        missing = dict(told)
        for number in conn.execute(select(seal_batch.c.id).order_by(seal_batch.c.id)).scalars():
            rows, wrong = _batch(house, conn, number, told, missing)
            batches, licences = batches + 1, licences + rows
            problems += wrong
        problems += [
            f"the licence {one} is of a batch that is not there"
            for one in conn.execute(STRAY).scalars()
        ]
        problems += [
            f"the batch with the root {root[:16]}… of the ledger's entry {seq} is gone"
            for root, seq in missing.items()
        ]
        if documents:
            with conn.execute(SEALED, execution_options={"stream_results": True}) as found:
                opened, wrong = _documents(house, found)
            problems += [one for one in wrong if one not in problems]
    return Audited(batches, licences, opened, tuple(problems[:MOST]))


def _batch(
    house: House,
    conn: Connection,
    number: int,
    told: Mapping[str, int],
    missing: dict[str, int],
) -> tuple[int, list[str]]:
    """How many licences a batch has, and what is wrong with it."""
    made = seal.root_of(conn, number)
    rows = conn.execute(ROWS.where(licence.c.seal_batch == number).order_by("leaf_index")).all()
    missing.pop(made.root.hex(), None)
    wrong = []
    if not any(made.genuine(key) for key in house.keys.seal.known()):
        wrong.append(f"batch {number}: its seal was changed, or is of a key that is not ours")
    if not rows and made.root.hex() not in told:
        return 0, wrong  # the seal of a case's package: no licences
    if made.root.hex() not in told:
        wrong.append(f"batch {number}: the ledger does not know its root")
    return len(rows), [*wrong, *_rows(house, conn, number, made, rows)]


def _rows(
    house: House, conn: Connection, number: int, made: seal.SealedRoot, rows: Sequence[Any]
) -> list[str]:
    places = [row.leaf_index for row in rows]
    gone = sorted(set(range(made.size)) - set(places))
    if gone:
        return [f"batch {number}: the licence in place {place} is gone" for place in gone[:MOST]]
    if len(places) != made.size:
        return [f"batch {number}: it has {len(places)} licences, {made.size} were sealed"]
    leaves = [bytes.fromhex(row.leaf_hash) for row in rows]
    if merkle.range_root(leaves, house.profile.hash)(0, len(leaves)) == made.root:
        return []
    _, named = _documents(house, conn.execute(SEALED.where(licence.c.seal_batch == number)))
    return named or [f"batch {number}: its licences do not make the root that was sealed"]


def _documents(house: House, rows: Iterable[Any]) -> tuple[int, list[str]]:
    """How many were opened, and which are not those that were sealed; it ends at MOST of them."""
    opened = 0
    wrong: list[str] = []
    for row in rows:
        if len(wrong) == MOST:
            break  # with another master key none would open
        opened += 1
        where = f"batch {row.seal_batch}: the licence {row.id}"
        try:
            found = document_hash(house, row)
        except Stop:
            wrong.append(f"{where} does not open: its ciphertext or a key of it was changed")
            continue
        if found.hex() != row.leaf_hash:
            wrong.append(f"{where} is not the one that was sealed there")
    return opened, wrong
