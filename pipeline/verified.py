"""What the open verify page tells of a file or of a copy's number."""

from __future__ import annotations

from typing import Any

from catalog.versions import read as catalogue
from certs.licences import read as certs_read
from certs.verifying.file import verify_file
from certs.verifying.outside import issuers as known_issuers
from certs.verifying.outside import trust_now
from kernel.clock import CITY_TIME
from kernel.errors import BadInput
from kernel.house import House
from pipeline.rows import IssuerRow
from pipeline.wallets import as_now
from registry import accounts


def file(house: House, data: bytes) -> dict[str, Any]:
    """What an uploaded file is, and whether it is as it was sealed."""
    told = verify_file(data, trust_now(house), house.clock())
    found = as_now(house, told)
    shown = {"genuine": found.genuine, "expired": found.status == "expired"}
    return {**found.as_json(), **found.about, **shown, "problem": found.reason}


def issuers(house: House) -> list[IssuerRow]:
    """Whose seals are known beside our own, and for which days."""
    return [
        IssuerRow(one.name, *(at.astimezone(CITY_TIME).date() for at in (one.since, one.until)))
        for one in known_issuers(house)
    ]


def copy(house: House, copy_id: str) -> dict[str, Any]:
    """What the copy of a QR code is; no personal data. Raises BadInput when unknown."""
    with house.engine.begin() as conn:
        found = certs_read.look(conn, copy_id)
        item = catalogue.item_of_code(
            conn, catalogue.current_version(conn), found.item_id if found else ""
        )
    if found is None:
        raise BadInput("没有这个编号的加注件。")
    post = accounts.posts().get(found.post)
    return {
        "genuine": True,
        "expired": found.expires_at < house.clock(),
        "licence_type": found.licence_type,
        "standing": found.standing,
        "item": item.name if item else None,
        "department": post.department if post else None,
        "made_at": found.made_at.isoformat(),
        "expires_at": found.expires_at.isoformat(),
    }
