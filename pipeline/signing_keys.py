"""New keys that sign (seals, the ledger's heads) and new certificates, while everything serves.

The old key stays in the ring and verifies what it sealed. The new one signs from the moment on at
which it is in the ring; the ledger has an entry of it before that.
"""

from __future__ import annotations

from typing import Final

from certs.seals.authority import certificates, renew
from kernel.errors import BadInput
from kernel.house import House
from ledger import log
from ledger.events import event

SIGNING: Final = ("seal", "ledger")


def rotate_signing(house: House, use: str, by: str) -> str:
    """Make a new key of that use and sign with it from now on; its id."""
    if use not in SIGNING:
        raise BadInput(f"no signing key {use}; there are {', '.join(SIGNING)}")
    ring = house.keys.seal if use == "seal" else house.keys.ledger
    old, now = ring.current().known.public.key_id, house.clock()
    new = ring.prepare(now)
    with house.engine.begin() as conn:
        key = new.known.public.key_id
        log.append(conn, event(now, "key.rotated", by, subject=use, key=key, old_key=old))
    ring.activate(new, now)
    if use == "seal":
        certificates(house)  # the new key's own is issued now, not at its first seal
    return key


def renew_certificates(house: House, by: str) -> list[str]:
    """Write the certificates anew that end within a year; names of the files."""
    files = renew(house)
    if files:
        with house.engine.begin() as conn:
            facts = {"subject": "certificate", "count": len(files)}
            log.append(conn, event(house.clock(), "key.renewed", by, **facts))
    return files
