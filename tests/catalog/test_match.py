"""Verdicts on item names: by a rule that says why, or a question."""

from __future__ import annotations

import pytest

from catalog.items.match import Canonical, Index, Local, judge_name
from catalog.items.weigh import judge_all
from tests.catalog.rows import real_items, shuffled

BASE = [
    Canonical("A1", "食品经营许可新办"),
    Canonical("A2", "食品经营许可变更"),
    Canonical("A3", "食品生产许可"),
    Canonical("B1", "公司设立登记"),
    Canonical("B2", "分公司设立登记"),
    Canonical("C1", "张贴宣传品审批"),
    Canonical("C2", "张贴宣传品审批"),
    Canonical("D1", "药品经营许可（零售）"),
    Canonical("E1", "个体工商户登记注册"),
    Canonical("E2", "个体工商户设立登记"),
]
INDEX = Index(BASE)
SETTLED = [
    (Local("食品经营许可证核发", "A1"), "A1", "code", "代码与基本目录一致"),
    (Local("张贴宣传品审批", "C2"), "C2", "code", "代码与基本目录一致"),
    (Local("公司设立登记"), "B1", "written", "名称与基本目录完全相同"),
    (Local("公司设立登记（县级）"), "B1", "normal_form", "名称去除层级与括注后相同"),
    (
        Local("食品经营许可证核发"),
        "A1",
        "parts",
        "对象、行为相同，仅用词不同（许可证核发/许可）",
    ),
]
ASKED = [
    (Local("食品经营许可注销", "A2"), "code_against_name", "A2"),  # the code's act is another
    (Local("食品生产许可证核发", "A1"), "code_against_name", "A1"),  # the name is another item
    (Local("药品经营许可（批发）", "D1"), "code_against_name", "D1"),  # 批发 is not 零售
    (Local("张贴宣传品审批"), "several", "C1"),
    (Local("公司设立登记备案"), "none", "B1"),  # looks alike: never enough
    (Local("公司登记"), "family", "B1"),  # 登记 may cover several acts
    (Local("个体户开业登记"), "several", "E1"),  # the family and its first grant are both there
]


@pytest.mark.parametrize(("local", "item_id", "rule", "why"), SETTLED)
def test_a_rule_settles_and_says_why(local: Local, item_id: str, rule: str, why: str) -> None:
    verdict = judge_name(INDEX, local)
    assert (verdict.item_id, verdict.rule) == (item_id, rule)
    assert verdict.why.startswith(why)


ACTS = [
    Canonical("H1", "户口恢复"),
    Canonical("H2", "户口登记"),
    Canonical("J1", "市场主体歇业备案"),
    Canonical("J2", "合伙企业备案"),
    Canonical("Q1", "取水许可"),
    Canonical("Q2", "取水许可证新办审批"),
]


@pytest.mark.parametrize("mark", ["新办", "（新办）", "(首次申请)", "〔首次办理〕"])
@pytest.mark.parametrize("code", ["", "H1"])
def test_a_mark_of_a_first_handling_says_nothing_beside_another_act(mark: str, code: str) -> None:
    verdict = judge_all(Index(ACTS), [found := Local(f"户口恢复{mark}", code)])[found]
    assert (verdict.item_id, verdict.rule) == ("H1", "code" if code else "marked")


@pytest.mark.parametrize("name", ["户口恢复、新办", "取水许可（新办）", "户口恢复（恢复、新办）"])
def test_a_mark_that_says_something_stays(name: str) -> None:
    assert judge_name(Index(ACTS), Local(name)).rule != "marked"


def test_a_name_that_is_its_codes_item_needs_no_parent() -> None:
    """歇业备案 says little alone; but the whole name is the item's, and the code says so too."""
    named = Local("市场主体歇业备案", "J1", parent="企业设立、变更、注销登记")
    assert judge_all(Index(ACTS), [named])[named].item_id == "J1"


OFFICES = Index(
    [
        Canonical("T1", "古树名木保护方案备案", department="区住建局"),
        Canonical("T2", "古树名木保护方案备案", department="区自然资源和规划局"),
    ]
)


@pytest.mark.parametrize(
    ("department", "item_id"),
    [("住房和城乡建设局", "T1"), ("自然资源局", "T2"), ("审批局", None), ("", None)],
)
def test_an_office_tells_two_items_of_one_name_apart(department: str, item_id: str | None) -> None:
    local = Local("古树名木保护方案备案", department=department)
    assert judge_name(OFFICES, local).item_id == item_id


@pytest.mark.parametrize(("local", "rule", "first"), ASKED)
def test_what_is_unsure_is_asked_with_the_best_first(local: Local, rule: str, first: str) -> None:
    verdict = judge_all(INDEX, [local])[local]
    assert (verdict.item_id, verdict.rule) == (None, rule)
    assert verdict.candidates[0].id == first
    assert len(verdict.candidates) <= 5
    assert verdict.why


def test_a_real_district_finds_each_of_its_own_items_and_no_other() -> None:
    items = [Canonical(item["code"], item["name"]) for item in real_items()]
    index = Index(items)
    wrong = [
        item.name
        for item in items
        if judge_name(index, Local(item.name)).item_id not in (item.id, None)
    ]
    assert wrong == []


def test_one_character_less_or_more_is_never_merged() -> None:
    items = [Canonical(item["code"], item["name"]) for item in real_items()]
    index = Index(items)
    for item in items[::5]:
        at = len(item.name) // 3
        for name in (item.name[:at] + item.name[at + 1 :], item.name[:at] + "丑" + item.name[at:]):
            verdict = judge_name(index, Local(name))
            assert verdict.rule != "parts" or verdict.item_id == item.id, name


def test_the_order_of_items_and_names_does_not_matter() -> None:
    items = [Canonical(item["code"], item["name"]) for item in real_items()[:300]]
    names = [Local(item["name"].replace("审批", "办理")[1:]) for item in real_items()[200:400]]
    once = judge_all(Index(items), names)
    items.sort(key=lambda item: shuffled(item, 1))
    names.sort(key=lambda name: shuffled(name, 2))
    assert judge_all(Index(items), names) == once
