"""Consent of a holder to looks at a licence type for one case, and its withdrawal.

Given on paper (a document's number), or by a one-time code that the holder shows (亮证): eight
characters, five minutes, once, for one case; only its keyed hash is kept, wrong ones are counted.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from certs.rights.acting import at_case
from certs.rights.scene import Scene
from certs.rights.tables import code_try, consent, show_code
from kernel.crypto import keyed_hash
from kernel.db import lock
from kernel.errors import BadInput, Refused
from kernel.house import House
from landing.read import case_by_number
from ledger import log
from ledger.events import event, moment
from registry import licence_types
from registry.accounts import Account
from registry.typed import plain

Purpose = Literal["give", "withdraw"]
#: No character that is taken for another one.
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 8
CODE_LASTS = timedelta(minutes=5)
CONSENT_LASTS = timedelta(days=90)
#: Wrong codes for a case, or by an account, after which codes wait.
MOST_TRIES, TRIES_LAST = 5, timedelta(minutes=10)


@dataclass(frozen=True)
class Code:
    """A code to show; it is told once and kept nowhere."""

    code: str
    ends: datetime


def make_code(
    house: House, conn: Connection, case_number: str, holder: str, types: Sequence[str],
    purpose: Purpose,
) -> Code:  # fmt: skip
    """A code for the holder to show at the window of a case. Earlier ones of the case end.

    `holder`: keyed hash, whom the caller has made sure of. Raises BadInput: no such case, no such
    type, another purpose.
    """
    at = house.clock()
    if purpose not in ("give", "withdraw"):
        raise BadInput("a code is to give or to withdraw consent")
    if case_by_number(conn, case_number) is None:
        raise BadInput("no case of that number")
    names = _types(types)
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    s = show_code.c
    mine = (s.case_number == case_number, s.holder_hash == holder, s.used_at.is_(None), s.ends > at)
    conn.execute(update(show_code).where(*mine).values(ends=at))
    row = {
        "case_number": case_number,
        "holder_hash": holder,
        "code_hash": _hash(house, case_number, code),
        "types": names,
        "purpose": purpose,
        "ends": at + CODE_LASTS,
        "by": "holder",
        "at": at,
    }
    conn.execute(insert(show_code).values(row))
    about = {"case": case_number, "holder": holder, "types": names, "outcome": purpose}
    log.append(conn, event(at, "code.made", "holder", **about))
    return Code(code, at + CODE_LASTS)


def use_code(
    house: House, conn: Connection, who: Account, case_number: str, code: str
) -> list[str] | Refused:
    """Take the code that the holder shows: consent is given or withdrawn; the licence types."""
    now = at_case(house, conn, who, case_number, "code.refused")
    if isinstance(now, Refused):
        return now
    lock(conn, "certs.codes")
    if _tries(conn, case_number, who.name, now.now) >= MOST_TRIES:
        return _refused(conn, now, who, "code_throttled", "错误次数过多，请十分钟后再试。")
    s = show_code.c
    mine = (s.case_number == case_number, s.code_hash == _hash(house, case_number, code.upper()))
    row = conn.execute(
        select(show_code).where(*mine, s.used_at.is_(None), s.ends > now.now)
    ).one_or_none()
    if row is None:
        tried = {"case_number": case_number, "by": who.name, "at": now.now}
        conn.execute(insert(code_try).values(tried))
        return _refused(
            conn, now, who, "code_wrong", "亮证码不对、已用过或已过期，请本人重新出示。"
        )
    conn.execute(update(show_code).where(s.id == row.id).values(used_at=now.now, used_by=who.name))
    if row.purpose == "give":
        in_person = now.presenter == row.holder_hash
        _give(conn, who, now, row, "code" if in_person else "code_brought", None)
    else:
        _withdraw(conn, who, now, row.holder_hash, row.types)
    return list(row.types)


def record(
    house: House, conn: Connection, who: Account, case_number: str, types: Sequence[str],
    document: str,
) -> list[str] | Refused:  # fmt: skip
    """The applicant's consent on paper, by its document's number."""
    now = at_case(house, conn, who, case_number, "right.refused")
    if isinstance(now, Refused):
        return now
    names = _types(types)
    _give(
        conn, who, now, _Named(_applicant(now), names), "document", plain(document, "the document")
    )
    return names


def withdraw(
    house: House, conn: Connection, who: Account, case_number: str, types: Sequence[str]
) -> list[str] | Refused:
    """The applicant takes consent back at the window; looks end at once."""
    now = at_case(house, conn, who, case_number, "right.refused")
    if isinstance(now, Refused):
        return now
    names = _types(types)
    if not _withdraw(conn, who, now, _applicant(now), names):
        raise BadInput("there is no such consent to withdraw in this case")
    return names


@dataclass(frozen=True)
class _Named:
    holder_hash: str
    types: list[str]


def _give(
    conn: Connection, who: Account, now: Scene, named: _Named | Row[Any], way: str,
    document: str | None,
) -> None:  # fmt: skip
    about = {"case_number": now.number, "holder_hash": named.holder_hash, "way": way}
    times = {"begins": now.now, "ends": now.now + CONSENT_LASTS, "by": who.name, "at": now.now}
    rows = [{**about, **times, "licence_type": name, "document": document} for name in named.types]
    conn.execute(insert(consent), rows)
    facts = {"types": sorted(named.types), "mode": way, "document": document}
    log.append(
        conn,
        event(
            now.now, "consent.given", who.name, case=now.number, holder=named.holder_hash,
            until=moment(now.now + CONSENT_LASTS), **facts,
        ),
    )  # fmt: skip


def _withdraw(
    conn: Connection, who: Account, now: Scene, holder: str, types: Sequence[str]
) -> bool:
    """Whether anything was withdrawn."""
    c = consent.c
    mine = (c.case_number == now.number, c.holder_hash == holder, c.licence_type.in_(types))
    ended = {"withdrawn_at": now.now, "withdrawn_by": who.name}
    order = update(consent).where(*mine, c.withdrawn_at.is_(None)).values(ended)
    found = conn.execute(order.returning(c.licence_type)).scalars().all()
    if found:
        about = {"case": now.number, "holder": holder, "types": sorted(set(found))}
        log.append(conn, event(now.now, "consent.withdrawn", who.name, **about))
    return bool(found)


def _tries(conn: Connection, case_number: str, account: str, now: datetime) -> int:
    t = code_try.c
    mine = or_(t.case_number == case_number, t.by == account)
    query = select(func.count()).where(mine, t.at > now - TRIES_LAST)
    return int(conn.execute(query).scalar_one())


def _refused(conn: Connection, now: Scene, who: Account, reason: str, said: str) -> Refused:
    log.append(conn, event(now.now, "code.refused", who.name, case=now.number, reason=reason))
    return Refused(said, reason=reason, detail=reason)


def _types(types: Sequence[str]) -> list[str]:
    known = licence_types.load()
    if not types or any(name not in known for name in types):
        raise BadInput("name at least one licence type, as `zhongtai catalog waivers list` does")
    return sorted(set(types))


def _applicant(now: Scene) -> str:
    if now.case is None:
        raise ValueError("consent is for a case")
    return str(now.case.holder_hash)


def _hash(house: House, case_number: str, code: str) -> str:
    return keyed_hash(house.keys.index, "show-code", case_number, code)
