"""What two names have in common, as facts: words, brackets, slips, guards, and their sentences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.items import explain, things
from catalog.items.bag import bag
from catalog.items.decide import GUARDS, guards
from catalog.items.explain import against
from catalog.items.features import FEATURES, pair_features
from catalog.items.offices import at_home
from catalog.items.pieces import pieces
from catalog.items.sides import Name, Side, Vocabulary
from tests.catalog.rows import real_items

SAME_WORDS = [
    ("停水审批", "停止供水的审批"),
    ("环境卫生设施拆除", "环卫设施拆除"),
    ("临时占用公共体育场（馆）设施", "临时占用公共体育场馆设施"),
    ("网约车经营许可", "网络预约出租汽车经营许可"),
    ("民办非企业单位变更", "社会服务机构变更"),
]


@pytest.mark.parametrize(("left", "right"), SAME_WORDS)
def test_words_that_say_the_same_are_one_word(left: str, right: str) -> None:
    assert set(bag(left).words) == set(bag(right).words)


PIECES = [
    ("计量标准器具核准", ("计量", "标准", "器具")),
    ("农作物种子", ("农作物", "种子")),
    ("种子", ("种子",)),
]


@pytest.mark.parametrize(("word", "found"), PIECES)
def test_a_compound_is_made_of_the_words_in_it_without_grants(
    word: str, found: tuple[str, ...]
) -> None:
    assert pieces(word) == found


def test_a_compound_and_a_part_of_it_share_what_they_say() -> None:
    """种子 was not found beside 农作物种子: the lexicon has both as one word."""
    mine, theirs = "种子审批", "农作物种子审批"
    vocabulary = Vocabulary([Name(theirs)])
    right = Side([Name(theirs)], vocabulary, base=True)
    left = Side([Name(mine)], vocabulary)  # numbers its words after those of the base
    row = np.zeros(1, np.int64)
    facts = dict(zip(FEATURES, pair_features(left, right, row, row)[0], strict=True))
    assert facts["with_parent_local_found"] < 0.1
    assert facts["said_of_local"] > 0.99


LAW = [
    ("蚕种生产经营许可", "蚕种经营许可", "law_wider"),
    ("第二类易制毒化学品购买备案", "第二类、第三类易制毒化学品购买备案", "law_narrower"),
    ("个体工商户歇业备案", "市场主体歇业备案", "law_narrower"),
]


@pytest.mark.parametrize(("mine", "theirs", "fact"), LAW)
def test_a_kind_in_law_beside_several_is_a_part_of_them_and_never_the_same(
    mine: str, theirs: str, fact: str
) -> None:
    vocabulary = Vocabulary([Name(theirs)])
    right = Side([Name(theirs)], vocabulary, base=True)
    left = Side([Name(mine)], vocabulary)  # numbers its words after those of the base
    row = np.zeros(1, np.int64)
    facts = pair_features(left, right, row, row)
    assert facts[0, FEATURES.index(fact)] == 1
    assert GUARDS[guards(facts)[0] - 1][0] == "part"
    assert "类别" in against(mine, theirs, "part")


PROCEDURES = [
    ("门诊费用报销", "pay"),
    ("单位参保登记", "register"),
    ("机动车维修经营备案", "filing"),
    ("机动车维修经营备案登记", "filing"),
    ("取水许可办理", "permit"),
    ("取水许可证申领", "permit"),
    ("居住证办理", "handle"),
    ("三级运动员称号授予", "recognise"),
    ("公证员信息", ""),
]


@pytest.mark.parametrize(("name", "procedure"), PROCEDURES)
def test_the_kind_of_procedure_is_the_last_that_says_something(name: str, procedure: str) -> None:
    assert bag(name).procedure == procedure


def test_a_bracket_bounds_excludes_or_includes() -> None:
    assert bag("药品经营许可（零售）").bounds == ("零售",)
    assert bag("危险化学品经营许可（不含仓储）").excluded
    assert bag("社会团体登记（含变更、注销）").acts == {"grant", "change", "cancel"}


def test_what_is_set_up_and_prepared_is_prepared() -> None:
    assert bag("设立上网服务营业场所筹建审批").acts == {"prepare"}


def test_a_bracket_that_names_one_of_the_things_listed_means_it_alone() -> None:
    one, all_ = (
        bag("客运线路经营主体、起讫地变更（变更起讫地）"),
        bag("客运线路经营主体、起讫地变更"),
    )
    assert set(all_.words) - set(one.words) == {"经营主体"}


def test_many_facts_that_change_say_only_that_any_may() -> None:
    many = bag("劳务派遣单位名称、住所、法定代表人、注册资本等变更")
    assert (many.aspects, set(many.words)) == (frozenset(), set(bag("劳务派遣单位变更").words))
    assert bag("劳务派遣单位名称、住所变更").aspects == {"名称", "住所"}


def test_what_an_office_does_alone_counts_little_in_its_names() -> None:
    office = things.domains_of("区医疗保障局")
    one = at_home(bag("职工医保参保登记"), office)
    assert (one.words, one.light) == (("职工", "参保登记"), ("基本医疗保险",))
    assert at_home(bag("医保"), office) == bag("医保")  # nothing else would be left
    assert at_home(bag("职工医保参保登记"), 0) == bag("职工医保参保登记")


CUTS = [
    ("对外国人的住宿登记", ["对", "外国人", "的", "住宿登记"]),  # not 对外|国|人
    ("5000人以下", ["5000", "人", "以下"]),  # a number is one word
]


@pytest.mark.parametrize(("text", "words"), CUTS)
def test_a_cut_leaves_as_few_characters_over_as_it_can(text: str, words: list[str]) -> None:
    assert [written for _, written in things.load().cut(text)] == words


@given(st.text(alphabet="对外国人住宿登记变更许可证5x", max_size=12))
@settings(max_examples=200)
def test_a_cut_loses_nothing(text: str) -> None:
    assert "".join(written for _, written in things.load().cut(text)) == text


def test_words_by_which_the_list_tells_its_items_apart() -> None:
    """门诊 and 住院 stand in one place of the list; 技术改造 alone makes another item."""
    listed = ["门诊费用报销", "住院费用报销", "企业投资项目备案", "企业投资项目备案（技术改造）"]
    vocabulary = Vocabulary([Name(name) for name in listed])
    base = Side([Name(name) for name in listed], vocabulary, base=True)
    left = Side([Name("住院费用报销"), Name("技术改造企业投资项目备案")], vocabulary)
    found = pair_features(left, base, np.array([0, 0, 1]), np.array([0, 1, 2]))
    columns = [FEATURES.index("swapped_in_list"), FEATURES.index("told_apart_local_only")]
    assert found[:, columns].tolist() == [[1, 0], [0, 0], [0, 1]]


def facts(left: str, right: str) -> dict[str, float]:
    """The facts of a pair by name."""
    vocabulary = Vocabulary([Name(right), Name("取水许可"), Name("食品经营许可")])
    one, zero = Side([Name(left)], vocabulary), np.array([0])
    base = Side([Name(right)], vocabulary, base=True)
    return dict(zip(FEATURES, pair_features(one, base, zero, zero)[0].tolist(), strict=True))


SLIPS = [
    ("城镇污水排入排水官网许可", "城镇污水排入排水管网许可", 1.0),
    ("公共场所卫生许司证核发", "公共场所卫生许可证核发", 0.0),  # the slip is in a grant's word
    ("动物诊寮许可", "动物诊疗许可", 1.0),
    ("三级运动员称号授予", "二级运动员称号授予", 0.0),
    ("采矿权延续", "探矿权延续", 0.0),
]


@pytest.mark.parametrize(("left", "right", "slip"), SLIPS)
def test_a_slip_of_the_pen_is_no_other_word_and_no_number(
    left: str, right: str, slip: float
) -> None:
    assert facts(left, right)["slip"] == slip


def test_a_name_cut_off_is_the_beginning_of_the_other() -> None:
    whole = "公众聚集场所投入使用、营业前消防安全检查"
    assert facts("公众聚集场所投入使用、营业前消防", whole)["cut_off"] == 1
    assert facts("消防安全检查", whole)["cut_off"] == 0


HELD = [
    ("acts", "食品经营许可变更", "食品经营许可注销", "行为不同"),
    ("apart", "药品批发", "药品零售", "在法律上不同"),
    ("filing", "企业投资项目备案", "企业投资项目核准", "一个是备案，一个是许可"),
    ("grade", "运动员称号授予", "二级运动员称号授予", "等级或类别"),
    ("aspects", "社会团体变更名称", "社会团体变更", "变更的内容不同"),
    ("excluded", "危险化学品经营许可（不含仓储）", "危险化学品经营许可", "排除的范围不同"),
]


@pytest.mark.parametrize(("guard", "left", "right", "says"), HELD)
def test_what_the_law_parts_is_guarded_and_said(
    guard: str, left: str, right: str, says: str
) -> None:
    found = facts(left, right)
    number = guards(np.array([[found[name] for name in FEATURES]]))[0]
    assert number > 0
    assert GUARDS[number - 1][0] == guard
    assert says in explain.against(left, right, guard)


def test_what_a_reform_made_a_filing_is_not_held_back() -> None:
    found = facts("机动车维修经营许可", "机动车维修经营备案")
    assert guards(np.array([[found[name] for name in FEATURES]]))[0] == 0


REAL = st.sampled_from([item["name"] for item in real_items()])


@settings(max_examples=60, deadline=None)
@given(REAL, REAL)
def test_facts_are_finite_and_a_name_beside_itself_has_no_guard(left: str, right: str) -> None:
    found = facts(left, right)
    assert all(np.isfinite(value) for value in found.values())
    own = facts(left, left)
    assert guards(np.array([[own[name] for name in FEATURES]]))[0] == 0
    assert own["characters"] in (0.0, 1.0)


@settings(max_examples=60, deadline=None)
@given(REAL, REAL)
def test_every_relation_of_any_two_names_has_its_sentence(left: str, right: str) -> None:
    for sentence in (
        explain.same(left, right),
        explain.narrower(left, right),
        explain.broader(left, [right, left]),
        explain.none(left, right, ""),
    ):
        assert len(sentence) > 5
        assert "None" not in sentence


def test_what_is_apart_in_law_is_named_by_the_words_of_the_two_names() -> None:
    """In the order of the file, not of a set: the same sentence in every process."""
    said = against("药品经营许可（批发）", "药品经营许可（零售）", "apart")
    assert said == "“批发”与“零售”在法律上不同"
