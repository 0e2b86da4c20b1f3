"""The issuer's own file of a licence: verified on the way in, kept, handed out by a look.

It is bound to one version of the licence and under its data key, so that it goes with the keys of
the licence's holders (`certs.licences.files`). Its verdict is kept in its three
parts as it was on that day; a file that was changed after its seal does not come in.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from certs.licences import files
from certs.looks.look import Ask, decide
from certs.looks.recording import keep
from certs.tables import issuer_file, licence
from certs.verifying.file import Verdict, verify_file
from certs.verifying.outside import trust_now
from certs.waivers.sources import by_stream
from kernel.errors import BadInput, Refused, Stop
from kernel.house import House
from ledger import log
from ledger.events import event
from registry.accounts import Account

NO_LICENCE = "没有这个编号的现行证照。"
NO_FILE = "这份证照没有发证机关的原文件。"
OTHERS = "发证机关的原文件由来源系统的主管部门提交。"


def take_in(house: House, account: Account, licence_id: str, data: bytes) -> Verdict:
    """Keep the issuer's file of a current licence. The same file again changes nothing.

    For officers of the source's department. Raises Refused, in the ledger as well; BadInput for a
    file that is no PDF, OFD or licence file, or that was changed after its seal.
    """
    verdict = verify_file(data, trust_now(house), house.clock())
    sha256 = hashlib.sha256(data).hexdigest()
    with house.engine.begin() as conn:
        theirs = _department(house, conn, licence_id) == account.department
        if not (theirs and account.role == "officer"):
            facts = {"licence": licence_id, "reason": "not_of_department"}
            log.append(conn, event(house.clock(), "file.refused", account.name, **facts))
    if not (theirs and account.role == "officer"):
        raise Refused(OTHERS, reason="not_of_department")
    foreign = verdict.kind in ("unknown", "package")
    if verdict.status == "unreadable" or verdict.untouched is False or foreign:
        raise BadInput(f"文件不能收下：{verdict.reason or '案卷包不是证照文件。'}")
    said = {
        "sha256": sha256, "kind": verdict.kind, "untouched": verdict.untouched,
        "status": verdict.status, "issuer_known": verdict.issuer_known is True,
        "taken_at": house.clock(), "taken_by": account.name,
    }  # fmt: skip
    with house.engine.begin() as conn:
        kept = {**said, "object": files.put(house, conn, licence_id, data)}
        order = insert(issuer_file).values(licence_id=licence_id, **kept)
        conn.execute(order.on_conflict_do_update(index_elements=["licence_id"], set_=kept))
        facts = {"licence": licence_id, "sha256": sha256, "outcome": verdict.status}
        log.append(conn, event(house.clock(), "file.taken", account.name, **facts))
    return verdict


def original(
    house: House, account: Account, case_number: str, material_id: str, purpose: str
) -> tuple[bytes, str]:
    """The issuer's file of the licence that stands for a material, and its kind (pdf, ofd …).

    By the right to look, in the ledger before it is returned. Raises Refused, BadInput.
    """
    with house.engine.begin() as conn:
        look = decide(house, conn, Ask(account.name, case_number, material_id, purpose))
        if not isinstance(look, Refused):
            row = conn.execute(
                select(issuer_file).where(issuer_file.c.licence_id == look.chosen.licence_id)
            ).one_or_none()
            if row is None:
                raise BadInput(NO_FILE)
            data = files.get(house, conn, row.licence_id, row.object, look.holder)
            if hashlib.sha256(data).hexdigest() != row.sha256:
                raise Stop(f"the file of the licence {row.licence_id} is not the one that came in")
            facts = {
                "case": case_number, "material": material_id, "purpose": "prove",
                "post": look.post, "holder": look.holder, "licence": row.licence_id,
                "licence_type": look.chosen.type, "system": look.chosen.source.system,
                "item": look.scene.item.item_id if look.scene.item else None,
                "standing": look.chosen.standing, "sha256": row.sha256, "file": row.kind,
            }  # fmt: skip
            fact = event(look.scene.now, "look.granted", account.name, **facts)
            seq = log.append(conn, fact)
            keep(conn, look.scene, look.post, look.holder, material_id, look.chosen, seq)
            return data, str(row.kind)
    raise look


def _department(house: House, conn: Connection, licence_id: str) -> str:
    c = licence.c
    query = select(c.system, c.stream).where(c.id == licence_id, c.ended_at.is_(None))
    row = conn.execute(query).one_or_none()
    source = row and by_stream(house.settings.home, row.system, row.stream)
    if row is None or source is None:
        raise BadInput(NO_LICENCE)
    return source.department
