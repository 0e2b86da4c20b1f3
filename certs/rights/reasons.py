"""Why a look is refused: stable codes, and one Chinese sentence each for the person who asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: What exactly is wrong; most are reasons of their own.
Detail = Literal[
    "account_disabled",
    "role_not_clerk",
    "case_unknown",
    "case_not_assigned",
    "case_closed",
    "case_in_future",
    "case_provisional_over",
    "item_not_in_catalogue",
    "item_exempted",
    "item_not_of_post",
    "not_on_duty",
    "presenter_unknown",
    "mandate_missing",
    "mandate_over",
    "material_not_asked",
    "purpose_not_given",
    "purpose_not_prove",
    "licence_type_does_not_prove",
    "role_not_applicant",
    "relation_not_proved",
    "waiver_not_confirmed",
    "waiver_not_published",
    "waiver_withdrawn",
    "receive_only",
    "ledger_unsigned",
    "clock_behind",
    "share_unknown",
    "share_none",
    "use_not_approved",
    "use_refused",
    "use_disputed",
    "fields_beyond_use",
    "consent_missing",
    "consent_withdrawn",
    "presence_missing",
    "licence_not_found",
    "holder_not_applicant",
    "licence_revoked",
    "licence_suspended",
    "licence_expired",
    "licence_not_yet_valid",
    "licence_withdrawn",
    "licence_not_published",
    "under_correction",
    "stale",
    "grant_expired",
    "order_unknown",
    "order_not_confirmed",
    "order_same_person",
    "order_not_yours",
    "order_not_yet",
    "order_over",
    "order_other_subject",
    "order_other_type",
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
    "case_in_future": "该办件的受理时间在将来，请先更正受理时间。",
    "case_provisional_over": "该办件是临时办件，当日未经业务系统确认，已于零时失效。",
    "item_not_in_catalogue": "该办件的事项不在已发布的事项目录中。",
    "item_exempted": "办件受理之日，该事项已豁免办理，没有部门审批，不必提交。",
    "item_not_of_post": "该事项在办件受理之日不由您的岗位所在部门办理。",
    "not_on_duty": "您的岗位今天没有排班办理该事项。",
    "presenter_unknown": "没有登记由谁前来办理。",
    "mandate_missing": "由他人代办，但没有登记授权委托。",
    "mandate_over": "代办人的授权委托尚未生效、已到期、已撤销或不含该事项。",
    "material_not_asked": "已发布的目录中，该事项不要求这份材料。",
    "purpose_not_given": "请写明使用事由：2 至 200 个字，不写证件号码。",
    "purpose_not_prove": "该材料不是用于证明，而是要核对或收回原件，不能以共享代替。",
    "licence_type_does_not_prove": "没有已接入的证照可以证明这份材料。",
    "role_not_applicant": "该材料属于申请人以外的人，关系尚未由证照证明，不能共享。",
    "relation_not_proved": "证明与申请人关系的证照无效、过旧或与办件不符，不能共享。",
    "waiver_not_confirmed": "主管部门尚未发文确认这类证照可以免提交。",
    "waiver_not_published": "主管部门已确认这类证照可以免提交，但免提交清单尚未公布或尚未生效。",
    "waiver_withdrawn": "这类证照的免提交已停止执行。",
    "ledger_unsigned": "留痕账本的签名已中断超过时限，暂停调取证照；材料可以容缺受理，事后补齐。",
    "clock_behind": "平台的时钟早于留痕账本上次签名的时间，校准前暂停调取证照；请联系运维人员。",
    "receive_only": "您的岗位只有收件权，只能看到“是否满足”，不能查看证照内容。",
    "share_unknown": "这类证照没有登记共享属性，不能共享。",
    "share_none": "这类证照属于不予共享，不能查看。",
    "use_not_approved": "这类证照属于有条件共享，发证部门尚未同意该事项使用。",
    "use_refused": "发证部门没有同意该事项使用这类证照。",
    "use_disputed": "该事项使用这类证照有争议，正由数据局裁定。",
    "fields_beyond_use": "申请的字段超出该事项获准使用的范围。",
    "consent_missing": "查看这类证照须经本人同意，本办件尚未取得同意。",
    "consent_withdrawn": "本人已撤回同意，不能再查看。",
    "presence_missing": "亮证码由他人代为出示，须先经实名认证服务核验本人在场。",
    "licence_not_found": "没有找到申请人的这类证照。",
    "holder_not_applicant": "持证主体不是本办件的申请人。",
    "licence_revoked": "该证照已被吊销或撤销。",
    "licence_suspended": "该证照已被暂扣。",
    "licence_expired": "该证照已过有效期。",
    "licence_not_yet_valid": "该证照的有效期尚未开始。",
    "licence_withdrawn": "该证照已由来源系统删除，或其最新数据有误，正在等待来源部门更正。",
    "licence_not_published": "该证照的数据刚到，尚未封装发布，请稍后再试。",
    "under_correction": "该证照正在校核中，须人工核对原件，校核结束前不能共享。",
    "stale": "来源数据超过了规定的时效，不能作为有效证照使用。",
    "grant_expired": "来源系统的数据授权已到期，不能再共享。",
    "order_unknown": "没有这份调取文书。",
    "order_not_confirmed": "调取文书尚未经第二人确认。",
    "order_same_person": "调取文书须由另一人确认，不能由提出人自己确认。",
    "order_not_yours": "只有提出人和确认人可以按这份文书调取。",
    "order_not_yet": "调取文书尚未生效。",
    "order_over": "调取文书已到期或已终止。",
    "order_other_subject": "文书未列明该对象。",
    "order_other_type": "文书未列明这类证照。",
}


@dataclass(frozen=True)
class Allowed:
    """The look may go on, for the post that handles the case (of an order: for the account)."""

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
