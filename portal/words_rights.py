"""The Chinese of rights; `portal.words` takes them up."""

from __future__ import annotations

RIGHTS: dict[str, str] = {
    "api.rights": "用证权限",
    "api.answers.post": "只答是否：成年（is_adult）、持有效证照（holds_valid:类型）；不给数据",
    "api.assignments.post": "把办件交给别处的岗位：全程网办、代收代办、多地联办",
    "api.relatives.post": "登记申请人的监护人或法定代表人（须由证照证明）",
    "api.presenter.post": "登记由谁前来办理（代办人；不填为本人）",
    "api.mandates.post": "登记申请人给代办人的授权委托",
    "api.mandate.revoke": "撤销授权委托",
    "api.consents.post": "登记本人书面同意",
    "api.consents.withdraw": "本人撤回同意",
    "api.codes.post": "收本人出示的亮证码：同意或撤回",
    "api.window.cases": "一窗受理平台签名调用：已受理一个办件（当日有效，待业务系统确认）",
    "api.window.codes": "一窗受理平台签名调用：已登录的本人要一个亮证码",
    "api.uses.get": "各事项使用有条件共享证照：待定、已同意、未同意、有争议、逾期",
    "api.uses.post": "发证部门同意或不同意事项使用证照",
    "api.use.get": "一个事项使用一类证照的经过",
    "api.uses.dispute": "对不同意提出争议",
    "api.uses.rule": "数据局裁定争议",
    "api.roster.get": "岗位排班：哪个岗位何时办哪个事项",
    "api.roster.post": "增加一行排班",
    "api.roster.end": "结束一行排班",
    "api.orders.get": "法院、审计、纪检的调取文书",
    "api.orders.post": "登记调取文书（第一人）",
    "api.orders.confirm": "确认调取文书（第二人）",
    "api.orders.end": "终止调取文书",
    "api.orders.look": "按文书调取证照",
    "api.alarms.get": "用证告警",
    "api.alarms.close": "处理完一条告警",
}
