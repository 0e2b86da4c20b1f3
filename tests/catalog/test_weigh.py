"""What no rule settles: weighed evidence, under guards, the same in every order and company."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.items import model, things
from catalog.items.match import Canonical, Index, Local, Verdict
from catalog.items.weigh import judge_all, with_object
from tests.catalog.rows import real_items, shuffled

BASE = [
    Canonical("A1", "食品经营许可核发"),
    Canonical("A2", "食品经营许可变更"),
    Canonical("A3", "食品经营许可注销"),
    Canonical("B1", "药品经营许可（零售）"),
    Canonical("C1", "机动车维修经营备案"),
    Canonical("D1", "公众聚集场所投入使用、营业前消防安全检查"),
    Canonical("E1", "城镇污水排入排水管网许可"),
    Canonical("F1", "企业投资项目备案"),
    Canonical("G1", "三级运动员称号授予"),
    Canonical("H1", "社会团体成立登记"),
    Canonical("H2", "社会团体变更登记"),
    Canonical("H3", "社会团体注销登记"),
    Canonical("I1", "道路货物运输车辆道路运输证配发"),
]
INDEX = Index(BASE)

SAME = [
    ("公众聚集场所使用或开业前消防安全检查", "D1"),
    ("城镇污水排入排水管网许可证的核发（含临时排水）", "E1"),
    ("机动车维修经营许可", "C1"),  # a reform made the permit a filing
]


@pytest.mark.parametrize(("name", "item_id"), SAME)
def test_other_wording_is_the_same_and_says_why(name: str, item_id: str) -> None:
    verdict = one(name)
    assert (verdict.relation, verdict.item_ids) == ("same", (item_id,))
    assert verdict.why
    assert verdict.candidates[0].id == item_id


GUARDED = [
    ("食品经营许可证延续", "行为不同"),
    ("药品经营许可（批发）", "在法律上不同"),
    ("企业投资项目核准", "一个是"),
    ("道路货物运输驾驶员从业资格证核发", "在法律上不同"),
]


@pytest.mark.parametrize(("name", "why"), GUARDED)
def test_what_differs_in_law_is_never_the_same(name: str, why: str) -> None:
    verdict = one(name)
    assert verdict.relation != "same"
    assert verdict.item_id is None
    assert any(why in text for text in (verdict.why, *(c.why for c in verdict.candidates)))


def test_several_acts_in_one_name_cover_the_items_of_each() -> None:
    verdict = one("社会团体登记（含变更、注销）")
    assert verdict.relation == "broader"
    assert set(verdict.item_ids) == {"H1", "H2", "H3"}


def test_a_name_without_a_grade_is_not_the_one_with_it() -> None:
    assert one("等级运动员称号授予").relation != "same"


def test_an_act_alone_has_its_object_in_the_parent() -> None:
    assert with_object(Local("注销", parent="食品经营许可")).name == "食品经营许可注销"
    assert with_object(Local("食品经营许可注销", parent="开办超市")).name == "食品经营许可注销"


def test_a_parent_that_names_no_object_either_is_added_once() -> None:
    """A town's row `延续` below `变更`: there is nothing to find, and nothing to look for again."""
    bare = Local("延续", parent="变更")
    assert with_object(bare).name == "变更延续"
    assert judge_all(INDEX, [bare])[bare].relation == "none"
    local = Local("注销", parent="食品经营许可")
    assert judge_all(INDEX, [local])[local].item_id == "A3"


def test_a_name_that_no_item_resembles_is_none() -> None:
    verdict = one("婚姻介绍所年会筹备")
    assert (verdict.relation, verdict.item_ids) == ("none", ())


def test_no_name_is_for_a_person() -> None:
    verdict = one("（ ）")
    assert (verdict.relation, verdict.auto) == ("none", False)


@cache
def district() -> Index:
    return Index(
        Canonical(i["code"], i["name"], "", "", i.get("department", "")) for i in real_items()[:400]
    )


NAMES = st.lists(
    st.sampled_from([item["name"] for item in real_items()[200:600]]), min_size=1, max_size=12
)


@settings(max_examples=15, deadline=None)
@given(NAMES, st.integers(0, 5))
def test_company_and_order_do_not_matter(names: list[str], turn: int) -> None:
    locals_ = [Local(name.replace("审批", "的许可")) for name in names]
    once = judge_all(district(), locals_)
    mixed = sorted(locals_, key=lambda one: shuffled(one, turn))
    assert judge_all(district(), mixed) == once
    assert judge_all(district(), locals_[:1])[locals_[0]] == once[locals_[0]]


def test_the_model_is_of_the_codes_columns_and_small() -> None:
    assert model.load().same.column.max() < len(model.COLUMNS)
    assert model.FILE.stat().st_size < 100_000


def test_a_word_of_the_lexicon_stands_for_one_word() -> None:
    known = things.load()
    assert all(known.meaning[word] == word for word in known.meaning.values())


def one(name: str) -> Verdict:
    local = Local(name)
    return judge_all(INDEX, [local], candidates=True)[local]
