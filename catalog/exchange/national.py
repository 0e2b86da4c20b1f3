"""Rows of the national exchange tables that go up: directory, basic, extend, material, fee.

Only what the catalogue knows is written; addresses, telephone numbers and conditions of acceptance
are the item system's. An implementation that a table cannot take is held back, with the reason.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from catalog.exchange import codes
from catalog.exchange.view import Record, Task, records, tasks
from catalog.flow.fields import FIELDS
from catalog.versions.content import Content
from registry import departments

#: A row's identifier is a name in this space: the same row always has the same one.
SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:zhongtai:exchange")
#: The columns that are written, by table; `general` and `public` share theirs.
TABLES: dict[str, tuple[str, ...]] = {
    "up_task_directory": (
        "row_guid", "catalog_code", "local_catalog_code", "task_name", "task_type", "task_state",
    ),
    "basic": (
        "row_guid", "catalog_code", "local_catalog_code", "task_code", "local_task_code",
        "task_name", "task_type", "task_state", "use_level", "dept_name",
        "dept_code", "entrust_name", "anticipate_day", "anticipate_type", "promise_day",
        "promise_type", "is_fee", "fee_basis", "handle_flow",
    ),
    "extend": ("row_guid", "task_guid", "task_code", "result_name"),
    "material": (
        "row_guid", "task_guid", "task_code", "material_name", "is_need", "source_type",
        "order_num", "remark",
    ),
    "fee_project": (
        "row_guid", "task_guid", "task_code", "fee_name", "fee_stand", "by_law", "order_num",
    ),
}  # fmt: skip
#: Characters that a column holds: longer names are held back, longer explanations are cut.
NAME, MATERIAL_NAME = 1000, 200
CUT = {
    "result_name": 200, "fee_name": 200, "handle_flow": 256, "fee_basis": 256, "fee_stand": 256,
    "by_law": 256,
}  # fmt: skip


@dataclass(frozen=True)
class UpRow:
    """A row of a national table, without the columns of its sending."""

    table: str
    guid: str
    item_id: str
    values: dict[str, Any]


@dataclass(frozen=True)
class HeldBack:
    """An implementation that is not sent, and why, in Chinese."""

    code: str
    name: str
    why: str


def columns_of(table: str) -> tuple[str, ...]:
    """The columns of a table by its whole name."""
    return TABLES[table] if table in TABLES else TABLES[table.split("_", 3)[3]]


def rows(content: Content, day: date) -> tuple[list[UpRow], list[HeldBack]]:
    """What a version gives, by table and identifier, and what is held back."""
    made: list[UpRow] = [_directory(item) for item in records(content, "item")]
    held: list[HeldBack] = []
    for task in tasks(content, day):
        why = _unfit(task)
        if why is not None:
            held.append(HeldBack(task.code, task.name, why))
            continue
        made += _of_task(task)
    return sorted(made, key=lambda one: (one.table, one.guid)), held


def guid(table: str, *key: str) -> str:
    """The identifier of a row."""
    return str(uuid.uuid5(SPACE, "|".join((table, *key))))


def _unfit(task: Task) -> str | None:
    """Why a table cannot take an implementation; None when it can."""
    typed = codes.type_code(task.item["task_type"])
    names = [len(row["name"]) for row in task.materials]
    checks = (
        (not task.bare, "没有实施清单"),
        (bool(task.division), "没有行政区划"),
        (task.relation == "same", "是目录事项的一种情形，须先有自己的业务办理项编码"),
        (bool(typed), "目录没有写明事项类型"),
        (bool(task.department), "没有实施主体"),
        ("limit_days" in task.flow, "没有法定办结时限"),
        (len(task.name) <= NAME, f"事项名称超过{NAME}字"),
        (max(names, default=0) <= MATERIAL_NAME, f"有材料名称超过{MATERIAL_NAME}字"),
    )
    return next((why for holds, why in checks if not holds), None)


def _directory(item: Record) -> UpRow:
    table, item_id = "up_task_directory", item["item_id"]
    national = codes.BASE_CODE.fullmatch(item_id) is not None
    key = guid(table, item_id)
    return UpRow(
        table,
        key,
        item_id,
        {
            "row_guid": key,
            "catalog_code": item_id if national else None,
            "local_catalog_code": None if national else item_id,
            "task_name": item["name"],
            "task_type": codes.type_code(item["task_type"]) or None,
            "task_state": codes.IN_FORCE,
        },
    )


def _of_task(task: Task) -> Iterator[UpRow]:
    family = "public" if codes.type_code(task.item["task_type"]) == codes.PUBLIC else "general"
    basic = f"up_task_{family}_basic"
    task_guid = guid(basic, task.code)
    yield _row(task, basic, task_guid, _basic(task))
    about = {"task_guid": task_guid, "task_code": task.code}
    if "results" in task.flow:
        table = f"up_task_{family}_extend"
        named = {"result_name": _cut("result_name", "、".join(task.flow["results"]))}
        yield _row(task, table, guid(table, task.code), about | named)
    for number, row in enumerate(task.materials, 1):
        table = f"up_task_{family}_material"
        key = guid(table, task.code, row["situation"], row["material_id"])
        yield _row(task, table, key, about | _material(row, number))
    if task.flow.get("fee") and "fee_standard" in task.flow:
        table = f"up_task_{family}_fee_project"
        fee = {
            "fee_name": _cut("fee_name", task.name),
            "fee_stand": _cut("fee_stand", task.flow["fee_standard"]),
            "by_law": _cut("by_law", task.flow.get("fee_basis")),
            "order_num": 1,
        }
        yield _row(task, table, guid(table, task.code), about | fee)


def _row(task: Task, table: str, key: str, values: dict[str, Any]) -> UpRow:
    whole = {"row_guid": key, **values}
    ordered = {name: whole.get(name) for name in columns_of(table)}
    return UpRow(table, key, task.item["item_id"], ordered)


def _basic(task: Task) -> dict[str, Any]:
    item_id = task.item["item_id"]
    base = codes.BASE_CODE.fullmatch(item_id) is not None
    own = codes.TASK_CODE.fullmatch(task.code) is not None
    flow = task.flow
    steps = FIELDS["steps"].show(flow["steps"]) if "steps" in flow else None
    promise, fee = flow.get("promise_days"), flow.get("fee")
    return {
        "catalog_code": item_id if base else None,
        "local_catalog_code": None if base else item_id,
        "task_code": task.code,
        "local_task_code": None if own else task.code,
        "task_name": task.name,
        "task_type": codes.type_code(task.item["task_type"]),
        "task_state": codes.IN_FORCE,
        "use_level": codes.CITY_LEVEL if task.division == "赣州市" else codes.COUNTY_LEVEL,
        "dept_name": task.department,
        "dept_code": _credit_code(task, own=own),
        "entrust_name": task.on_behalf_of,
        "anticipate_day": flow["limit_days"],
        "anticipate_type": codes.WORKING_DAYS,
        "promise_day": promise,
        "promise_type": None if promise is None else codes.WORKING_DAYS,
        "is_fee": None if fee is None else codes.YES if fee else codes.NO,
        "fee_basis": _cut("fee_basis", flow.get("fee_basis")),
        "handle_flow": _cut("handle_flow", steps),
    }


def _credit_code(task: Task, *, own: bool) -> str | None:
    """The deciding department's, where it is known; else the one in the implementation's code."""
    known = departments.load().get(task.department or "")
    if known is not None and known.credit_code:
        return known.credit_code
    return task.code[:18] if own and task.manner in (None, "kept") else None


def _material(row: Record, number: int) -> dict[str, Any]:
    source = row["source_type"]
    return {
        "material_name": row["name"],
        "is_need": codes.NEEDS[row["need"]],
        "source_type": codes.SOURCE_TYPES[source] if source else None,
        "order_num": number,
        "remark": f"情形：{row['situation']}"[:256] if row["situation"] else None,
    }


def _cut(column: str, text: str | None) -> str | None:
    """A text that the table's column holds; a longer one ends with …, the whole is on record."""
    most = CUT[column]
    if text is None or len(text) <= most:
        return text
    return text[: most - 1] + "…"
