"""The right to look: one pure function from facts to Allowed, or to a reason.

A look follows from the case. The facts are gathered by the caller in one transaction; nothing
is decided anywhere else. Reasons are stable codes; sentences are for the person at the window.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from registry.waivers import Standing

Use = Literal["plan", "data"]
#: What exactly is wrong; most are reasons of their own.
Detail = Literal[
    "account_disabled",
    "role_not_clerk",
    "case_unknown",
    "case_not_assigned",
    "case_closed",
    "item_not_in_catalogue",
    "item_exempted",
    "item_not_of_post",
    "material_not_asked",
    "purpose_not_given",
    "purpose_not_prove",
    "licence_type_does_not_prove",
    "role_not_applicant",
    "waiver_not_confirmed",
    "waiver_not_published",
    "waiver_withdrawn",
    "receive_only",
    "licence_not_found",
    "holder_not_applicant",
    "licence_revoked",
    "licence_suspended",
    "licence_expired",
    "licence_not_yet_valid",
    "licence_withdrawn",
    "licence_not_published",
    "stale",
    "ledger_unsigned",
]

#: Details that share one stable reason code.
NOT_VALID: frozenset[Detail] = frozenset(
    {
        "licence_revoked",
        "licence_suspended",
        "licence_expired",
        "licence_not_yet_valid",
        "licence_withdrawn",
        "licence_not_published",
    }
)
SENTENCES: dict[Detail, str] = {
    "account_disabled": "该账号已停用或不存在。",
    "role_not_clerk": "只有窗口人员可以为办件查看证照。",
    "case_unknown": "没有找到这个办件。",
    "case_not_assigned": "该办件没有分配到您的岗位。",
    "case_closed": "该办件已办结，不能再查看证照。",
    "item_not_in_catalogue": "该办件的事项不在已发布的事项目录中。",
    "item_exempted": "办件受理之日，该事项已豁免办理，没有部门审批，不必提交。",
    "item_not_of_post": "该事项在办件受理之日不由您的岗位所在部门办理。",
    "material_not_asked": "已发布的目录中，该事项不要求这份材料。",
    "purpose_not_given": "请写明使用事由：2 至 100 个字，不写证件号码。",
    "purpose_not_prove": "该材料不是用于证明，而是要核对或收回原件，不能以共享代替。",
    "licence_type_does_not_prove": "没有已接入的证照可以证明这份材料。",
    "role_not_applicant": "该材料属于申请人以外的人，关系尚未由证照证明，不能共享。",
    "waiver_not_confirmed": "主管部门尚未发文确认这类证照可以免提交。",
    "waiver_not_published": "主管部门已确认这类证照可以免提交，但免提交清单尚未公布或尚未生效。",
    "waiver_withdrawn": "这类证照的免提交已停止执行。",
    "receive_only": "您的岗位只有收件权，只能看到“是否满足”，不能查看证照内容。",
    "licence_not_found": "没有找到申请人的这类证照。",
    "holder_not_applicant": "持证主体不是本办件的申请人。",
    "licence_revoked": "该证照已被吊销或撤销。",
    "licence_suspended": "该证照已被暂扣。",
    "licence_expired": "该证照已过有效期。",
    "licence_not_yet_valid": "该证照的有效期尚未开始。",
    "licence_withdrawn": "该证照已由来源系统删除，或其最新数据有误，正在等待来源部门更正。",
    "licence_not_published": "该证照的数据刚到，尚未封装发布，请稍后再试。",
    "stale": "来源数据超过了规定的时效，不能作为有效证照使用。",
    "ledger_unsigned": "留痕账本的签名已中断超过时限，暂停调取证照；材料可以容缺受理，事后补齐。",
}


@dataclass(frozen=True)
class PostFacts:
    """One post that the account holds."""

    code: str
    department: str
    rights: frozenset[str]  # receive | decide


@dataclass(frozen=True)
class CaseFacts:
    """The case as it has landed."""

    post: str | None
    open: bool
    applicant: str  # keyed hash


@dataclass(frozen=True)
class LicenceFacts:
    """One licence that has landed, and how fresh the data is."""

    holders: frozenset[str]  # keyed hashes
    status: str  # valid | suspended | revoked | expired, as the source says
    valid_from: date | None
    valid_to: date | None
    live: bool  # neither deleted at the source nor withheld for a bad new version
    published: bool  # this version is sealed
    complete_at: datetime | None  # its data is complete as of then
    longest_age: timedelta


@dataclass(frozen=True)
class Facts:
    """Everything a decision rests on. None: there is no such thing."""

    enabled: bool
    role: str
    posts: tuple[PostFacts, ...]
    case: CaseFacts | None
    published: bool  # the item is in the published catalogue
    item_department: str | None  # who decides on the day the case was opened; None: nobody
    exempted: bool  # on that day the item needs no decision
    asked: bool  # the published catalogue asks for the material
    purposes: frozenset[str]  # why it is asked, and what the caller wants it for
    purpose_given: bool  # the caller said what for, in words that may stand on a copy
    proving_types: frozenset[str]  # the licence types that satisfy it
    material_role: str  # applicant | spouse | agent | …
    licence_type: str | None
    waiver: Standing  # what the waiver of the licence type comes to today
    licence: LicenceFacts | None
    now: datetime
    today: date


@dataclass(frozen=True)
class Allowed:
    """The look may go on, for the post that handles the case."""

    post: str


@dataclass(frozen=True)
class Denied:
    """It may not."""

    detail: Detail

    @property
    def reason(self) -> str:
        """The stable code: the detail, or `licence_not_valid` for what is wrong with a licence."""
        return "licence_not_valid" if self.detail in NOT_VALID else self.detail

    @property
    def sentence(self) -> str:
        """One plain sentence in Chinese, for the person who asked."""
        return SENTENCES[self.detail]


def check(facts: Facts, use: Use) -> Allowed | Denied:
    """Whether this account may look: at the plan (satisfied or not), or at the data."""
    case = check_case(facts)
    if isinstance(case, Denied) or use == "plan":
        return case
    detail = (
        material_detail(facts)
        or waiver_detail(facts.waiver)
        or (None if may_decide(facts) else "receive_only")
        or licence_detail(facts)
    )
    return Denied(detail) if detail else case


def check_case(facts: Facts) -> Allowed | Denied:
    """Account, post, case and item: what a plan needs."""
    post = _post(facts)
    detail: Detail | None = None
    if not facts.enabled:
        detail = "account_disabled"
    elif facts.role != "clerk":
        detail = "role_not_clerk"
    elif facts.case is None:
        detail = "case_unknown"
    elif post is None:
        detail = "case_not_assigned"
    elif not facts.case.open:
        detail = "case_closed"
    elif not facts.published:
        detail = "item_not_in_catalogue"
    elif facts.exempted:
        detail = "item_exempted"
    elif facts.item_department != post.department:
        detail = "item_not_of_post"
    if detail or post is None:
        return Denied(detail or "case_not_assigned")
    return Allowed(post.code)


def material_detail(facts: Facts) -> Detail | None:
    """Why the material cannot be stood for by any licence; None when it can."""
    proves = facts.proving_types
    tried = facts.licence_type
    checks: tuple[tuple[bool, Detail], ...] = (
        (facts.asked, "material_not_asked"),
        (facts.purpose_given, "purpose_not_given"),
        (facts.purposes == {"prove"}, "purpose_not_prove"),
        (bool(proves), "licence_type_does_not_prove"),
        (tried is None or tried in proves, "licence_type_does_not_prove"),
        (facts.material_role == "applicant", "role_not_applicant"),
    )
    return next((detail for holds, detail in checks if not holds), None)


def waiver_detail(waiver: Standing) -> Detail | None:
    """Why the waiver does not count today; None when it is in force."""
    why: dict[Standing, Detail | None] = {
        "in_force": None,
        "not_confirmed": "waiver_not_confirmed",
        "not_published": "waiver_not_published",
        "withdrawn": "waiver_withdrawn",
    }
    return why[waiver]


def licence_detail(facts: Facts) -> Detail | None:
    """Why the licence cannot be given as valid; None when it can."""
    licence = facts.licence
    if licence is None or facts.licence_type is None:
        return "licence_not_found"
    if facts.case is None or facts.case.applicant not in licence.holders:
        return "holder_not_applicant"
    if not licence.live:
        return "licence_withdrawn"
    return (
        _state_detail(licence, facts.today)
        or (None if licence.published else "licence_not_published")
        or (None if fresh(licence, facts.now) else "stale")
    )


def state_on(status: str, valid_to: date | None, today: date) -> str:
    """The state that counts on a day: valid | suspended | revoked | expired."""
    if status == "valid" and valid_to is not None and valid_to < today:
        return "expired"
    return status


def fresh(licence: LicenceFacts, now: datetime) -> bool:
    """Whether the data is no older than its type allows. A future time is not fresh."""
    if licence.complete_at is None:
        return False
    return timedelta(minutes=-5) <= now - licence.complete_at <= licence.longest_age


def _post(facts: Facts) -> PostFacts | None:
    if facts.case is None or facts.case.post is None:
        return None
    return next((post for post in facts.posts if post.code == facts.case.post), None)


def may_decide(facts: Facts) -> bool:
    """Whether the post that handles the case decides, rather than only receives."""
    post = _post(facts)
    return post is not None and "decide" in post.rights


def _state_detail(licence: LicenceFacts, today: date) -> Detail | None:
    state = state_on(licence.status, licence.valid_to, today)
    if state == "valid":
        early = licence.valid_from is not None and licence.valid_from > today
        return "licence_not_yet_valid" if early else None
    if state == "suspended":
        return "licence_suspended"
    if state == "expired":
        return "licence_expired"
    if state == "revoked":
        return "licence_revoked"
    raise ValueError("a licence's state is valid, suspended, revoked or expired")
