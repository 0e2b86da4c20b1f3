"""A contract in plain Chinese, for the officer who confirms it: one list of sentences a system."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from registry.contract import Stream, System

KINDS = {"item": "事项", "material": "材料", "licence": "证照", "case": "办件"}
TRANSPORTS = {
    "rest": "HTTP 接口",
    "soap": "SOAP 接口",
    "sql": "数据库视图",
    "exchange": "前置库",
    "files": "文件",
    "push": "系统主动推送",
    "singer": "Singer 抽取程序",
}
MODES = {
    "incremental": "每次只读取有变化的",
    "full": "每次全部读取",
    "change": "读取变化表",
    "lookup": "不留存，只在办理具体办件时逐件核验",
    "push": "由源系统推送",
}
SHARES = {"unconditional": "无条件共享", "conditional": "有条件共享", "none": "不予共享"}
FIELDS = {  # as the pages call them
    "number": "证照编号", "identifier": "电子证照标识", "type": "证照类型", "holder_name": "持证人",
    "holder_number": "持证人号码", "holder_kind": "持证人类别",
    "co_holder_name": "共同持证人",
    "co_holder_number": "共同持证人号码",
    "issuer": "发证机关", "issued": "发证日期", "valid_from": "有效期起", "valid_to": "有效期止",
    "status": "状态", "updated": "更新时间", "code": "编码", "base_code": "基本编码",
    "name": "名称",
    "parent": "上级", "level": "层级", "task_type": "事项类型", "department": "部门",
    "division": "区划", "handling_department": "承办部门", "limit_days": "法定时限",
    "promise_days": "承诺时限", "fee": "是否收费", "fee_standard": "收费标准",
    "fee_basis": "收费依据", "steps": "办理流程", "results": "审批结果",
    "item_code": "事项编码", "situation": "情形",
    "need": "是否必要", "purpose": "用途", "source_type": "来源", "form": "形式", "copies": "份数",
    "order": "顺序", "case_number": "办件编号", "post": "岗位", "state": "办理状态",
    "opened": "受理时间", "closed": "办结时间", "applicant_name": "申请人",
    "applicant_number": "申请人号码", "applicant_kind": "申请人类别",
}  # fmt: skip
MEANINGS = {
    "valid": "有效", "suspended": "暂停", "revoked": "吊销", "expired": "过期",
    "person": "个人", "organisation": "单位", "true": "是", "false": "否",
    "accepted": "已受理", "deciding": "审查中", "granted": "准予", "refused": "不予",
    "withdrawn": "撤回", "canonical": "基本目录", "implementation": "实施清单",
    "prove": "证明", "compare": "核对", "surrender": "收缴", "issued": "部门核发",
    "applicant": "申请人自备", "third_party": "第三方出具",
}  # fmt: skip
MEANINGS_SHOWN = 6


def summary(system: System) -> list[str]:
    """Sentences about the whole system, then about each of its streams."""
    lines = [
        f"{system.name}（{system.department}）：{TRANSPORTS[system.transport.kind]}，"
        f"{rhythm(system.schedule)}。",
        *(_stream(one) for one in system.streams.values()),
    ]
    if system.quota is not None:
        per = {"hour": "小时", "day": "天"}[system.quota.per]
        lines.insert(1, f"每{per}最多调用 {system.quota.calls:,} 次。")
    if system.hours is not None:
        lines.insert(1, f"只在 {system.hours} 之间访问。")
    return lines


def rhythm(schedule: str | None) -> str:
    """A cron expression in words; one of an unusual form is quoted as it stands."""
    if schedule is None:
        return "不定时读取"
    minute, hour, day, month, weekday = schedule.split()
    if (day, month, weekday) != ("*", "*", "*"):
        return f"按计划“{schedule}”读取"
    every = re.fullmatch(r"\*/(\d+)", minute)
    if every and hour == "*":
        return f"每 {every[1]} 分钟读取一次"
    if minute.isdigit() and hour == "*":
        return "每小时读取一次"
    if minute.isdigit() and hour.isdigit():
        return f"每天 {int(hour)}:{int(minute):02} 读取一次"
    return f"按计划“{schedule}”读取"


def _stream(stream: Stream) -> str:
    used = [*dict.fromkeys(one.column for one in stream.fields.values())]
    kept = [one for one in dict.fromkeys(stream.details.values()) if one not in used]
    known = stream.known_columns()
    ignored = [one for one in dict.fromkeys(stream.ignore) if one not in used]
    more = len(known - {*used, *kept, *ignored})
    parts = [
        f"{KINDS[stream.kind]}“{stream.name}”：{MODES[stream.mode]}",
        f"以 {'、'.join(stream.key)} 区分各条" if stream.key else "整行相同才算同一条",
        _deletes(stream),
        f"约定了 {len(known)} 列，采用 {len(used)} 列，忽略 {len(ignored)} 列"
        + (f"，另有 {len(kept)} 列按约定保存" if kept else "")
        + (f"，{more} 列只用来控制读取" if more else ""),
        _columns(stream),
        *(
            f"{FIELDS.get(n, n)}一律为“{MEANINGS.get(one, one)}”"
            for n, one in stream.always.items()
        ),
        *_categories(stream),
        f"{SHARES[stream.share]}，依据{stream.basis}，授权文件{stream.authorisation.document}"
        f"（到 {stream.authorisation.until}）",
        f"自 {stream.complete_since} 起完整",
    ]
    return "；".join(parts) + "。"


def _deletes(stream: Stream) -> str:
    if stream.deletes is None:
        return "源系统不删除或删除不通知"
    signs: Mapping[str, str] = {
        "flag": f"{stream.deletes.column}={stream.deletes.value} 表示删除",
        "reconcile": "定期比对，源系统没有的算删除",
        "absence": "全部读取后没有的算删除",
    }
    return signs[stream.deletes.sign]


def _columns(stream: Stream) -> str:
    names = [f"{FIELDS.get(name, name)}取自 {one.column}" for name, one in stream.fields.items()]
    return "、".join(names)


def _categories(stream: Stream) -> Sequence[str]:
    found = []
    for name, one in stream.fields.items():
        if not one.values:
            continue
        pairs = [f"{said}={MEANINGS.get(means, means)}" for said, means in one.values.items()]
        shown = "，".join(pairs[:MEANINGS_SHOWN])
        more = f"等 {len(pairs)} 种" if len(pairs) > MEANINGS_SHOWN else ""
        found.append(f"{FIELDS.get(name, name)} {shown}{more}")
    return found
