"""Relations over the city's own registers: asked live about whom, proved by which licence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from certs.waivers.waive import PlanLine
from city.world.people import Person, make_people
from kernel.errors import BadInput, Refused
from kernel.house import House
from pipeline import share
from pipeline.rights import Rights
from pipeline.share import Narrow
from tests.certs.town import NAMES, Town
from tests.pipeline.sources import of_city
from tests.running import RunningCity

IDENTITY = "居民身份证"
PEOPLE = make_people(360700, 200).persons  # the same seed, the same city
pytestmark = pytest.mark.usefixtures("at_work")


def citizens(*indexes: int | None) -> bool:
    """No foreigners among them, whose numbers are of another kind."""
    return all(one is not None and PEOPLE[one].number[0] not in "89" for one in indexes)


CHILDREN = [one for one in PEOPLE if one.age < 17 and citizens(one.index, one.mother, one.father)]
COUPLES = [one for one in PEOPLE if one.spouse is not None and citizens(one.index, one.spouse)]


@pytest.fixture
def town(
    house: House, city: RunningCity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Town]:
    """All look-ups of the city; FOOD may use what proves a relation."""
    made = of_city(house, city, tmp_path / "s", "ga_population")
    for one in PEOPLE:
        monkeypatch.setitem(NAMES, one.number, one.name)
    town = Town(made)
    town.open()
    town.house = made
    town.waive(IDENTITY)
    town.approve("FOOD", "出生医学证明", "居民户口簿", "结婚证")
    yield town
    said = str(town.events())
    assert not any(one.number in said for one in PEOPLE)


def line(town: Town, case: str) -> PlanLine:
    (one,) = share.plan(town.house, town.account(), case).lines
    return one


def guardian(town: Town, child: Person, index: int | None) -> PlanLine:
    """The line of the guardian's card in a case of the child's, somebody being named."""
    assert index is not None
    case = f"C-{child.index}-{index}"
    town.case(case, child.number, opened=town.house.clock())
    number = PEOPLE[index].number
    Rights(town.house).name_relative(town.account(), case, "guardian", number)
    return line(town, case)


def test_a_parent_is_guardian_by_the_birth_certificate(town: Town) -> None:
    town.material("M1", [IDENTITY], role="guardian")
    told = {}
    for child in CHILDREN:
        told[child.index] = guardian(town, child, child.mother)
        if told[child.index].why.endswith("；监护人关系由出生医学证明证明。"):
            break
    assert told[child.index].verdict == "waived", told
    case = f"C-{child.index}-{child.mother}"
    assert share.fetch(town.house, town.account(), case, "M1", "办理许可").pdf[:4] == b"%PDF"
    assert child.mother is not None
    assert town.events()[-1]["holder"] == town.holder(PEOPLE[child.mother].number)


def test_the_head_of_the_household_is_guardian_by_its_book(town: Town) -> None:
    town.material("M1", [IDENTITY], role="guardian")
    told = []
    for child in CHILDREN:
        (head,) = [i for i in (child.mother, child.father) if i is not None and
                   PEOPLE[i].role == "户主"]  # fmt: skip
        town.change("DELETE FROM landing.asked")
        told.append(guardian(town, child, head).why)
    by = [why for why in told if why.endswith("；监护人关系由居民户口簿证明。")]
    assert by, told


def test_somebody_elses_mother_is_no_guardian_and_that_she_was_asked_about_is_on_record(
    town: Town,
) -> None:
    town.material("M1", [IDENTITY], role="guardian")
    child = CHILDREN[0]
    other = next(one for one in CHILDREN if one.mother != child.mother)
    made = guardian(town, child, other.mother)
    assert made.verdict == "bring"
    assert made.detail in ("role_not_applicant", "relation_not_proved")
    assert "监护人" in made.why
    assert other.mother is not None
    hers = town.holder(PEOPLE[other.mother].number)
    asked = [one for one in town.events() if one["event"] == "lookup.asked"]
    assert "wj_birth" in {one["system"] for one in asked if one["holder"] == hers}
    with pytest.raises(Refused):
        share.fetch(town.house, town.account(), f"C-{child.index}-{other.mother}", "M1", "办理")


def test_nobody_named_is_said_so(town: Town) -> None:
    town.material("M1", [IDENTITY], role="guardian")
    town.case("C9", CHILDREN[0].number, opened=town.house.clock())
    assert line(town, "C9").why == (
        "该材料属于监护人：请先登记监护人是谁，再以出生医学证明、居民户口簿核验关系；否则请携带。"
    )


def test_both_spouses_papers_are_waived_together_and_fetched_apart(town: Town) -> None:
    town.material("M1", [IDENTITY], role="both_spouses")
    for one in COUPLES:
        town.case(f"C-{one.index}", one.number, opened=town.house.clock())
        made = line(town, f"C-{one.index}")
        if made.verdict == "waived":
            break
    assert (made.verdict, made.whose) == ("waived", ("applicant", "spouse"))
    assert made.why.startswith("申请人：")
    assert "；配偶：" in made.why
    assert made.why.endswith("；配偶关系由结婚证证明。")
    assert one.spouse is not None
    for whose, person in (("applicant", one), ("spouse", PEOPLE[one.spouse])):
        narrow = Narrow(whose=whose)
        assert share.fetch(town.house, town.account(), f"C-{one.index}", "M1", "办理许可", narrow)
        assert town.events()[-1]["holder"] == town.holder(person.number)
    guardians = Narrow(whose="guardian")
    with pytest.raises(Refused) as refused:
        share.fetch(town.house, town.account(), f"C-{one.index}", "M1", "办理许可", guardians)
    assert refused.value.facts["reason"] == "role_not_applicant"


def test_a_single_persons_own_paper_does_not_stand_for_both(town: Town) -> None:
    town.material("M1", [IDENTITY], role="both_spouses")
    single = next(one for one in PEOPLE if one.married is None and one.age > 20 and
                  citizens(one.index))  # fmt: skip
    town.case("C9", single.number, opened=town.house.clock())
    made = line(town, "C9")
    assert made.verdict == "bring"
    assert "没有查到能证明配偶关系的结婚证" in made.why


def test_who_is_named_is_a_person_of_a_known_role_for_an_own_case(town: Town) -> None:
    rights, child = Rights(town.house), CHILDREN[0]
    town.case("C9", child.number, opened=town.house.clock())
    with pytest.raises(BadInput, match="guardian、legal_representative"):
        rights.name_relative(town.account(), "C9", "uncle", PEOPLE[0].number)
    with pytest.raises(BadInput, match="申请人不能"):
        rights.name_relative(town.account(), "C9", "guardian", child.number)
    with pytest.raises(Refused) as refused:
        rights.name_relative(town.account("clerk2"), "C9", "guardian", PEOPLE[0].number)
    assert refused.value.facts["reason"] == "case_not_assigned"
    assert town.events()[-1]["event"] == "right.refused"
