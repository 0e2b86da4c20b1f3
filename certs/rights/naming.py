"""Whom a clerk names as the applicant's guardian or legal representative, for one case.

A name proves nothing: a licence must say that it is so (`certs.waivers.relatives`). The number is
kept sealed, since look-up systems are asked by it; it goes when its case is over.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from certs.rights.acting import at_case
from certs.rights.relations import NAMED
from certs.rights.tables import relative
from kernel.crypto import decrypt, derive, encrypt
from kernel.errors import BadInput, Refused
from kernel.house import House
from landing.asked import OPEN_STATES
from landing.read import is_live
from landing.tables import case
from ledger import log
from ledger.events import event
from registry.accounts import Account


def name(
    house: House, conn: Connection, who: Account, case_number: str, role: str, number: str
) -> Refused | None:
    """Somebody of a role, a person by number. The newest one counts. Raises BadInput, SkipRow."""
    if role not in NAMED:
        raise BadInput(f"由窗口登记的关系人是 {'、'.join(sorted(NAMED))} 之一。")
    now = at_case(house, conn, who, case_number, "right.refused")
    if isinstance(now, Refused):
        return now
    holder, at = house.holder_hash("person", number), house.clock()
    if now.case is not None and holder == now.case.holder_hash:
        raise BadInput("申请人不能登记为自己的监护人或法定代表人。")
    conn.execute(
        insert(relative).values(
            case_number=now.number, role=role, holder_hash=holder, by=who.name, at=at,
            sealed=encrypt(key(house), number.encode(), place(now.number, role, holder)),
        )
    )  # fmt: skip
    about = {"case": now.number, "role": role, "subject": holder}
    log.append(conn, event(at, "right.recorded", who.name, kind="relative", **about))
    return None


def number_of(house: House, conn: Connection, case_number: str, holder: str) -> str | None:
    """The number of a person named for a case; None: nobody of that hash is."""
    r = relative.c
    query = select(r.role, r.sealed).where(r.case_number == case_number, r.holder_hash == holder)
    row = conn.execute(query.limit(1)).one_or_none()
    if row is None:
        return None
    at = place(case_number, row.role, holder)
    return decrypt(key(house), bytes(row.sealed), at).decode()


def forget_closed(house: House) -> int:
    """Drop whom cases named that are closed or gone. Gives how many there were."""
    still_open = select(case.c.case_number).where(is_live(case), case.c.state.in_(OPEN_STATES))
    with house.engine.begin() as conn:
        return conn.execute(
            delete(relative).where(relative.c.case_number.not_in(still_open))
        ).rowcount


def place(case_number: str, role: str, holder: str) -> str:
    """What a sealed number is bound to."""
    return f"certs/relative/{case_number}/{role}/{holder}"


def key(house: House) -> bytes:
    """What the numbers are sealed under."""
    return derive(house.keys.master, "relative")
