"""A person's judgement: what it settles, who may say it, when it counts, taking it back."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text

from catalog.judging.keys import office_of
from catalog.unify import unify
from catalog.versions.publish import publish
from catalog.versions.read import item_of_code
from kernel.errors import BadInput, Refused
from kernel.house import House
from registry.accounts import Account
from tests.catalog.judging.people import (
    APPROVAL,
    BUREAU,
    CHANGE,
    CLERK,
    FOOD,
    INTAKE,
    OFFICER,
    OPS,
    SAND,
    SECOND,
    answer,
    holds,
    kept,
    say,
    start,
    take_back,
)
from tests.catalog.rows import county, land


def test_one_answer_settles_every_row_of_the_name_at_that_office(house: House) -> None:
    start(house)
    made = say(house, BUREAU, "W1", "same", INTAKE)
    assert (made.state, made.rows) == ("in_force", 3)
    assert {holds(house)[f"W{n}"] for n in range(3)} == {("same", INTAKE, "user:bureau")}


def test_a_row_that_comes_later_is_settled_by_the_same_answer(house: House) -> None:
    start(house)
    say(house, BUREAU, "W1", "same", INTAKE)
    with house.engine.begin() as conn:
        land(conn, "item", [county("W9", "用水手续", None, department="会昌县水利局")])
    unify(house, "later")
    assert holds(house)["W9"] == ("same", INTAKE, "user:bureau")


def test_an_answer_may_be_for_one_row_only(house: House) -> None:
    start(house)
    say(house, BUREAU, "W1", "same", INTAKE)
    assert say(house, BUREAU, "W2", "same", SAND, only=True).rows == 1
    found = holds(house)
    assert (found["W1"][1], found["W2"][1]) == (INTAKE, SAND)
    unify(house, "again")
    assert holds(house) == found


def test_judging_anew_counts_and_taking_it_back_brings_the_first_word_back(house: House) -> None:
    start(house)
    say(house, BUREAU, "W0", "same", INTAKE)
    before = kept(house)
    anew = say(house, BUREAU, "W0", "narrower", SAND)
    assert holds(house)["W0"] == ("narrower", SAND, "user:bureau")
    take_back(house, BUREAU, anew.number)
    assert kept(house) == before


@pytest.mark.parametrize(
    ("relation", "rights", "right"),
    [
        ("narrower", (INTAKE,), INTAKE),
        ("broader", (INTAKE, SAND), f"{INTAKE} {SAND}"),
        ("none", (), None),
    ],
)
def test_every_relation_outranks_the_rules_and_survives_a_run(
    house: House, relation: str, rights: tuple[str, ...], right: str | None
) -> None:
    start(house)
    assert holds(house)["R1"][:2] == ("same", INTAKE)
    assert holds(house)["R1"][2].startswith("rule:")
    say(house, BUREAU, "R1", relation, *rights)
    unify(house, "again")
    assert holds(house)["R1"] == (relation, right, "user:bureau")


def test_different_from_what_a_rule_said_opens_the_question_without_it(house: House) -> None:
    start(house)
    say(house, BUREAU, "R1", "different", INTAKE)
    assert "R1" not in holds(house)
    with house.engine.begin() as conn:
        why, candidates = conn.execute(
            text(
                "SELECT why, candidates FROM catalog.review"
                " WHERE \"left\" = 'R1' AND closed_at IS NULL"
            )
        ).one()
    assert why == "规则认定的结果已被人工否定"
    assert INTAKE not in [one["id"] for one in candidates]


def test_a_department_proposes_and_the_approval_bureau_decides(house: House) -> None:
    start(house)
    made = say(house, OFFICER, "F1", "same", CHANGE)
    assert made.state == "proposed"
    assert "F1" not in holds(house)
    with pytest.raises(Refused, match="由审批局决定"):
        answer(house, OFFICER, made.number)
    assert answer(house, APPROVAL, made.number).state == "in_force"
    assert holds(house)["F1"] == ("same", CHANGE, "user:officer")
    with pytest.raises(BadInput, match=r"waits for nobody: it is in_force"):
        answer(house, BUREAU, made.number)


def test_a_rejected_proposal_has_no_effect_and_stays_on_record(house: House) -> None:
    start(house)
    before = kept(house)
    made = say(house, OFFICER, "F1", "none")
    assert answer(house, BUREAU, made.number, accept=False).state == "rejected"
    assert kept(house) == before
    with pytest.raises(BadInput, match="is rejected already"):
        take_back(house, BUREAU, made.number)


def test_a_department_takes_back_its_own_proposal_only_while_it_is_one(house: House) -> None:
    start(house)
    first = say(house, OFFICER, "F1", "none")
    assert take_back(house, OFFICER, first.number).state == "undone"
    second = say(house, OFFICER, "F1", "none")
    answer(house, BUREAU, second.number)
    with pytest.raises(Refused, match="由审批局决定"):
        take_back(house, OFFICER, second.number)


def test_who_has_no_say_is_refused(house: House) -> None:
    start(house)
    for account in (CLERK, OPS):
        with pytest.raises(Refused, match="只有部门数据专员和审批局"):
            say(house, account, "F1", "none")
    with pytest.raises(Refused, match="您只能为本部门（市场监督管理局）"):
        say(house, OFFICER, "W1", "same", INTAKE)


def test_a_merge_that_touches_waivers_waits_for_another_person(house: House) -> None:
    start(house)
    version = publish(house, "test")
    made = say(house, BUREAU, "F1", "same", FOOD)  # it asks for 营业执照, to prove something
    assert made.state == "pending"
    assert publish(house, "test") == version
    with pytest.raises(Refused, match="不能确认自己"):
        answer(house, BUREAU, made.number)
    assert answer(house, SECOND, made.number).state == "in_force"
    assert publish(house, "test") == version + 1
    with house.engine.begin() as conn:
        found = item_of_code(conn, version + 1, "F1")
        assert found is not None
        assert found.item_id == FOOD


def test_a_proposal_that_another_person_accepts_has_had_two_pairs_of_eyes(house: House) -> None:
    start(house)
    made = say(house, OFFICER, "F1", "same", FOOD)
    assert made.state == "proposed"
    assert answer(house, BUREAU, made.number).state == "in_force"


def test_before_the_first_version_a_merge_touches_waivers_too(house: House) -> None:
    start(house)
    assert say(house, BUREAU, "F2", "same", FOOD).state == "pending"
    assert say(house, BUREAU, "F2", "broader", FOOD, CHANGE).state == "in_force"


def test_a_material_that_may_be_a_licence_waits_for_two(house: House) -> None:
    start(house)
    with house.engine.begin() as conn:
        found = conn.execute(
            text(
                "SELECT id, cardinality(licence_types) > 0 FROM catalog.canonical_material"
                " ORDER BY name"
            )
        ).all()
    [licence] = [row[0] for row in found if row[1]]
    other = next(row[0] for row in found if not row[1])
    name = "《水用途说明》"
    assert say(house, BUREAU, name, "same", licence, subject="material").state == "pending"
    assert say(house, BUREAU, name, "same", other, subject="material").state == "in_force"
    with pytest.raises(BadInput, match="one of same, different, unsure, not narrower"):
        say(house, BUREAU, name, "narrower", other, subject="material")


def test_everything_said_is_in_the_ledger(house: House) -> None:
    start(house)
    made = say(house, OFFICER, "F1", "none")
    answer(house, BUREAU, made.number)
    take_back(house, BUREAU, made.number)
    with house.engine.begin() as conn:
        bodies = [
            json.loads(body)
            for body in conn.execute(text("SELECT body FROM ledger.entry ORDER BY seq")).scalars()
        ]
    told = [(one["event"], one["actor"], one["outcome"]) for one in bodies]
    assert told == [
        ("judgement.made", "officer", "proposed"),
        ("judgement.decided", "bureau", "in_force"),
        ("judgement.undone", "bureau", "undone"),
    ]
    assert {one["judgement"] for one in bodies} == {made.number}


@pytest.mark.parametrize(
    ("department", "office"),
    [
        ("市市场监督管理局", "市场监督管理局"),
        ("市场监督管理局", "市场监督管理局"),
        ("章贡区市场监督管理局", "市场监督管理局"),
        ("赣州经济技术开发区市场监督管理局", "市场监督管理局"),
        ("国家税务总局于都县税务局", "国家税务总局税务局"),
        ("国家税务总局赣州市税务局", "国家税务总局税务局"),
        ("赣州市住房公积金管理中心石城县办事处", "住房公积金管理中心"),
        ("市住房公积金管理中心", "住房公积金管理中心"),
        ("区经信局", "经信局"),
        ("", ""),
    ],
)
def test_an_office_is_the_same_in_every_county(department: str, office: str) -> None:
    assert office_of(department) == office


def test_an_officer_of_a_department_that_is_not_named_has_no_say(house: House) -> None:
    start(house)
    nobody = Account("x", "x", "officer", None, ())
    with pytest.raises(Refused, match="只有部门数据专员"):
        say(house, nobody, "F1", "none")
