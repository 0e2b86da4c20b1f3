"""The canonical items: about 1,400 real names, each with a department, a code, a subject."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import yaml

from city.world.errors import CityError
from city.world.places import DEPARTMENTS, data_rows

TYPES = {
    "01": "行政许可",
    "05": "行政给付",
    "07": "行政确认",
    "08": "行政奖励",
    "09": "行政裁决",
    "10": "其他行政权力",
    "20": "公共服务",
}
SOURCES = (  # (file, column of the name, of the department, of the group)
    ("invented_county_name_variants.csv", "canonical", None, None),
    ("items_guangan_district_sichuan.csv", "item_name", "department", "main_item"),
    ("items_ziyang_market_sichuan.csv", "item_name", "department", "group_item"),
    ("items_parent_leaf_taxonomy_unnamed_city.csv", "leaf_item", None, "parent_item"),
    ("items_nanjing_jiangbei_2018.csv", "item_name", None, None),
    ("items_shanghai_districts.csv", "item_name", None, None),
    ("onething_packages.csv", "item_name", None, None),
    ("invented_permit_item_names_partial.csv", "item_name", None, None),
)
LEVELS = r"[（(](市级|县级|区级|省级|市级/县级|县级权限|市级权限|省级权限)[）)]"
PLACED = r"[（(][^（）()]*(省政府|市内|成都|四川)[^（）()]*[）)]"
MOST = 1400
SMALL = r"[（(]含[^（）()]*[）)]"
PERSON = re.compile(
    "个人|居民|身份证|户口|户籍|婚姻|收养|老年|高龄|残疾|低保|最低生活|特困|学生|儿童|教师|驾驶员"
    "|人员|从业资格|医师|护士|执业药师|养老保险|失业|生育|门诊|就医|津贴|退休|就业|护照|港澳|孤儿"
    "|公民|入学|学籍|优抚|抚恤|社会保障卡|职业资格|租房提取|购房提取|退休提取|贷款申请|驾驶证"
)


@dataclass(frozen=True)
class Canonical:
    """An entry of the base catalogue. `code` is the base code; `subject` person or firm."""

    index: int
    name: str
    code: str
    parent: str | None
    task_type: str
    prefix: str
    subject: str


def make_canonical() -> list[Canonical]:
    """The base catalogue, always the same."""
    rules = yaml.safe_load((files("city") / "data" / "departments.yml").read_text("utf-8"))
    seen: set[str] = set()
    groups: dict[tuple[str, str], int] = {}
    members: dict[tuple[str, str], int] = {}
    found: list[Canonical] = []
    for name, department, group, kind in _named(rules):
        key = plain(name)
        if key in seen or not key:
            continue
        seen.add(key)
        if len(found) == MOST:
            break
        prefix = _prefix(rules, name, department)
        task = _task(name, kind)
        parent = group if group and group != "未分类" and group != name else None
        family = (prefix, parent or name)
        main = groups.setdefault(family, len(groups) + 1)
        sub = members.get(family, 0 if parent else -1) + 1
        members[family] = sub
        code = f"36{task}{main:05d}{sub:03d}"
        subject = _subject(name)
        found.append(Canonical(len(found), name, code, parent, TYPES[task], prefix, subject))
    return found


def plain(name: str) -> str:
    """What tells two names apart: no brackets of a level, no marks, no closing verb."""
    text = unicodedata.normalize("NFKC", re.sub(SMALL, "", re.sub(LEVELS, "", name)))
    text = re.sub(r"[^\w]|的|《|》", "", text)
    return re.sub("(核发|审批|办理|许可)+$", "", text.replace("许可证", "许可"))


def _named(rules: dict[str, Any]) -> Iterator[tuple[str, str, str | None, str | None]]:
    for prefix, names in rules["more"].items():
        for name in names:
            yield name, prefix, None, None
    for file, column, department, group in SOURCES:
        for row in data_rows(file):
            name = re.sub(PLACED, "", re.sub(LEVELS, "", row[column])).strip()
            yield (
                name.strip('"'),
                row[department] if department else "",
                re.sub(LEVELS, "", row[group]) if group else None,
                row.get("task_type"),
            )


def _prefix(rules: dict[str, Any], name: str, department: str) -> str:
    if department in DEPARTMENTS:
        return department
    if department in rules["same"]:
        return str(rules["same"][department])
    for prefix, words in rules["words"]:
        if any(word in name for word in words.split()):
            return str(prefix)
    return str(rules["other"])


def _task(name: str, kind: str | None) -> str:
    if kind is not None and kind.zfill(2) in TYPES:
        return kind.zfill(2)
    for task, words in (
        ("20", "咨询|查询|指引|投诉|公示|预约|证明出具|打印"),
        ("05", "补贴|津贴|救助|给付|补助|抚恤|低保|最低生活|特困"),
        ("07", "确认|认定|鉴定|登记"),
        ("08", "奖励|表彰|授予"),
        ("09", "裁决|调解"),
        ("10", "备案|提取|转移|年检|变更登记|用电"),
        ("01", "许可|审批|核准|核发|批准|资格|执业|审查|设立"),
    ):
        if re.search(words, name):
            return task
    return "10"


def _subject(name: str) -> str:
    if PERSON.search(name) and not re.search("企业|公司|单位|机构设|机构执业|学校设", name):
        return "person"
    return "firm"


def pinned(items: list[Canonical], name: str) -> Canonical:
    """The item with this very name."""
    for one in items:
        if one.name == name:
            return one
    raise CityError(f"no canonical item {name}")
