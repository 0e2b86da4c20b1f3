"""Rows as GB/T 39554 orders them: main item, sub-item, implementation, each with its elements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from catalog.deciding.bodies import MANNER_NAMES
from catalog.exchange.codes import BASE_CODE, TASK_CODE, type_code
from catalog.exchange.view import Record, Task, records, tasks
from catalog.flow.fields import FIELDS, shown
from catalog.flow.papers import how, is_paper
from catalog.forms.fields import TYPES
from catalog.periods import shown_period
from catalog.versions.content import Content

#: Headings of the rows of implementations, and of their materials.
TASKS = (
    "基本编码", "基本编码合规", "主项名称", "子项名称", "实施编码", "实施编码合规", "事项名称",
    "与目录关系", "事项类型", "类型代码", "行政区划", "实施主体", "实施方式", "委托机关",
    "依据文号",
    *(one.name for one in FIELDS.values()), "申请材料份数",
)  # fmt: skip
MATERIALS = (
    "基本编码", "子项名称", "序号", "情形", "材料名称", "材料种类", "材料归属", "必要性", "用途",
    "来源渠道", "可信等级", "可代替的证照",
)  # fmt: skip
#: Who asks otherwise: a place (全市: the whole city) or one implementation of it, from when, why.
LOCAL = (
    "基本编码", "子项名称", "行政区划", "实施编码", "材料名称", "要求", "可代替的证照", "期间",
    "依据", "文号",
)  # fmt: skip
FORMS = ("基本编码", "子项名称", "序号", "填写项", "统一名称", "类型", "必填")
_PURPOSES = {"prove": "证明", "compare": "核对原件", "surrender": "收回"}
_SOURCES = {
    "issued": "政府部门核发", "applicant": "申请人自备", "third_party": "中介机构或法定机构产生",
}  # fmt: skip


def sheets(content: Content, day: date) -> dict[str, list[list[str]]]:
    """Rows of text by sheet, the heading first: 实施清单, 申请材料, 各地材料差异, 表单填写项.

    申请材料 are the items' own; the first sheet counts those of the place.
    """
    items = {row["item_id"]: row for row in records(content, "item")}
    listed = sorted(records(content, "material"), key=lambda row: (row["item_id"], row["order"]))
    return {
        "实施清单": [list(TASKS), *(_task(one) for one in tasks(content, day))],
        "申请材料": [list(MATERIALS), *(_material(items[row["item_id"]], row) for row in listed)],
        "各地材料差异": [list(LOCAL), *_local(content, items)],
        "表单填写项": [list(FORMS), *_fields(content)],
    }


def _task(one: Task) -> list[str]:
    item_id = one.item["item_id"]
    return [
        item_id,
        _yes(BASE_CODE.fullmatch(item_id) is not None),
        one.item["parent"] or one.item["name"],
        one.item["name"],
        one.code,
        _yes(TASK_CODE.fullmatch(one.code) is not None),
        one.name,
        "相同" if one.relation == "same" else "其中一种情形",
        one.item["task_type"] or "",
        type_code(one.item["task_type"]),
        one.division,
        one.department or "",
        MANNER_NAMES[one.manner] if one.manner else "",
        one.on_behalf_of or "",
        one.document or "",
        *(shown(field, one.flow[field]) if field in one.flow else "" for field in FIELDS),
        str(len(one.materials)),
    ]


def _material(item: Record, row: Record) -> list[str]:
    types: Sequence[str] = row["licence_types"]
    return [
        item["item_id"], item["name"], str(row["order"]), row["situation"], row["name"],
        row["kind"], row["role"], "必要" if row["need"] else "非必要", _PURPOSES[row["purpose"]],
        _SOURCES[row["source_type"]] if row["source_type"] else "", row["grade"], "、".join(types),
    ]  # fmt: skip


def _local(content: Content, items: Mapping[str, Record]) -> list[list[str]]:
    """What places ask otherwise than the item's own list, whenever."""
    return [
        [
            row["item_id"], items[row["item_id"]]["name"], row["division"] or "全市",
            row["local_code"], row["value"]["name"], how(row["value"]),
            "、".join(row["value"].get("licence_types", ())),
            shown_period(row["begins"], row["ends"]), row["basis"] or "", row["document"] or "",
        ]
        for row in records(content, "flow")
        if is_paper(row["field"])
    ]  # fmt: skip


def _fields(content: Content) -> list[list[str]]:
    names = {row["item_id"]: row["name"] for row in records(content, "item")}
    return [
        [
            row["item_id"], names[row["item_id"]], str(row["order"]), row["name"],
            row["standard"], TYPES[row["type"]], _yes(row["required"]),
        ]
        for row in sorted(records(content, "field"), key=lambda row: (row["item_id"], row["order"]))
    ]  # fmt: skip


def _yes(holds: bool) -> str:
    return "是" if holds else "否"
