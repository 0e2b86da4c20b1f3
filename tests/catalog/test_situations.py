"""Which questions still change what an applicant must bring: laws, and situations as written."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.situations.asking import Decision, Listed
from catalog.situations.condition import ALWAYS, Condition, after
from catalog.situations.diagram import Asked, merged
from catalog.situations.lexicon import load
from catalog.situations.words import read_situation
from catalog.versions.published import PublishedMaterial
from kernel.errors import BadInput

TEXTS = [
    "", "已婚", "离异", "未婚或离异", "单身", "委托他人办理", "本人办理", "已婚且委托他人办理",
    "未成年人", "单位", "个人", "非低保对象", "自有场所", "新办餐饮服务", "含网络经营",
    "委托他人办理或低保", "离异；新办餐饮服务",
]  # fmt: skip


def material(
    name: str, situation: str = "", need: bool = True, purpose: str = "prove", **over: str
) -> PublishedMaterial:
    item, role = over.get("item", "I1"), over.get("role", "applicant")
    return PublishedMaterial(
        item, name, situation, name, "licence", role, need, purpose, None, "A", (), 1
    )


lines = st.lists(
    st.builds(
        material,
        st.sampled_from(["M1", "M2", "M3", "M4"]),
        st.sampled_from(TEXTS),
        st.booleans(),
        st.sampled_from(["prove", "compare", "surrender"]),
        role=st.sampled_from(["applicant", "applicant", "spouse"]),
        item=st.sampled_from(["I1", "I2"]),
    ),
    max_size=7,
)
Answers = Mapping[str, str]


def direct(decision: Decision, answers: Answers) -> dict[str, Asked]:
    """The list by plain filtering: every line whose condition these full answers meet."""
    found: dict[str, list[Asked]] = {}
    for one, condition in decision.lines:
        if after(condition, answers) == ALWAYS:
            found.setdefault(one.material_id, []).append((one.need, one.purpose))
    return {name: asked for name, rows in found.items() if (asked := merged(rows)) is not None}


def by_name(listed: Mapping[str, Asked]) -> tuple[tuple[str, Asked], ...]:
    """A list without its order, which the lines' own order gives."""
    return tuple(sorted(listed.items()))


def shown(listed: list[Listed]) -> dict[str, Asked]:
    return {one.material_id: (one.need, one.purpose) for one in listed}


def all_answers(decision: Decision, fixed: Answers) -> list[dict[str, str]]:
    """Every way to answer what is not fixed."""
    keys = [key for key in decision.questions if key not in fixed]
    options = (decision.questions[key].options for key in keys)
    return [{**fixed, **dict(zip(keys, chosen, strict=True))} for chosen in product(*options)]


def truth(decision: Decision, data: st.DataObject) -> dict[str, str]:
    return {key: data.draw(st.sampled_from(one.options)) for key, one in decision.questions.items()}


@settings(max_examples=80, deadline=None)
@given(lines, st.data())
def test_a_question_is_open_just_where_its_answers_make_a_difference(
    materials: list[PublishedMaterial], data: st.DataObject
) -> None:
    decision = Decision(materials)
    person = truth(decision, data)
    known = data.draw(st.sets(st.sampled_from(sorted(person)))) if person else set()
    answers = {key: person[key] for key in known}
    open_ = {one.id for one in decision.open(answers)}
    for key, question in decision.questions.items():
        if key in answers:
            assert key not in open_
            continue
        others = [one for one in all_answers(decision, answers) if one[key] == question.options[0]]
        differs = any(
            len({by_name(direct(decision, {**one, key: answer})) for answer in question.options})
            > 1
            for one in others
        )
        assert (key in open_) == differs, (key, answers)


@settings(max_examples=80, deadline=None)
@given(lines, st.data())
def test_the_order_of_asking_does_not_change_the_list_which_is_the_direct_filter(
    materials: list[PublishedMaterial], data: st.DataObject
) -> None:
    decision = Decision(materials)
    person = truth(decision, data)
    in_order: dict[str, str] = {}
    while (question := decision.next(in_order)) is not None:
        in_order[question.id] = person[question.id]
    at_will: dict[str, str] = {}
    while left := decision.open(at_will):
        chosen = data.draw(st.sampled_from(left))
        at_will[chosen.id] = person[chosen.id]
    listed = decision.listed(in_order)
    assert shown(listed) == shown(decision.listed(at_will)) == direct(decision, person)
    assert all(one.certain for one in listed)


@settings(max_examples=60, deadline=None)
@given(lines, st.data())
def test_what_is_certain_early_stays_and_what_may_come_was_there_before(
    materials: list[PublishedMaterial], data: st.DataObject
) -> None:
    decision = Decision(materials)
    person = truth(decision, data)
    answers: dict[str, str] = {}
    end = set(direct(decision, person))
    while True:
        listed = decision.listed(answers)
        assert {one.material_id for one in listed if one.certain} <= end
        assert end <= {one.material_id for one in listed}
        question = decision.next(answers)
        if question is None:
            return
        answers[question.id] = person[question.id]


def test_one_that_needs_another_is_asked_after_it_and_not_at_all_where_it_cannot_be() -> None:
    decision = Decision([material("结婚证", "已婚"), material("离婚证", "离异"), material("表")])
    first = decision.next({})
    assert first is not None
    assert first.id == "applicant"
    assert decision.next({"applicant": "单位"}) is None
    second = decision.next({"applicant": "个人"})
    assert second is not None
    assert (second.id, second.options) == ("marital", ("已婚", "离异", "丧偶", "未婚"))
    assert [one.source for one in second.shared] == ["licence", "licence"]
    assert shown(decision.listed({"applicant": "个人", "marital": "离异"})).keys() == {
        "离婚证",
        "表",
    }


def test_a_question_whose_every_answer_asks_the_same_is_not_asked() -> None:
    both = [material("委托书", "委托他人办理"), material("委托书", "本人办理")]
    decision = Decision(both)
    assert decision.next({}) is None
    (only,) = decision.listed({})
    assert (only.certain, only.situations) == (True, ("委托他人办理", "本人办理"))


def test_a_spouses_paper_is_asked_of_the_married_only() -> None:
    decision = Decision([material("配偶身份证", role="spouse")])
    assert [one.id for one in decision.open({})] == ["applicant", "marital"]
    assert decision.listed({"applicant": "个人", "marital": "未婚"}) == []
    (only,) = decision.listed({"applicant": "个人", "marital": "已婚"})
    assert only.certain


def test_a_question_of_several_items_is_there_once_and_so_is_a_material() -> None:
    decision = Decision(
        [
            material("身份证", item="I1"),
            material("身份证", item="I2", purpose="compare"),
            material("授权委托书", "委托办理", item="I1"),
            material("授权委托书", "由他人代办", item="I2"),
        ]
    )
    assert [one.id for one in decision.open({})] == ["agent"]
    identity, mandate = decision.listed({"agent": "是"})
    assert (identity.items, identity.purpose) == (("I1", "I2"), "compare")
    assert mandate.items == ("I1", "I2")


def holds(wanted: dict[str, list[str]]) -> Condition:
    """The condition as the lexicon would make it, written by hand for a test."""
    return frozenset({frozenset((key, frozenset(answers)) for key, answers in wanted.items())})


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("已婚", {"applicant": ["个人"], "marital": ["已婚"]}),
        ("申请人已婚的", {"applicant": ["个人"], "marital": ["已婚"]}),
        ("如委托他人办理的情形", {"agent": ["是"]}),
        ("委托办理且租赁场所", {"agent": ["是"], "premises": ["租用"]}),
        ("单身", {"applicant": ["个人"], "marital": ["未婚", "离异", "丧偶"]}),
        ("不属于低保对象", {"applicant": ["个人"], "subsistence": ["否"]}),
        ("非单身", {"applicant": ["个人"], "marital": ["已婚"]}),
        ("未满十八周岁", {"applicant": ["个人"], "minor": ["是"]}),
    ],
)
def test_a_situation_as_written_is_read(written: str, wanted: dict[str, list[str]]) -> None:
    read = read_situation(written)
    assert (read.condition, read.own) == (holds(wanted), None)


@pytest.mark.parametrize("written", ["新办餐饮服务", "已婚；新办餐饮服务", "已婚且离异", "婚"])
def test_a_situation_that_is_not_known_is_a_question_of_its_own(written: str) -> None:
    read = read_situation(written)
    assert read.own is not None
    assert written in read.own.text
    decision = Decision([material("M", written)])
    assert [one.id for one in decision.open({})] == [read.own.id]
    assert decision.listed({read.own.id: "否"}) == []
    assert len(decision.listed({read.own.id: "是"})) == 1


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"married": "是"}, "ask no question married; they ask applicant, marital"),
        ({"marital": "是"}, "marital is answered by one of 已婚, 离异, 丧偶, 未婚, not by 是"),
    ],
)
def test_a_wrong_answer_says_what_is_allowed(answers: dict[str, str], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        Decision([material("结婚证", "已婚")]).next(answers)


def test_an_answer_to_a_known_question_that_is_not_asked_here_does_no_harm() -> None:
    decision = Decision([material("表")])
    assert shown(decision.listed({"marital": "已婚"})) == {"表": (True, "prove")}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("when: {applicant: [个人]}", "when: {nobody: [个人]}"), "nobody"),
        (("says: 离异", "says: 分居"), "离婚证"),
        (("    ask: 是否委托他人办理？\n", "    ask: 是否\n    extra: 1\n"), "unknown key extra"),
        (("[丧偶未再婚]", "[结婚]"), "结婚 means two different things"),
        (("  spouse: {marital: [已婚]}", "  spouse: {marital: [订婚]}"), "no answer 订婚"),
    ],
)
def test_wrong_questions_are_named(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    text = Path("catalog/situations/questions.yml").read_text("utf-8")
    assert change[0] in text
    file = tmp_path / "questions.yml"
    file.write_text(text.replace(*change, 1), "utf-8")
    with pytest.raises(BadInput, match=said):
        load(file)


def test_many_situations_of_their_own_stay_quick_to_ask() -> None:
    """Thirty yes-or-no questions have a thousand million ways to be answered."""
    decision = Decision([material("M", f"特别情形{number}") for number in range(30)])
    assert len(decision.open({})) == 30
    first = decision.next({})
    assert first is not None
    assert decision.next({first.id: "是"}) is None
