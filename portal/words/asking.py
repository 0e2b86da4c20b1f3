"""The Chinese of the catalogue's questions and of waivers; `portal.words` takes them up."""

from __future__ import annotations

ASKING: dict[str, str] = {
    "plan.stopped": "留痕账本的签名已中断超过时限，现在不能调取证照。"
    "可以免交的材料请先容缺受理，恢复后补调。",
    "plan.ask": "请问申请人",
    "plan.ask.about": "答案会改变要交的材料",
    "plan.ask.button": "更新清单",
    "plan.known": "已知情形",
    "plan.known.said": "申请人回答",
    "plan.known.case": "依据办件信息",
    "plan.known.licence": "依据{type}登记数据",
    "api.seen.get": "办件申请人的数据被谁、何时、为何事使用过（窗口代查，留痕）",
    "api.catalogue": "事项目录",
    "api.plan.post": "按申请人回答的情形列出免交清单；回答不保存",
    "api.needs.get": "办一个或几个事项要什么：还要问的问题、材料、表单（公开）",
    "api.questions.get": "目录问答：unused、more-materials、package、next-system、unsatisfied",
    "api.waivers.get": "各类证照免提交办到哪一步",
    "api.waivers.post": "提出、由主管部门确认、停止免提交",
    "api.waiver.get": "一类证照免提交的经过",
    "api.lists.get": "已公布的免提交清单",
    "api.lists.post": "公布一份免提交清单",
}
