"""What material names ask for, document by document: the rules, each by names it holds for."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.materials.parse import Material, parse_material
from catalog.materials.proofs import known_proofs
from catalog.materials.text import LONGEST, plain
from registry import licence_types

PROOFS = known_proofs()


def read(name: str, item: str = "") -> Material:
    return parse_material(name, PROOFS, item)


def shape(name: str) -> str:
    """`composition: document, document`."""
    material = read(name)
    return f"{material.composition}: {', '.join(one.document for one in material.asked)}"


SHAPES = {
    # joints divide where a document stands before them
    "身份证、户口簿": "all_of: 居民身份证, 户口簿",
    "毕业证书或学位证书": "any_of: 毕业证书, 学位证书",
    "排污口论证报告及审查意见": "all_of: 排污口论证报告, 审查意见",
    "残疾人证、低保证或特困证": "any_of: 残疾人证, 低保证, 特困证",
    "申请书、身份证或营业执照": "mixed: 申请表, 居民身份证, 营业执照",
    "身份证、户口簿或户籍证明": "mixed: 居民身份证, 户口簿, 户籍证明",
    "中标通知书或合同书、安全生产许可证": "mixed: 中标通知书, 合同书, 安全生产许可证",
    # and where none does, they belong to the next document
    "拟设地点和场所的可行性说明": "single: 拟设地点和场所可行性说明",
    "安全评价报告以及落实情况的备案申请表": "single: 申请表",
    "村委会、居委会出具的同意意见": "single: 同意意见",
    # words shared at the end of a list
    "户籍、学历证明": "all_of: 户籍证明, 学历证明",
    "勘察、设计合同": "all_of: 勘察合同, 设计合同",
    # brackets: examples of a general word, a choice, a condition, the paper
    "收入证明（如工资单、务工合同等）": "any_of: 工资单, 务工合同",
    "项目批准文件（如立项批复、选址意见书等）": "single: 项目批准文件",
    "节能报告（或节能承诺表）": "any_of: 节能报告, 节能承诺表",
    "图纸（周边说明及四邻意见）": "all_of: 图纸, 周边说明, 四邻意见",
    "户口簿（首页、本人页）复印件": "single: 户口簿",
    # notes and conditions are no documents
    "授权书原件1份。首次申报时提供": "single: 授权委托书",
    "平面图，歌舞娱乐场所应当标明包厢面积": "single: 平面图",
    "权属证书，租赁场地的，还应当提交租赁合同": "all_of: 权属证书, 租赁合同",
    "法人提交营业执照、个人提交身份证": "any_of: 营业执照, 居民身份证",
    "居住认定材料：居住证、户口簿": "all_of: 居住证, 户口簿",
    "能证明所有权的承包合同、林权证": "any_of: 承包合同, 林权证",
    "规划许可证及附图": "single: 规划许可证",
}


@pytest.mark.parametrize("name", SHAPES)
def test_documents_and_how_they_are_joined(name: str) -> None:
    assert shape(name) == SHAPES[name]


ROLES = {
    "申请人的配偶的父母身份证": ["guardian"],
    "申请人配偶身份证": ["spouse"],
    "法定代表人、经办人身份证": ["legal_representative", "agent"],
    "申请人和父母的身份证": ["applicant", "guardian"],
    "本人及配偶的身份证、户口簿": ["both_spouses", "both_spouses"],
    "夫妻双方的身份证、结婚证": ["both_spouses", "both_spouses"],
    "被继承人户口簿": ["other"],
    "委托书及委托人身份证": ["none", "applicant"],
    "派出所出具的户籍证明": ["none"],
    "收养人所在单位出具的收入证明": ["applicant"],
    "夫妻双方所在单位出具的本人婚育证明": ["both_spouses"],
    "全体股东签署的决议书": ["shareholder"],
    "与用工单位签订的协议": ["none"],
    "企业营业执照": ["organisation"],
    "企业投资项目承诺书": ["none"],
    "公司章程": ["none"],
    "施工单位资质证书、安全生产许可证": ["organisation", "organisation"],
    "项目经理的考核合格证": ["employee"],
    "申请表（双方签字）": ["both_spouses"],
    "未成年人申请的，提供监护人身份证": ["guardian"],
    "法定代表人身份证、营业执照": ["legal_representative", "none"],
}


@pytest.mark.parametrize("name", ROLES)
def test_whose_document_it_is(name: str) -> None:
    assert [one.role for one in read(name).asked] == ROLES[name]


def test_two_sides_of_a_bargain_are_no_spouses() -> None:
    assert read("双方身份证", "再生育审批").asked[0].role == "both_spouses"
    assert read("双方身份证", "房屋转让登记").asked[0].role == "other"
    assert read("夫妻双方身份证", "房屋转让登记").asked[0].role == "both_spouses"


FORMS = {
    "身份证、户口簿原件及复印件": ["original_and_copy", "original_and_copy"],
    "申请表、身份证复印件": ["unspecified", "copy"],
    "委托书原件和受托人身份证复印件": ["original", "copy"],
    "营业执照（复印件1份，验原件）": ["original_and_copy"],
    "营业执照复印件加盖单位公章": ["sealed_copy"],
    "加盖公章的营业执照复印件": ["sealed_copy"],
    "营业执照复印件（加盖公章）": ["sealed_copy"],
    "驾驶证及其复印件": ["original_and_copy"],
    "营业执照正本或副本": ["unspecified"],
    "设计文本电子版": ["electronic"],
    "许可证（原件审核）": ["original"],
}


@pytest.mark.parametrize("name", FORMS)
def test_form_of_the_paper(name: str) -> None:
    assert [one.form for one in read(name).asked] == FORMS[name]


KINDS = {
    "licence": ["消防员资格证书", "房屋产权证明", "户籍证明", "林权证明材料", "诚信手册"],
    "approval": ["用地预审意见", "消防验收合格证明", "准予许可决定书", "民事判决书", "立项批文"],
    "report": ["环境影响报告表", "宗地图", "健康体检表", "水土保持方案", "验资证明"],
    "form": ["变更登记申请书", "书面申请", "从业人员登记表", "注销申请报告"],
    "statement": ["租赁合同", "应急预案", "人员花名册", "中标通知书", "拟聘用的证明材料"],
    "other": ["住院发票", "收入证明", "来源证明材料", "完税凭证"],
}


@pytest.mark.parametrize(
    ("kind", "name"), [(k, name) for k, names in KINDS.items() for name in names]
)
def test_kind_of_a_document(kind: str, name: str) -> None:
    assert read(name).asked[0].kind == kind


PURPOSES = {
    "身份证": "prove",
    "身份证复印件（核验原件）": "compare",
    "许可证正本（交回）": "surrender",
    "营业执照正副本（收回）": "surrender",
}


@pytest.mark.parametrize("name", PURPOSES)
def test_why_it_is_asked(name: str) -> None:
    assert read(name).asked[0].purpose == PURPOSES[name]


def test_what_satisfies_a_document_and_for_whom() -> None:
    married = read("申请人婚姻状况证明").asked[0]
    assert dict(married.only_if) == {"结婚证": "已婚", "离婚证": "离异"}
    assert read("结婚证").asked[0].only_if == ()
    assert read("已婚的，提供结婚证").asked[0].situation == "已婚"
    choice = read("营业执照或身份证").asked
    assert [one.licence_types for one in choice] == [("营业执照",), ("居民身份证",)]
    anyone = read("申请人法定身份证明").asked[0].licence_types
    assert {"居民身份证", "营业执照"} <= set(anyone)
    assert read("医疗机构出具的生育医学证明").asked[0].licence_types == ()


def test_an_organisation_that_is_the_applicant_is_no_other_holder() -> None:
    plain_id = read("营业执照").parts[0].id
    assert read("申请单位营业执照").parts[0].id == plain_id
    assert read("企业法人营业执照").parts[0].id == plain_id
    assert read("施工单位营业执照").parts[0].id != plain_id


@pytest.mark.parametrize("name", sorted(licence_types.load()))
def test_a_licence_types_own_name_is_that_licence(name: str) -> None:
    part = read(name + "复印件").parts[0]
    assert (part.document, part.canonical_role, part.licence_types) == (name, "applicant", (name,))


def test_holders_of_one_role_are_kept_apart() -> None:
    names = (
        "出租人身份证",
        "被继承人身份证",
        "从业人员名册",
        "股东名册",
        "项目经理考核合格证",
        "安全员考核合格证",
    )
    assert len({read(name).parts[0].id for name in names}) == len(names)
    assert read("出租人的身份证复印件").parts[0].id == read("出租人居民身份证").parts[0].id


def test_an_application_keeps_what_it_applies_for() -> None:
    names = ("取水许可申请表", "排污许可申请表")
    assert [read(name).asked[0].document for name in names] == ["申请表", "申请表"]
    assert len({read(name).parts[0].id for name in names}) == 2


def test_a_persons_licence_proves_nothing_of_an_organisation() -> None:
    assert read("施工单位身份证明").asked[0].licence_types == ()
    assert read("机构身份证明").asked[0].licence_types == ("营业执照",)


GRADES = {"身份证": "A", "检测报告": "C", "承诺书": "D", "申请表": "D", "住院发票": "C"}


@pytest.mark.parametrize("name", GRADES)
def test_grade(name: str) -> None:
    assert read(name).asked[0].grade == GRADES[name]


WORDS = st.sampled_from(
    re.findall(
        r"\S+",
        "申请人 配偶的 身份证 营业执照 及 或 、 ， （ ） 《 》 原件 复印件 经办人 的 申请表 一份 "
        "应提交 出具的 如 等 。 ： 已婚 证明",
    )
)
NAMES = st.one_of(st.lists(WORDS, max_size=14).map("".join), st.text(max_size=40))
COMPOSITIONS = {"single", "all_of", "any_of", "mixed"}


@settings(max_examples=400, deadline=None)
@given(NAMES)
def test_any_text_is_taken_apart_and_says_what_it_is(name: str) -> None:
    material = read(name)
    assert material.composition in COMPOSITIONS
    assert (material.composition == "single") == (len(material.asked) == 1)
    assert all(one.document for one in material.asked) or not name
    assert len(material.parts) == len(material.groups)
    assert 0 < material.confidence < 1


@settings(max_examples=400, deadline=None)
@given(NAMES)
def test_plain_twice_is_plain_once(name: str) -> None:
    assert plain(plain(name)) == plain(name)


@settings(max_examples=50, deadline=None)
@given(st.lists(NAMES, max_size=6, unique=True))
def test_what_was_read_before_changes_nothing(names: list[str]) -> None:
    once = [read(name) for name in names]
    assert [read(name) for name in reversed(names)] == once[::-1]


@pytest.mark.parametrize(
    "part", ["(", "、", "身份证、", "提交身份证,", "《", "出具的", "或(如", "学历、", "的"]
)
def test_an_endless_name_is_read_as_far_as_anybody_would(part: str) -> None:
    material = read(part * (10_000 // len(part)))
    assert sum(len(one.document) for one in material.asked) <= 2 * LONGEST
