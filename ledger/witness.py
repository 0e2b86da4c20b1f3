"""Signed heads written where the ledger's own key cannot reach them: once, never again.

Each head is one object, named by size and root. Whoever holds the key could sign another log, but
not take back a head that a folder or bucket of somebody else holds already: `disagreement` and
`ledger.audit` compare with it. A place that keeps what was written (WORM) is the operator's part.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from kernel.errors import BadInput, RetryLater, Stop
from kernel.house import House
from ledger import proofs
from ledger.files import head_file, read_head
from ledger.heads import Head, genuine, head_of
from ledger.tables import head, witness

PREFIX = "ledger/heads"
BATCH = 1000


def name_of(made: Head) -> str:
    """`2026-11-26/00000000000000000042-<first 16 of the root>.json`: sorts by size within a day."""
    return f"{made.signed_at:%Y-%m-%d}/{made.size:020d}-{made.root.hex()[:16]}.json"


def bear_witness(house: House) -> int:
    """Write the heads that each place does not have yet; how many were written.

    Places: the object store, and the folder `heads_folder` of the settings where there is one.
    Raises RetryLater when a place is away, Stop when it holds another head under the same name.
    """
    written = _write_all(house, "objects")
    if house.settings.heads_folder:
        written += _write_all(house, house.settings.heads_folder)
    return written


def _write_all(house: House, place: str) -> int:
    with house.engine.begin() as conn:
        done = conn.execute(select(witness.c.size).where(witness.c.place == place)).scalar() or 0
        query = select(head).where(head.c.size > done).order_by(head.c.size).limit(BATCH)
        new = [head_of(row) for row in conn.execute(query)]
        for one in new:
            _write(house, place, name_of(one), head_file(one))
        if new:
            values = {"place": place, "size": new[-1].size, "at": house.clock()}
            conn.execute(
                insert(witness)
                .values(values)
                .on_conflict_do_update(index_elements=["place"], set_=values)
            )
    return len(new)


def _write(house: House, place: str, name: str, data: bytes) -> None:
    if place == "objects":
        house.objects.put_once(f"{PREFIX}/{name}", data)
        return
    file = Path(place) / name
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        _create(file, data)
    except OSError as error:
        raise RetryLater(f"the folder of heads {place} takes nothing: {error.strerror}") from error


def _create(file: Path, data: bytes) -> None:
    """A new file that nobody may write to; the same content again changes nothing."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444)
    except FileExistsError:
        if file.read_bytes() == data:
            return
        if data.startswith(file.read_bytes()):  # a write that was killed
            file.unlink()
            _create(file, data)
            return
        raise Stop(f"{file} holds another head: somebody changed it") from None
    with os.fdopen(descriptor, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def kept_heads(folder: Path) -> Iterator[Head]:
    """The heads that a folder keeps, of all days. Raises BadInput on a file that is no head."""
    if not folder.is_dir():
        raise BadInput(f"{folder} is no folder of heads")
    for file in sorted(folder.rglob("*.json")):
        try:
            facts = json.loads(file.read_bytes())
        except ValueError:
            raise BadInput(f"{file} is no ledger head") from None
        yield read_head(facts)


def disagreement(house: House, conn: Connection, kept: Head) -> str | None:
    """What is wrong between a head kept elsewhere and the log of now; None when it begins it."""
    size = proofs.size_of(conn)
    if not genuine(kept, house.keys.ledger.known()):
        return f"the kept head of size {kept.size}: its signature is not by the ledger key"
    if kept.size > size:
        return f"ledger entries {size} to {kept.size - 1} are missing: a kept head covers them"
    made = proofs.consistency(conn, kept.size, size)
    if made.old_root != kept.root or not made.holds():
        return (
            f"the kept head of size {kept.size} does not begin the log of now: "
            f"an entry before {kept.size} was changed, removed or put in"
        )
    return None
