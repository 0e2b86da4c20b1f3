"""Trust grade B: a paper that a clerk compared with its original once, usable at the next window.

A scan is of one holder and one licence type. It stands for a material only while the data says
nothing of the type: a licence that is found, valid or not, always counts before it. It is
encrypted under its holder's key: who erases the holder erases it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, bindparam, insert, select, update

from certs.licences.holders import holder_keys
from certs.rights import right
from certs.rights.refusal import refuse
from certs.rights.scene import Scene, scene
from certs.tables import scan
from kernel.crypto import decrypt, encrypt
from kernel.db import is_one_of
from kernel.errors import BadInput, Refused, Stop
from kernel.house import House
from kernel.reads import Read, Rows
from ledger import log
from ledger.events import event
from registry.accounts import Account

#: How long a comparison with the original is good for; a setting, not a law.
AGE = timedelta(days=365)
LARGEST = 20 * 1024 * 1024


@dataclass(frozen=True)
class Scan:
    """One verified scan. No content, no name."""

    id: str
    licence_type: str
    post: str
    verified_at: datetime
    usable_until: date


def keep(
    house: House,
    account: Account,
    case_number: str,
    licence_type: str,
    pdf: bytes,
    last_day: date | None = None,
) -> str:
    """Keep a scan that this clerk has compared with the original; its id.

    `last_day`: the paper's own, where it has one. Raises Refused, in the ledger as well, for who
    may not plan the case; BadInput for what is no PDF or not asked for by the case.
    """
    with house.engine.begin() as conn:
        now = scene(house, conn, account.name, case_number)
        decision = right.check(now.facts(), "plan")
        refused = None
        if isinstance(decision, right.Denied):
            refused = refuse(house, conn, "plan.refused", now, decision)
    if refused is not None or isinstance(decision, right.Denied) or now.case is None:
        raise refused or Refused(right.SENTENCES["case_unknown"], reason="case_unknown")
    until = _checked(now, licence_type, pdf, last_day)
    holder, scan_id = str(now.case.holder_hash), secrets.token_hex(16)
    place = f"scans/{scan_id}.pdf.enc"
    house.objects.put(place, encrypt(_key(house, holder), pdf, place))
    sha256 = hashlib.sha256(pdf).hexdigest()
    with house.engine.begin() as conn:
        conn.execute(
            insert(scan).values(
                id=scan_id, holder_hash=holder, licence_type=licence_type,
                case_number=now.case.case_number, post=decision.post, verified_by=account.name,
                verified_at=now.now, usable_until=until, object=place, sha256=sha256,
            )
        )  # fmt: skip
        facts = {"post": decision.post, "licence_type": licence_type, "holder": holder}
        about = {"file": scan_id, "sha256": sha256, "case": now.case.case_number}
        log.append(conn, event(now.now, "scan.kept", account.name, **facts, **about))
    return scan_id


#: Read at each plan.
USABLE = (
    select(scan.c.id, scan.c.licence_type, scan.c.post, scan.c.verified_at, scan.c.usable_until)
    .where(scan.c.holder_hash == bindparam("holder"), is_one_of(scan.c.licence_type, "types"))
    .where(scan.c.withdrawn_at.is_(None), scan.c.usable_until >= bindparam("today"))
    .order_by(scan.c.usable_until, scan.c.verified_at)
)


def usable(holder: str, types: Collection[str], today: date) -> Read[Mapping[str, Scan]]:
    """By licence type, the scan that is usable longest."""
    return Read(USABLE, {"holder": holder, "types": sorted(types), "today": today}, _by_type)


def _by_type(rows: Rows) -> Mapping[str, Scan]:
    return {row.licence_type: Scan(**row._mapping) for row in rows}


def withdraw(house: House, account: Account, scan_id: str) -> None:
    """It was compared wrongly, or belongs to another. Only clerks of the post that verified it."""
    with house.engine.begin() as conn:
        posts = [post.code for post in account.posts]
        mine = scan.c.id == scan_id, scan.c.post.in_(posts), scan.c.withdrawn_at.is_(None)
        done = conn.execute(update(scan).where(*mine).values(withdrawn_at=house.clock()))
        if done.rowcount == 0:
            raise BadInput("您的岗位没有核对过这个编号的扫描件，或者它已作废。")
        log.append(conn, event(house.clock(), "scan.withdrawn", account.name, file=scan_id))


def forget(conn: Connection, holder: str, now: datetime) -> list[str]:
    """A holder (keyed hash) was erased: no scan of theirs stands for anything any more. Their
    objects, which the caller removes once this is committed."""
    mine = update(scan).where(scan.c.holder_hash == holder, scan.c.withdrawn_at.is_(None))
    conn.execute(mine.values(withdrawn_at=now))
    return list(conn.execute(select(scan.c.object).where(scan.c.holder_hash == holder)).scalars())


def open_(house: House, conn: Connection, scan_id: str) -> bytes:
    """The scan. Only `certs.copies` calls this, after the right to it was found. Raises Stop when
    its holder was erased or it is not what was kept."""
    row = conn.execute(select(scan).where(scan.c.id == scan_id)).one()
    key = _key(house, row.holder_hash)
    pdf = decrypt(key, house.objects.get(row.object), row.object)
    if hashlib.sha256(pdf).hexdigest() != row.sha256:
        raise Stop(f"the scan {scan_id} is not the one that was kept")
    return pdf


def check_asked(now: Scene, licence_type: str) -> None:
    """Raises BadInput where the case's item asks for no material of that type."""
    if licence_type not in {name for one in now.materials for name in one.licence_types}:
        raise BadInput("本办件的事项不要求这类证照的材料。")


def _checked(now: Scene, licence_type: str, pdf: bytes, last_day: date | None) -> date:
    """Until when it may be used."""
    check_asked(now, licence_type)
    if not pdf[:1024].lstrip().startswith(b"%PDF") or len(pdf) > LARGEST:
        raise BadInput(f"扫描件是不超过 {LARGEST // 1024 // 1024} MB 的 PDF 文件。")
    until = now.today + AGE
    if last_day is None:
        return until
    if last_day < now.today:
        raise BadInput("证照已过有效期，不能留存复用。")
    return min(until, last_day)


def _key(house: House, holder: str) -> bytes:
    return holder_keys(house, [holder])[holder]
