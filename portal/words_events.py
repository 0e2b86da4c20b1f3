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
    "api.reference.get": "办件申请人在某接收方事件中的代号",
}
