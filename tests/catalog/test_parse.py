"""The normal form and the parts of item names."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.items.lexicon import load
from catalog.items.parse import normal_form, parse
from tests.catalog.rows import real_items

WORDS = load()
PIECES = st.sampled_from(
    [
        *("江西省", "本市", "我县", "章贡区", "我要办理", "全市"),
        *WORDS.act_of,
        *WORDS.grant_tails,
        *(
            "（市级/县级）",
            "(县级权限)",
            "（不含仓储）",
            "（含变更、注销）",
            "（据省政府令第349号",
            "《",
            "》",
        ),
        *(
            "食品经营",
            "公司",
            "建设立项",
            "网络预约",
            "登记",
            "的",
            "对",
            "、",
            "/",
            " ",
            "\u3000",
            "－县级",
        ),
    ]
)
NAMES = st.one_of(
    st.lists(PIECES, min_size=1, max_size=8).map("".join),
    st.text(max_size=20),
    st.sampled_from([item["name"] for item in real_items()]),
)


@settings(max_examples=400, deadline=None)
@given(NAMES)
def test_normalising_twice_is_normalising_once(name: str) -> None:
    once = normal_form(name)
    assert normal_form(once) == once
    assert parse(once).key == parse(name).key


SAME = [
    ("公共场所卫生许可", "公共场所卫生许可证核发"),
    ("公共场所卫生许可", "公共场所卫生许可（新办）"),
    ("公共场所卫生许可新办审批（县级）", "公共场所卫生许可证办理"),
    ("食品经营许可", "《食品经营许可证》核发"),
    ("户外广告设置的审批", "户外广告设置审批"),
    ("对砍伐树木的许可", "砍伐树木审批"),
    ("公司变更登记", "公司登记变更"),
    ("林草种子生产经营许可证延续（县级）", "林草种子生产经营许可延期"),
    ("拖拉机/联合收割机驾驶证转入", "拖拉机联合收割机驾驶证转入"),
    ("烟草专卖零售许可证补办", "烟草专卖零售许可证遗失补办"),
    ("个体户设立登记", "个体工商户成立登记"),
    ("赣县区取水许可", "取水许可证审批（告知承诺）"),
]
DIFFERENT = [
    ("公司设立登记", "分公司设立登记"),
    ("食品生产许可", "食品经营许可"),
    ("公司变更登记", "公司注销登记"),
    ("危险化学品经营许可", "危险化学品经营许可（不含仓储）"),
    ("药品经营许可（批发）", "药品经营许可（零售）"),
    ("第二类医疗器械经营备案", "第三类医疗器械经营许可"),
    ("机动车维修经营备案", "机动车维修经营许可"),
    ("医疗机构执业登记", "医疗机构执业登记（含变更、注销、补办）"),
    ("教学用毒性药品购用审批（市级）", "教学用毒性药品购用审批（科研）"),
    ("烟草专卖零售许可证停业", "烟草专卖零售许可证歇业"),
    ("网络预约出租汽车经营许可", "巡游出租汽车经营许可"),
]


@pytest.mark.parametrize(("left", "right"), SAME)
def test_wording_level_and_county_do_not_matter(left: str, right: str) -> None:
    assert parse(left).key == parse(right).key


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_object_act_and_scope_do_matter(left: str, right: str) -> None:
    assert parse(left).key != parse(right).key


def test_no_two_items_of_a_real_district_become_one() -> None:
    by_key = defaultdict(set)
    for item in real_items():
        by_key[parse(item["name"]).key].add(item["name"])
    assert [names for names in by_key.values() if len(names) > 1] == []


def test_a_name_of_noise_alone_stays() -> None:
    assert normal_form("（县级）") == "(县级)"
    assert normal_form("赣县区") == "赣县区"
