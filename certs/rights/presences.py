"""That a holder was there: the signed result of the province's identity service, never an image.

A result is about one person and one case, minutes old, and used once. Its number is kept as a keyed
hash only. What it counts for is decided in `certs.rights.right`: a consent whose code somebody else
brought to the window needs it.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from certs.rights.facts import PresenceFacts
from certs.rights.tables import presence
from kernel.canonical import canonical
from kernel.crypto import keyed_hash
from kernel.errors import BadInput, Refused
from kernel.house import House
from kernel.signers.public import of_pem
from landing.read import case_by_number
from ledger import log
from ledger.events import event

FORMAT: Final = "zhongtai-presence-1"
#: The service's public key is the secret of this name and the service's own, in capitals.
KEY: Final = "IDENTITY_KEY_"
SERVICE: Final = re.compile(r"[a-z][a-z0-9_]{1,30}")
NAMES: Final = frozenset(
    {"format", "service", "case", "kind", "number", "level", "method", "at", "nonce", "signature"}
)
TEXTS: Final = NAMES - {"level"}
#: What stands for the case in a result that is for a holder's own session.
SESSION: Final = "holder"
#: Bytes of a result, and characters of a value in it. Anything longer may be a picture.
LARGEST, LONGEST = 4096, 200
FRESH, AHEAD = timedelta(minutes=5), timedelta(seconds=30)
#: How the service made sure; what rests on a password or a message alone is no presence.
METHODS: Final = frozenset({"face", "face_and_card"})
#: The lowest level that counts, as the service counts them; a setting, not a law.
LEAST: Final = 3
SENTENCES: Final[Mapping[str, str]] = {
    "image_in_body": "只接收实名认证服务签名的核验结果，不接收人像照片或其他附件。",
    "presence_signature": "核验结果的签名不是该实名认证服务的，不予采信。",
    "presence_other_case": "核验结果不是为这个办件出具的。",
    "presence_stale": "核验结果已超过五分钟或时间在将来，请本人重新核验。",
    "presence_level": "核验方式或等级不够，须由本人刷脸核验。",
    "presence_used": "这份核验结果已经用过，请本人重新核验。",
}


@dataclass(frozen=True)
class Presence:
    """What is kept of a result. `level` and `method` as the service said."""

    case: str
    service: str
    level: int
    method: str
    at: datetime


def prove(
    house: House, conn: Connection, by: str, case_number: str | None, data: bytes
) -> Presence | Refused:
    """Take a signed result, for that case, or for the one that it names.

    A refusal is written in the caller's transaction; the caller raises it after the commit. Raises
    BadInput on what is no result or names no case, SkipRow on a number that cannot be.
    """
    taken = _taken(house, conn, by, case_number, data)
    return taken if isinstance(taken, Refused) else taken[0]


def prove_holder(house: House, conn: Connection, by: str, data: bytes) -> str | Refused:
    """Take a result that is for a holder's own session; who it is (keyed hash). As `prove`."""
    taken = _taken(house, conn, by, SESSION, data)
    return taken if isinstance(taken, Refused) else taken[1]


def _taken(
    house: House, conn: Connection, by: str, case_number: str | None, data: bytes
) -> tuple[Presence, str] | Refused:
    said, reason = _read(data)
    if said is not None:
        reason = _wrong(house, said, case_number)
    if said is not None and reason is None:
        if case_number != SESSION and case_by_number(conn, said["case"]) is None:
            raise BadInput("no case of that number")
        holder = house.holder_hash(said["kind"], said["number"])
        if _kept(house, conn, by, said, holder):
            about = {"case": said["case"], "holder": holder, "mode": said["method"]}
            facts = {"kind": said["service"], "number": said["level"]}
            log.append(conn, event(house.clock(), "presence.proved", by, **about, **facts))
            at = datetime.fromisoformat(said["at"]).astimezone(UTC)
            made = Presence(said["case"], said["service"], said["level"], said["method"], at)
            return made, holder
        reason = "presence_used"
    reason = reason or "image_in_body"
    log.append(conn, event(house.clock(), "presence.refused", by, reason=reason))
    return Refused(SENTENCES[reason], reason=reason)


def proved(conn: Connection, case_number: str) -> frozenset[PresenceFacts]:
    """Who was proved to be there for the case, and when."""
    p = presence.c
    rows = conn.execute(select(p.holder_hash, p.proved_at).where(p.case_number == case_number))
    return frozenset(PresenceFacts(row.holder_hash, row.proved_at) for row in rows)


def _read(data: bytes) -> tuple[dict[str, Any] | None, str | None]:
    """The result as JSON, or the reason why it is not looked at."""
    if len(data) > LARGEST:
        return None, "image_in_body"
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        return None, "image_in_body"
    if not isinstance(said, dict):
        raise BadInput(f"a signed result ({FORMAT}) is a JSON object")
    if _pictures(said):
        return None, "image_in_body"
    if set(said) != NAMES or said["format"] != FORMAT:
        raise BadInput(f"a signed result ({FORMAT}) has exactly {', '.join(sorted(NAMES))}")
    texts = [said[name] for name in sorted(TEXTS)]
    shown = all(isinstance(one, str) and one and one.isprintable() for one in texts)
    level = type(said["level"]) is int and 0 < said["level"] < 10
    if not shown or not level or not SERVICE.fullmatch(said["service"]):
        raise BadInput("in a signed result the level is 1 to 9, and all else a short plain text")
    if said["kind"] not in ("person", "organisation"):
        raise BadInput("the kind in a signed result is person or organisation")
    return said, None


def _pictures(said: Mapping[str, Any]) -> bool:
    """Whether a value may hold a picture: it is long, or it is more than a text or a number."""
    return any(
        len(value) > LONGEST or value.startswith("data:")
        if isinstance(value, str)
        else isinstance(value, dict | list)
        for value in said.values()
    )


def _wrong(house: House, said: Mapping[str, Any], case_number: str | None) -> str | None:
    """Why a result does not count; None where all but its being new is right."""
    if not _signed(house, said):
        return "presence_signature"
    if case_number is not None and said["case"] != case_number:
        return "presence_other_case"
    now = house.clock()
    try:
        at = datetime.fromisoformat(said["at"])
    except ValueError:
        raise BadInput("the time in a signed result is no ISO time") from None
    if at.tzinfo is None:
        raise BadInput("the time in a signed result needs its zone")
    if not now - FRESH <= at <= now + AHEAD:
        return "presence_stale"
    return None if said["level"] >= LEAST and said["method"] in METHODS else "presence_level"


def _signed(house: House, said: Mapping[str, Any]) -> bool:
    name = KEY + str(said["service"]).upper()
    if not house.secrets.has(name):
        return False
    key = of_pem(house.secrets.get(name))
    if house.profile.name == "gm" and key.algorithm != "sm2":
        return False
    try:
        signature = base64.b64decode(said["signature"], validate=True)
    except (ValueError, binascii.Error):
        return False
    rest = {one: value for one, value in said.items() if one != "signature"}
    return key.verifies(canonical(rest), signature)


def _kept(house: House, conn: Connection, by: str, said: Mapping[str, Any], holder: str) -> bool:
    """Whether the result was new; now it is kept."""
    row = {
        "case_number": said["case"],
        "holder_hash": holder,
        "service": said["service"],
        "level": said["level"],
        "method": said["method"],
        "proved_at": datetime.fromisoformat(said["at"]),
        "nonce_hash": keyed_hash(house.keys.index, "presence", said["service"], said["nonce"]),
        "by": by,
        "at": house.clock(),
    }
    order = insert(presence).values(row).on_conflict_do_nothing().returning(presence.c.id)
    return conn.execute(order).first() is not None
