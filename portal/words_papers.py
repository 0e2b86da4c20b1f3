"""Texts about messages, promises, corrections and packages; part of `portal.words`."""

from __future__ import annotations

PAPERS: dict[str, str] = {
    "api.messages.get": "平台告知本岗位的消息",
    "api.messages.read": "消息已读",
    "api.promises.get": "本岗位办件的容缺材料",
    "api.report.post": "报告证照有误（校核）",
    "api.corrections.get": "校核清单",
    "api.answer.post": "答复校核",
    "api.states.get": "证照状态的变更记录",
    "api.package.get": "办件归档包",
    "messages.title": "平台消息",
    "messages.read": "知道了",
    "plan.report": "证照有误",
    "plan.report.field": "哪个字段不对",
    "plan.report.why": "怎样不对（不写证件号码）",
    "plan.report.button": "报主管部门校核",
    "plan.package": "下载归档包",
    "corrections.title": "待答复的校核",
    "corrections.about": "{department}收到的校核。答复前，这份证照在办件中不计入，须人工核对原件。",
    "corrections.empty": "没有收到校核。",
    "corrections.case": "办件 {number}",
    "corrections.holder": "持证主体本人报告",
    "corrections.due": "{day}前答复",
    "corrections.reason": "答复理由",
    "corrections.corrected": "属实，已在来源系统更正",
    "corrections.refused": "核实无误，不予更正",
    "corrections.marked": "更正后的数据尚未到达",
    "corrections.button": "答复",
}
