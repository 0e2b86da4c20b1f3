"""The Chinese of events; `portal.words` takes them up."""

from __future__ import annotations

EVENTS: dict[str, str] = {
    "api.events": "事件通知",
    "api.receivers.get": "事件接收方：状态、进度、退回的事件数",
    "api.receivers.post": "登记事件接收方（部门数据专员为本部门，或运维人员）",
    "api.receivers.addresses": "接收方域名现在解析到的地址，供审批局核对",
    "api.receivers.approve": "批准事件接收方及其地址",
    "api.receivers.end": "终止向接收方通知",
    "api.receivers.replay": "从某个时间或账本序号起重放事件，事件编号不变",
    "api.receivers.letters": "接收方退回的事件和排在其后的事件",
    "api.outside": "外部证照",
    "api.issuers.get": "外部发证机构信任列表：现行版本、有效期",
    "api.issuers.post": "导入国家或省级机构签名的信任列表",
    "api.outside.post": "核验申请人交来的外省电子证照，给出可信等级",
    "api.reference.get": "办件申请人在某接收方事件中的代号",
}
