"""Material names taken apart."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.materials.parse import parse_material
from catalog.materials.proofs import known_proofs

DATA = Path(__file__).parents[1] / "data"
PROOFS = known_proofs()


def taken_apart(name: str) -> list[tuple[str, str, str, str]]:
    """(document, role, form, grade) of each part."""
    parts = parse_material(name, PROOFS).parts
    return [(part.document, part.role, part.form, part.grade) for part in parts]


PAIRS = {
    "申请人身份证": [("居民身份证", "applicant", "unspecified", "A")],
    "本人有效居民身份证原件": [("居民身份证", "applicant", "original", "A")],
    "法定代表人身份证复印件": [("居民身份证", "legal_representative", "copy", "A")],
    "身份证复印件（法定代表人）": [("居民身份证", "legal_representative", "copy", "A")],
    "夫妻双方户口簿原件及复印件": [("居民户口簿", "both_spouses", "original_and_copy", "A")],
    "申请人配偶户籍证明": [("户籍证明", "spouse", "unspecified", "A")],
    "《营业执照》（副本）复印件（加盖公章，一式两份）": [("营业执照", "none", "sealed_copy", "A")],
    "加盖公章的营业执照复印件（必要）": [("营业执照", "none", "sealed_copy", "A")],
    "营业执照正、副本": [("营业执照", "none", "unspecified", "A")],
    "委托书及经办人身份证": [
        ("授权委托书", "none", "unspecified", "D"),
        ("居民身份证", "agent", "unspecified", "A"),
    ],
    "法定代表人、经办人身份证": [
        ("居民身份证", "legal_representative", "unspecified", "A"),
        ("居民身份证", "agent", "unspecified", "A"),
    ],
    "营业执照或机构身份证明复印件": [("机构身份证明或营业执照", "none", "copy", "A")],
    "特种设备变更申请表（加盖公章）": [("特种设备变更申请表", "none", "unspecified", "D")],
    "监督检验报告（加盖使用单位公章）": [("监督检验报告", "none", "unspecified", "C")],
    "建设项目批准文件（如立项、规划选址意见书等）": [
        ("建设项目批准文件", "none", "unspecified", "C")
    ],
    "法定代表人（负责人）身份证": [("居民身份证", "legal_representative", "unspecified", "A")],
    "安全评价报告以及落实情况的备案申请表": [
        ("安全评价报告以及落实情况的备案申请表", "none", "unspecified", "D")
    ],
    "股东会决议": [("股东会决议", "none", "unspecified", "D")],
    "经办人": [("经办人", "agent", "unspecified", "C")],
}


@pytest.mark.parametrize("name", PAIRS)
def test_a_name_is_taken_apart(name: str) -> None:
    assert taken_apart(name) == PAIRS[name]


def test_whose_document_it_is_keeps_materials_apart() -> None:
    names = ("申请人身份证", "法定代表人身份证", "经办人身份证", "申请人配偶身份证", "委托人身份证")
    ids = {parse_material(name, PROOFS).parts[0].id for name in names}
    assert len(ids) == len(names)
    assert parse_material("身份证复印件", PROOFS).parts[0].id in ids  # not said: the applicant's


def test_ids_are_the_same_in_every_run_and_city() -> None:
    assert parse_material("营业执照副本复印件", PROOFS).parts[0].id == "M-14b908abb9"


def test_the_conditions_of_a_document_do_not_hide_it_and_are_not_dropped() -> None:
    part = parse_material("规划许可证（新建房屋）", PROOFS).parts[0]
    assert (part.document, part.kind) == ("规划许可证(新建房屋)", "licence")


def test_a_licence_like_name_that_no_type_proves_is_asked_not_guessed() -> None:
    material = parse_material("移动式压力容器车辆机动车行驶证", PROOFS)
    assert material.parts[0].licence_types == ()
    assert material.unsure == "机动车行驶证"


def test_licences_that_readers_found_satisfying_are_found() -> None:
    with (DATA / "materials_variant_groups_handlabelled.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = {"中华人民共和国居民身份证": "居民身份证"}
    known = {kind for types in PROOFS.proved_by.values() for kind in types}
    known |= set(PROOFS.type_called.values())
    missed = []
    for row in rows:
        licence = names.get(row["canonical_licence"], row["canonical_licence"])
        parts = parse_material(row["material_name_as_written"], PROOFS).parts
        types = {name for part in parts for name in part.licence_types}
        if licence in known and licence not in types:
            missed.append(row["material_name_as_written"])
    assert missed == []


PIECES = (
    "申请人",
    "身份证",
    "营业执照",
    "及",
    "或",
    "、",
    "（",
    "）",
    "原件",
    "复印件",
    "经办人",
    "的",
    "表",
    "一份",
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.lists(st.sampled_from(PIECES), max_size=7).map("".join), st.text(max_size=12)))
def test_any_name_gives_documents(name: str) -> None:
    material = parse_material(name, PROOFS)
    assert material.parts
    assert all(part.document or not name for part in material.parts)
