"""What is looked at in the running installation: one sentence a name. No secret, no person."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from sqlalchemy import text

from kernel.errors import ZhongtaiError
from kernel.house import House
from pipeline.doctor import look_over
from pipeline.wiring import open_house

ACCOUNTS: Final = text(
    "SELECT role, count(*) FROM registry.account WHERE disabled_at IS NULL GROUP BY role ORDER BY 1"
)


def samples(home: Path) -> dict[str, str]:
    """By name: doctor's lines, and what only an examiner asks. One that cannot be had says why."""
    found = {one.check: f"{one.state}: {one.seen}" for one in look_over(home)}
    try:
        house = open_house(home)
    except ZhongtaiError as error:
        return found | dict.fromkeys(ASKED, f"not seen: {error}")
    for name, ask in ASKED.items():
        found[name] = ask(house)
    house.close()
    return found


def _crypto(house: House) -> str:
    signer = "files" if house.settings.signer == "file" else "a device (PKCS#11)"
    return f"profile {house.settings.crypto}, signing keys in {signer}"


def _https(house: House) -> str:
    scheme = house.settings.portal_url.partition(":")[0]
    return f"people reach the portal by {scheme}"


def _factor(house: House) -> str:
    return f"second_factor is {house.settings.second_factor}"


def _accounts(house: House) -> str:
    with house.engine.connect() as conn:
        rows = conn.execute(ACCOUNTS).all()
    return ", ".join(f"{number} {role}" for role, number in rows) or "no account"


ASKED: Final[dict[str, Callable[[House], str]]] = {
    "crypto": _crypto,
    "https": _https,
    "second factor": _factor,
    "accounts": _accounts,
}
