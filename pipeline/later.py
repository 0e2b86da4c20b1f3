"""容缺: what cases were promised is fetched by the platform itself, and the clerks are told.

A case is planned again in the name of the clerk to whom it was promised, under that clerk's right
as it is now: look-ups are asked live, what has landed meanwhile is read. The plan itself settles
what it finds. Repeating the step does no harm.
"""

from __future__ import annotations

from dataclasses import dataclass

from certs.rights.scene import scene
from certs.waivers import promises
from kernel.clock import CITY_TIME
from kernel.errors import Refused
from kernel.house import House
from pipeline import share
from registry import accounts


@dataclass(frozen=True)
class LaterCounts:
    """Cases planned again, and what became of their promises.

    `refused`: cases that the clerk may not plan any more; their promises wait for another's plan.
    """

    cases: int
    fetched: int
    to_bring: int
    overdue: int
    closed: int
    refused: int
    open: int


def fetch_later(house: House) -> LaterCounts:
    """Try every open promise once."""
    with house.engine.connect() as conn:
        cases = promises.open_cases(conn)
        before = promises.outcomes(conn)
    refused = sum(not _tried(house, number, clerk) for number, clerk in cases)
    with house.engine.begin() as conn:
        now = house.clock()
        promises.overdue(conn, now, now.astimezone(CITY_TIME).date())
        after = promises.outcomes(conn)
    new = {name: count - before.get(name, 0) for name, count in after.items()}
    return LaterCounts(
        cases=len(cases),
        fetched=new.get("fetched", 0),
        to_bring=new.get("to_bring", 0),
        overdue=new.get("overdue", 0),
        closed=new.get("case_closed", 0),
        refused=refused,
        open=after.get("open", 0),
    )


def _tried(house: House, case_number: str, clerk: str) -> bool:
    """Plan the case again; False when that clerk may not."""
    with house.engine.begin() as conn:
        account = accounts.account(conn, clerk)
        now = scene(house, conn, clerk, case_number)
        if not now.case_open:
            promises.close(conn, case_number, house.clock())
            return True
    if account is None:
        return False
    try:
        share.plan(house, account, case_number)
    except Refused:
        return False
    return True
