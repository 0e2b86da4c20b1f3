"""A name that leaves unsaid what tells two canonical items apart covers both."""

from __future__ import annotations

import pytest

from catalog.items.bag import bag
from catalog.items.match import Canonical, Index, Local
from catalog.items.weigh import Weigher, judge_all

ITEMS = {
    "E": "企业社会保险登记",
    "O": "机关事业单位社会保险登记",
    "T": "固定资产投资项目节能审查（企业技术改造项目）",
    "X": "固定资产投资项目节能审查（企业技术改造项目除外）",
    "I": "居住证办理",
    "P": "企业投资项目备案",
    "Q": "企业投资项目备案（技术改造）",
}
INDEX = Index(Canonical(key, name, "", "", "") for key, name in ITEMS.items())


@pytest.mark.parametrize(
    ("name", "relation", "ids"),
    [
        ("社会保险登记", "broader", {"E", "O"}),
        ("固定资产投资项目节能审查", "broader", {"T", "X"}),
        ("企业社会保险登记", "same", {"E"}),
        ("企业投资项目备案", "same", {"P"}),
        ("居住证补办", "narrower", {"I"}),
        ("居住证办理", "same", {"I"}),
    ],
)
def test_what_is_left_unsaid_is_covered(name: str, relation: str, ids: set[str]) -> None:
    verdict = judge_all(INDEX, [Local(name)])[Local(name)]
    assert (verdict.relation, set(verdict.item_ids)) == (relation, ids)


def test_a_parent_may_say_whose_it_is() -> None:
    local = Local("社会保险登记", parent="企业社会保险")
    assert judge_all(INDEX, [local])[local].relation != "broader"


def test_a_word_that_the_item_does_not_have_covers_nothing() -> None:
    siblings, first = Weigher(INDEX).siblings, INDEX.by_id["E"]
    assert siblings.covered(bag("城乡居民社会保险登记"), None, first) == ()
    assert siblings.covered(bag("社会保险登记"), None, first) == (first, INDEX.by_id["O"])


def test_an_office_need_not_say_what_all_it_does_is_about() -> None:
    items = Index([Canonical("M", "单位参保登记", "", "", "区医疗保障局")])
    said = Local("医保单位参保登记", department="医保局")
    other = Local("医保单位参保登记", department="教育局")
    found = judge_all(items, [said, other], candidates=True)
    assert found[said].candidates[0].score > found[other].candidates[0].score


BELOW = Index(
    [
        Canonical("W1", "取水许可证新办审批", "取水许可"),
        Canonical("W2", "取水许可证延续审批", "取水许可"),
        Canonical("C1", "经营攀岩许可", "经营高危险性体育项目许可"),
        Canonical("C2", "经营游泳许可", "经营高危险性体育项目许可"),
        Canonical("B1", "蚕种生产许可", "蚕种生产、经营许可证核发"),
        Canonical("B2", "蚕种经营许可", "蚕种生产、经营许可证核发"),
        Canonical("Y1", "娱乐场所变更投资人员审批", "娱乐场所变更审批"),
        Canonical("Y2", "娱乐场所变更载明事项审批", "娱乐场所变更审批"),
    ]
)


@pytest.mark.parametrize(
    ("name", "relation", "ids"),
    [
        ("取水许可", "same", {"W1"}),
        ("经营高危险性体育项目许可", "broader", {"C1", "C2"}),
        ("蚕种生产、经营许可证核发", "broader", {"B1", "B2"}),
        ("取水许可注销", "none", set()),
        ("娱乐场所变更", "broader", {"Y1", "Y2"}),
        ("高危险性体育项目（攀岩）经营许可", "same", {"C1"}),
    ],
)
def test_a_main_items_name_means_the_items_of_its_act(
    name: str, relation: str, ids: set[str]
) -> None:
    verdict = judge_all(BELOW, [Local(name)])[Local(name)]
    assert (verdict.relation, set(verdict.item_ids)) == (relation, ids)


def test_an_act_said_beside_an_item_of_every_act_is_one_of_them() -> None:
    verdict = judge_all(INDEX, [Local("居住证首次申领")])[Local("居住证首次申领")]
    assert (verdict.relation, verdict.item_ids) == ("narrower", ("I",))


def test_an_office_of_another_field_has_no_items_below_the_name() -> None:
    """职工参保登记 of the medical insurance is not the main item of that name of the pensions."""
    items = Index(
        [
            Canonical("P1", "企业职工参保登记", "职工参保登记", "", "区人社局"),
            Canonical("P2", "机关事业单位职工参保登记", "职工参保登记", "", "区人社局"),
        ]
    )
    theirs, other = (Local("职工参保登记", department=d) for d in ("人社局", "医保局"))
    found = judge_all(items, [theirs, other])
    assert (found[theirs].relation, set(found[theirs].item_ids)) == ("broader", {"P1", "P2"})
    assert set(found[other].item_ids) < {"P1", "P2"}
