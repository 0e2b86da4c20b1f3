"""How each change is told: its kind, what was before and is now, one sentence in Chinese."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalog.deciding.bodies import MANNER_NAMES
from catalog.flow.fields import FIELDS, shown
from catalog.flow.papers import how, is_paper
from catalog.forms.fields import TYPES
from catalog.periods import named_division, shown_period

Record = Mapping[str, Any]
Said = dict[str, Any]
ITEM_FIELDS = {
    "name": ("item_renamed", "名称"),
    "parent": ("item_parent", "主项"),
    "department": ("item_department", "主管部门"),
    "task_type": ("item_type", "事项类型"),
}
PURPOSES = {"prove": "证明", "compare": "核对原件", "surrender": "收回"}
RELATIONS = {"same": "相同", "narrower": "其中一种情形"}


@dataclass(frozen=True)
class Change:
    """One change. `about`: item, mapping, material, field, deciding, flow or declared.

    `department`: whom it concerns (the competent one, or the one that handles it in a county);
    `division`: where; None everywhere. `before`, `after`: None where there is nothing.
    """

    kind: str
    about: str
    item_id: str
    item: str
    department: str | None
    division: str | None
    before: Any
    after: Any
    sentence: str

    def as_json(self) -> dict[str, Any]:
        """All of it."""
        return dict(vars(self))


def _said(kind: str, before: Any, after: Any, sentence: str) -> Said:
    return {"kind": kind, "before": before, "after": after, "sentence": sentence}


def item(row: Record, kind: str) -> Said:
    """An item that came or went; its `kind` is given by the caller."""
    name = row["name"]
    if kind == "item_added":
        return {"before": None, "after": name, "sentence": f"新增事项“{name}”。"}
    return {"before": name, "after": None, "sentence": f"取消事项“{name}”。"}


def item_field(old: Record, column: str, was: Any, now: Any) -> Said:
    """A column of an item."""
    kind, name = ITEM_FIELDS[column]
    change = f"由“{was or '无'}”改为“{now or '无'}”"
    return _said(kind, was, now, f"事项“{old['name']}”的{name}{change}。")


def mapping(old: Record | None, new: Record | None, items: Mapping[str, Record]) -> Iterator[Said]:
    """A county's implementation: came, went, moved to another item, renamed, handled by another."""
    row = new or old or {}
    place = f"{named_division(row['division'])}“{row['name']}”"
    if old is None or new is None:
        target = _name(items, row["item_id"])
        if old is None:
            yield _said("mapping_added", None, target, f"{place}归入事项“{target}”。")
        else:
            yield _said("mapping_removed", target, None, f"{place}不再归入事项“{target}”。")
        return
    if old["item_id"] != new["item_id"]:
        was, now = _name(items, old["item_id"]), _name(items, new["item_id"])
        yield _said("mapping_moved", was, now, f"{place}由事项“{was}”改归“{now}”。")
    if old["relation"] != new["relation"]:
        was, now = RELATIONS[old["relation"]], RELATIONS[new["relation"]]
        sentence = f"{place}与目录事项的关系由“{was}”改为“{now}”。"
        yield _said("mapping_relation", old["relation"], new["relation"], sentence)
    for column, kind, name in (
        ("name", "local_renamed", "名称"),
        ("department", "handled_by", "承办部门"),
        ("division", "local_division", "区划"),
    ):
        if old[column] != new[column]:
            was, now = old[column] or "无", new[column] or "无"
            whose = f"{named_division(old['division'])}“{old['name']}”"
            sentence = f"{whose}的{name}由“{was}”改为“{now}”。"
            yield _said(kind, old[column], new[column], sentence)


def material(old: Record | None, new: Record | None, counties: int) -> Iterator[Said]:
    """A material of an item: now needed, no more needed, or asked otherwise."""
    row = new or old or {}
    name = f"“{row['name']}”" + (f"（情形：{row['situation']}）" if row["situation"] else "")
    reach = f"，涉及{counties}个县级事项" if counties else ""
    was, now = _asked(old), _asked(new)
    if was != now:
        kind = "material_needed" if now == "必须提交" else "material_not_needed"
        if now == "必要时提交":
            kind = "material_sometimes"
        sentence = f"材料{name}由“{was}”改为“{now}”{reach}。"
        yield _said(kind, was, now, sentence)
    if old is None or new is None:
        return
    if old["purpose"] != new["purpose"]:
        first, second = PURPOSES[old["purpose"]], PURPOSES[new["purpose"]]
        sentence = f"材料{name}的用途由“{first}”改为“{second}”{reach}。"
        yield _said("material_purpose", old["purpose"], new["purpose"], sentence)
    if set(old["licence_types"]) != set(new["licence_types"]):
        first, second = (_list(side["licence_types"]) for side in (old, new))
        sentence = f"可代替材料{name}的证照由“{first}”改为“{second}”{reach}。"
        yield _said("material_proofs", old["licence_types"], new["licence_types"], sentence)
    for column, title in (
        ("name", "名称"), ("grade", "可信等级"), ("kind", "种类"), ("role", "归属"),
        ("source_type", "来源渠道"),
    ):  # fmt: skip
        if old[column] != new[column]:
            sentence = f"材料{name}的{title}由“{old[column] or '无'}”改为“{new[column] or '无'}”。"
            yield _said(f"material_{column}", old[column], new[column], sentence)


def field(old: Record | None, new: Record | None) -> Iterator[Said]:
    """A field of an item's form: asked, not asked, asked otherwise. Its place is not told."""
    row = new or old or {}
    name = f"“{row['name']}”"
    if old is None:
        yield _said("field_added", None, _entry(row), f"表单增加填写项{name}（{_entry(row)}）。")
        return
    if new is None:
        yield _said("field_removed", _entry(row), None, f"表单不再有填写项{name}。")
        return
    if _entry(old) != _entry(new):
        sentence = f"填写项{name}由“{_entry(old)}”改为“{_entry(new)}”。"
        yield _said("field_changed", _entry(old), _entry(new), sentence)
    if old["standard"] != new["standard"]:
        sentence = f"填写项{name}的统一名称由“{old['standard']}”改为“{new['standard']}”。"
        yield _said("field_standard", old["standard"], new["standard"], sentence)


def deciding(old: Record | None, new: Record | None) -> Said:
    """A period of a deciding body."""
    row = new or old or {}
    place = f"{row['division']}的" if row["division"] else ""
    was, now = _body(old), _body(new)
    if old is None:
        return _said("deciding_added", None, now, f"{place}决定机关增加一段：{now}。")
    if new is None:
        return _said("deciding_removed", was, None, f"{place}决定机关撤销一段：{was}。")
    return _said("deciding_changed", was, now, f"{place}决定机关由“{was}”改为“{now}”。")


def flow(old: Record | None, new: Record | None) -> Said:
    """A value of the flow, the base catalogue's or a deviation."""
    row = new or old or {}
    kind, title = f"{row['field']}_changed", ""
    if is_paper(row["field"]):
        kind, title = "local_material", f"材料“{row['value']['name']}”"
    whose = f"{row['division'] or '全市'}的{title or FIELDS[row['field']].name}"
    was, now = _value(old), _value(new)
    basis = f"（{new['document']}）" if new is not None and new["document"] else ""
    period = shown_period(row["begins"], row["ends"])
    when = "" if period == "一直" else f"{period}，"
    if old is not None and new is not None and was == now:
        first = shown_period(old["begins"], old["ends"])
        return _said(kind, was, now, f"{whose}“{now}”的期间由“{first}”改为“{period}”{basis}。")
    return _said(kind, was, now, f"{when}{whose}由“{was}”改为“{now}”{basis}。")


def declared(name: str, field: str, was: Any, now: Any) -> Said:
    """What a county's guide says of a limit or a fee."""
    first, second = shown(field, was), shown(field, now)
    title = FIELDS[field].name
    sentence = f"办事指南“{name}”的{title}由“{first}”改为“{second}”。"
    return _said(f"guide_{field}", was, now, sentence)


def _name(items: Mapping[str, Record], item_id: str) -> str:
    return str(items[item_id]["name"]) if item_id in items else item_id


def _asked(row: Record | None) -> str:
    if row is None:
        return "不需提交"
    return "必须提交" if row["need"] else "必要时提交"


def _entry(row: Record) -> str:
    return f"{TYPES[row['type']]}，{'必填' if row['required'] else '选填'}"


def _list(values: Any) -> str:
    return "、".join(values) or "无"


def _value(row: Record | None) -> str:
    if row is None:
        return "无单独规定"
    return how(row["value"]) if is_paper(row["field"]) else shown(row["field"], row["value"])


def _body(row: Record | None) -> str:
    if row is None:
        return "无"
    who = row["department"] or "无需办理"
    basis = f"，{row['document']}" if row["document"] else ""
    period = shown_period(row["begins"], row["ends"])
    return f"{period}{MANNER_NAMES[row['manner']]}：{who}{basis}"
