"""The officer's form: its questions in plain words, what each answer may be, its version."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from registry import departments, licence_types
from registry.parts import CODE
from registry.typed import MOST, says_a_number

VERSION = 1
TITLE = f"中台业务系统登记表（第 {VERSION} 版）"
MAIN, GIVES, LISTS = "登记表", "可提供的证照", "选项"
FIRST_ROW = 4
GIVES_ROWS = 40

LEVELS = {"市级": "municipal", "省级": "provincial", "国家级": "national"}
SHARES = {"无条件共享": "unconditional", "有条件共享": "conditional", "不予共享": "none"}
COPIES = {"可以提供数据副本": "copies", "只能逐件核验": "per_case"}
CHANGES = {
    "实时": "realtime",
    "每小时": "hourly",
    "每天": "daily",
    "每周": "weekly",
    "每月": "monthly",
    "不定期": "irregular",
}
Read = Callable[[Any], Any]


class Wrong(ValueError):
    """Why an answer cannot be, in Chinese."""


@dataclass(frozen=True)
class Question:
    """One row of the form. `choices`: what the drop-down offers; `needed`: may not be empty."""

    key: str
    label: str
    help: str
    needed: bool
    read: Read
    choices: tuple[str, ...] = ()


def text(value: Any) -> str:
    """One line of plain text without anyone's number."""
    if not isinstance(value, str):
        raise Wrong("应为文字（请把单元格设为文本格式）")
    said = value.strip()
    if len(said) > MOST:
        raise Wrong(f"共 {len(said)} 个字，最多 {MOST} 个字")
    if any(ord(one) < 32 for one in said):
        raise Wrong("不能换行，请写成一行")
    if says_a_number(said):
        raise Wrong("像是含有个人号码（11 位以上数字），请只写单位和岗位，不写个人号码")
    return said


def day(value: Any) -> str:
    """A date cell, or text like 2026-11-26; as YYYY-MM-DD."""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    said = str(value).strip()
    found = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", said)
    try:
        if found is None:
            return _no_day()
        year, month, day_ = (int(part) for part in found.groups())
        return date(year, month, day_).isoformat()
    except ValueError:
        return _no_day()


def _no_day() -> str:
    raise Wrong("不是日期，应写成 2026-11-26 这样的年-月-日")


def code(value: Any) -> str:
    """A system's code."""
    said = text(value)
    if not re.fullmatch(CODE, said):
        raise Wrong("代号应为小写字母和数字，用下划线连接，例如 sl_water；不知道就留空")
    return said


def one_of(choices: dict[str, str]) -> Read:
    """One of the drop-down's words; gives what it stands for."""

    def read(value: Any) -> str:
        said = text(value)
        if said not in choices:
            raise Wrong(f"不能填“{said[:20]}”，只能是：{'、'.join(choices)}")
        return choices[said]

    return read


def questions() -> tuple[Question, ...]:
    """Every question, in the order of the form."""
    names = {name: name for name in departments.load()}

    def chosen(key: str, label: str, said: str, among: dict[str, str]) -> Question:
        return Question(key, label, said, True, one_of(among), tuple(among))

    return (
        Question("name", "系统名称", "全称，例如：全国取水许可电子证照系统", True, text),
        Question("code", "系统代号", "运维人员给过代号就填；没有请留空", False, code),
        chosen("department", "所属部门", "从下拉列表里选", names),
        chosen("level", "系统由谁建设", "市级、省级还是国家级的系统", LEVELS),
        Question("about", "系统是做什么的", "一句话，例如：办理和查询取水许可证", True, text),
        Question("basis", "共享依据", "法规、文件或共享目录的名称和条款", True, text),
        chosen("share", "共享属性", "按共享目录填写", SHARES),
        Question("letter", "授权文件文号", "主管单位同意共享的文号；还没有请留空", False, text),
        Question("until", "授权截止日期", "有文号就要填，例如 2028-12-31", False, day),
        Question("contact", "联系岗位", "科室和岗位，不写个人姓名和电话", True, text),
        Question("complete_since", "数据从哪天起完整", "这天以后的数据没有缺", True, day),
        chosen("changes", "数据多久变化一次", "按平时的情况选", CHANGES),
        chosen("copies", "提供方式", "能否提供副本，还是只能按办件逐件核验", COPIES),
    )


def type_names() -> tuple[str, ...]:
    """The licence types that may be chosen on the second sheet."""
    return tuple(licence_types.load())
