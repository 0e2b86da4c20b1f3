"""仍要求提交: a clerk asks for a paper although the plan waives it, and says why.

The reasons are a closed list, so that the bureau can count them. A demand stands until a clerk of
the same post takes it back; both are in the ledger.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert

from certs.rights import right
from certs.rights.refusal import refuse
from certs.rights.scene import Scene, scene
from certs.waivers.tables import demand
from certs.waivers.waive import line_of
from kernel.errors import BadInput, Refused
from kernel.house import House
from ledger import log
from ledger.events import event
from registry.accounts import Account

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "data_wrong": "共享的数据与申请人所说不一致",
        "law_asks": "法规或上级要求收取原件",
        "system_asks": "办理系统必须上传，否则不能提交",
        "decider_asks": "审批科室要求纸质材料",
        "not_trusted": "窗口对共享结果没有把握",
        "applicant_gave": "申请人自己带来并愿意提交",
    }
)


def demand_paper(
    house: House, account: Account, case_number: str, material_id: str, reason: str
) -> None:
    """Say that a waived material of a case is asked for anyway. Again: the reason is replaced.

    Raises Refused, in the ledger as well, for who may not plan the case; BadInput for another
    reason, or a material that must be brought as it is.
    """
    refused = None
    with house.engine.begin() as conn:
        now = scene(house, conn, account.name, case_number)
        decision = right.check(now.facts(), "plan")
        if isinstance(decision, right.Denied):
            refused = refuse(house, conn, "plan.refused", now, decision)
        else:
            _check(house, conn, now, material_id, reason)
            _write(conn, now, decision.post, material_id, reason)
    if refused is not None:
        raise refused


def withdraw_demand(house: House, account: Account, case_number: str, material_id: str) -> None:
    """It was pressed by mistake. Only clerks of the post that demanded it. Raises BadInput."""
    d, posts = demand.c, [post.code for post in account.posts]
    mine = (
        d.case_number == case_number,
        d.material_id == material_id,
        d.post.in_(posts),
        d.withdrawn_at.is_(None),
    )
    with house.engine.begin() as conn:
        now = house.clock()
        end = {"withdrawn_at": now, "withdrawn_by": account.name, "counted": False}
        if conn.execute(update(demand).where(*mine).values(**end)).rowcount == 0:
            raise BadInput("您的岗位没有为这个办件登记过“仍要求提交”这份材料。")
        about = {"case": case_number, "material": material_id}
        log.append(conn, event(now, "material.demand_withdrawn", account.name, **about))


def demanded(conn: Connection, posts: Collection[str], case_number: str) -> dict[str, str]:
    """Material -> reason, of what stands for a case; only what these posts demanded."""
    d = demand.c
    query = select(d.material_id, d.reason).where(
        d.case_number == case_number, d.post.in_(sorted(posts)), d.withdrawn_at.is_(None)
    )
    return {row.material_id: row.reason for row in conn.execute(query)}


def _check(house: House, conn: Connection, now: Scene, material_id: str, reason: str) -> None:
    if reason not in REASONS:
        raise BadInput(f"请选择原因，可选的有：{'、'.join(REASONS.values())}。")
    line = line_of(house, conn, now, material_id)
    if line is None:
        raise Refused(right.SENTENCES["material_not_asked"], reason="material_not_asked")
    if line.verdict != "waived":
        raise BadInput("这份材料本来就需要携带，不必登记“仍要求提交”。")


def _write(conn: Connection, now: Scene, post: str, material_id: str, reason: str) -> None:
    if now.case is None:
        raise ValueError("a demand is of a case")
    row = {"post": post, "reason": reason, "by": now.asker, "at": now.now, "counted": False}
    about = {"case_number": now.case.case_number, "material_id": material_id}
    conn.execute(
        insert(demand)
        .values(**about, **row)
        .on_conflict_do_update(
            index_elements=["case_number", "material_id"],
            index_where=demand.c.withdrawn_at.is_(None),
            set_=row,
        )
    )
    facts = {"post": post, "case": now.case.case_number, "material": material_id}
    log.append(conn, event(now.now, "material.demanded", now.asker, reason=reason, **facts))
