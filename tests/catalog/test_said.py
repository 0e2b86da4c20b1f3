"""A material's own name says why and when it is asked; only_if says of whom a type proves it."""

from __future__ import annotations

import pytest

from catalog.materials.parse import parse_material
from catalog.materials.proofs import known_proofs
from catalog.situations.asking import Decision
from catalog.versions.published import PublishedMaterial
from catalog.versions.read import materials_of
from catalog.versions.said import Said, said_by_name, stricter
from kernel.house import House
from tests.catalog import town
from tests.catalog.rows import asks, land
from tests.catalog.town import FOOD

SAID = {
    "身份证": {"居民身份证": Said()},
    "食品经营许可证正本（交回）": {"食品经营许可证": Said("surrender")},
    "身份证（核验原件）、营业执照": {"居民身份证": Said("compare"), "营业执照": Said()},
    "户口簿、结婚证（已婚的提供）": {"居民户口簿": Said(), "结婚证": Said("prove", "已婚")},
    "非委托办理的，提供身份证": {"居民身份证": Said("prove", "非委托办理")},
    # a condition that no question stands behind is no reason to leave a paper out
    "变更地址的，还应当提供营业执照": {"营业执照": Said()},
    "不动产权证书（自有或租赁）": {"不动产权证书": Said()},
    "未成年人由监护人代办的，提供户口簿": {"居民户口簿": Said()},
}


@pytest.mark.parametrize("name", SAID)
def test_what_a_name_says_of_each_of_its_materials(name: str) -> None:
    parts = parse_material(name, known_proofs()).parts
    assert {one.document: said_by_name(name, one.id) for one in parts} == SAID[name]


def test_of_a_material_that_a_person_chose_the_whole_name_speaks() -> None:
    assert said_by_name("身份证（核验原件）、营业执照", "M-elsewhere") == Said("compare")
    assert stricter("prove", "surrender") == stricter("surrender", "compare") == "surrender"


def test_the_published_list_follows_the_names_where_the_columns_say_less(house: House) -> None:
    town.start(house)
    rows = [
        asks(FOOD, "食品经营许可证正本（交回）", order=3),
        asks(FOOD, "居民身份证（核验原件）", purpose="surrender", order=4),
        asks(FOOD, "结婚证（已婚的提供）", order=5),
        asks(FOOD, "离婚证（离异的提供）", situation="委托他人办理", order=6),
    ]
    with house.engine.begin() as conn:
        land(conn, "material", rows)
    version = town.again(house)
    with house.engine.begin() as conn:
        found = {one.name: one for one in materials_of(conn, version, FOOD)}
    assert found["食品经营许可证"].purpose == "surrender"
    assert found["居民身份证"].purpose == "surrender"  # the source says more than the name
    assert (found["结婚证"].purpose, found["结婚证"].situation) == ("prove", "已婚")
    assert found["离婚证"].situation == "委托他人办理"  # the source's own column counts first


def married(role: str = "applicant", name: str = "婚姻状况证明") -> Decision:
    types = ("离婚证", "结婚证", "居民户口簿")
    line = PublishedMaterial(
        "I1", "M1", "", name, "licence", role, True, "prove", None, "A", types, 1
    )
    return Decision([line])


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        ("已婚", {"结婚证", "居民户口簿"}),
        ("离异", {"离婚证", "居民户口簿"}),
        ("丧偶", {"居民户口簿"}),
    ],
)
def test_a_type_stands_only_for_who_is_in_its_situation(answer: str, left: set[str]) -> None:
    decision = married()
    answers = {"applicant": "个人", "marital": answer}
    assert {one for row in decision.listed(answers) for one in row.licence_types} == left
    assert decision.open({}) == []  # it changes nothing in the list: nobody is asked
    assert "marital" in decision.questions
    spouse = married("spouse", "婚姻状况证明（配偶）")
    assert {one for row in spouse.listed(answers) for one in row.licence_types} <= left


def test_the_situation_of_somebody_else_is_not_the_applicants() -> None:
    decision = married("guardian", "婚姻状况证明（监护人）")
    (row,) = decision.listed({"marital": "丧偶"})
    assert len(row.licence_types) == 3
