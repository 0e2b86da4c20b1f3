"""The Chinese of the catalogue's API; `portal.words` takes them up."""

from __future__ import annotations

CATALOG: dict[str, str] = {
    "api.catalog": "事项目录",
    "api.catalog.versions": "已发布的各版目录",
    "api.catalog.diff": "两版目录之间对谁改了什么",
    "api.catalog.rollback": "退回以前的一版，作为新的一版发布；此后暂停自动发布",
    "api.catalog.publish": "内容有变化时发布新的一版目录",
    "api.catalog.release": "退回之后恢复发布",
    "api.catalog.export": "导出一版目录：json、xlsx 或 gb39554",
    "api.catalog.flow": "一个事项某日在某地的流程、时限、收费，各从哪里来",
    "api.catalog.compare": "各县区同一事项并排对比",
    "api.catalog.deciding": "一个事项各时期由谁决定",
    "api.catalog.assign": "登记自某日起由谁决定（保留、委托、下放、划转、豁免）",
    "api.catalog.unassign": "撤回一条由谁决定的登记",
    "api.catalog.deviations": "各县区与目录的差异",
    "api.catalog.propose": "提出差异，等待审批局决定",
    "api.catalog.decide": "同意、不同意或撤回一条差异",
    "api.catalog.exchange": "向国家交换库上报有变化的数据（地址只能用密钥名指定）",
    "api.catalog.faults": "被退回的数据",
    "api.catalog.take": "导入退回的异常数据，重新打开对应的行",
    "api.catalog.settle": "退回的数据原样重报，或者关闭",
}
