"""Waiver plans: what stands for a material, or why it must be brought; refusals on record."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from certs.licences.publish import publish_system
from certs.waivers.lines import PlanLine
from certs.waivers.waive import ToAsk, plan, to_ask
from kernel.errors import BadInput, Refused
from landing.asked import Answer
from tests.certs.town import LI, NOW, WANG, Town

FOOD = "食品经营许可证"


def only(city: Town, who: str = "clerk", **asked: object) -> PlanLine:
    made = plan(city.house, city.account(who), "C1", **asked)  # type: ignore[arg-type]
    assert len(made.lines) == 1
    return made.lines[0]


def publish(city: Town, system: str = "sc_food") -> None:
    publish_system(city.house, system, "r1")


def test_a_valid_licence_of_the_applicant_waives_the_material(city: Town) -> None:
    city.material("M1", [FOOD])
    city.licence("k1")
    publish(city)
    line = only(city)
    assert (line.verdict, line.licence_type, line.standing) == ("waived", FOOD, "data only")
    assert (line.system, line.as_of, line.valid_to) == ("sc_food", NOW, date(2029, 1, 1))
    assert "已由" in line.why
    entry = city.events()[-1]
    assert (entry["event"], entry["case"], entry["waived"]) == ("plan.made", "C1", ["M1"])
    assert (entry["actor"], entry["post"], entry["catalogue_version"]) == ("clerk", "sc-02", 1)


def test_a_co_holder_counts_as_holder(city: Town) -> None:
    city.material("M1", [FOOD])
    city.licence("k1", LI, co_holder=WANG)
    publish(city)
    assert only(city).verdict == "waived"


def test_a_plan_of_a_local_code_is_one_of_the_canonical_item(city: Town) -> None:
    made = plan(city.house, city.account(), "C1")
    assert (made.item_id, made.item, made.lines) == ("FOOD", "食品经营许可（变更）", ())


@pytest.mark.parametrize(
    ("over", "detail", "said"),
    [
        ({"status": "revoked"}, "licence_revoked", "吊销"),
        ({"status": "suspended"}, "licence_suspended", "暂扣"),
        ({"status": "expired"}, "licence_expired", "到期"),
        ({"valid_to": date(2026, 11, 22)}, "licence_expired", "2026年11月22日"),
        ({"valid_from": date(2026, 11, 24)}, "licence_not_yet_valid", "尚未开始"),
        ({"deleted_at": NOW}, "licence_not_found", "未找到"),
        ({"withheld": True}, "licence_not_found", "未找到"),
        ({"holder": LI}, "licence_not_found", "未找到"),
    ],
)
def test_what_is_not_valid_must_be_brought(
    city: Town, over: dict[str, object], detail: str, said: str
) -> None:
    city.material("M1", [FOOD])
    city.licence("k1", **over)  # type: ignore[arg-type]
    publish(city)
    line = only(city)
    assert (line.verdict, line.detail, line.licence) == ("bring", detail, None)
    assert said in line.why


def test_a_revocation_counts_as_soon_as_it_has_landed(city: Town) -> None:
    city.material("M1", [FOOD])
    city.licence("k1")
    publish(city)
    assert only(city).verdict == "waived"
    city.licence("k1", status="revoked")
    assert only(city).detail == "licence_revoked"
    city.licence("k1")
    assert only(city).verdict == "waived"
    city.licence("k1", issuer="另一机关")
    assert only(city).detail == "licence_not_published"


def test_absence_is_never_claimed(city: Town) -> None:
    city.material("M1", [FOOD])
    line = only(city)
    assert line.why == "在江西省食品经营许可管理系统自2008年1月1日起完整的数据中未找到，请携带。"


@pytest.mark.parametrize(
    ("complete", "detail"), [(NOW - timedelta(days=9), "stale"), (None, "never_complete")]
)
def test_data_that_is_too_old_proves_nothing(city: Town, complete: object, detail: str) -> None:
    city.material("M1", [FOOD])
    city.complete("sc_food", complete)  # type: ignore[arg-type]
    assert only(city).detail == detail
    city.licence("k1")
    publish(city)
    assert only(city).detail == "stale"


@pytest.mark.parametrize(
    ("state", "on", "detail", "said"),
    [
        ("proposed", NOW.date(), "waiver_not_confirmed", "待主管部门发文确认"),
        ("confirmed", NOW.date(), "waiver_not_published", "待免提交清单公布"),
        ("published", date(2026, 11, 24), "waiver_not_published", "自2026年11月24日起生效"),
        ("withdrawn", NOW.date(), "waiver_withdrawn", "已停止执行"),
    ],
)
def test_until_a_list_with_a_waiver_is_published_and_valid_it_could_be_waived(
    city: Town, state: str, on: date, detail: str, said: str
) -> None:
    city.material("M1", [FOOD])
    city.licence("k1")
    publish(city)
    assert only(city).verdict == "waived"
    city.waive(FOOD, state=state, on=on)
    line = only(city)
    assert (line.verdict, line.detail) == ("could_be_waived", detail)
    assert said in line.why


def test_what_nobody_has_proposed_could_be_waived(city: Town) -> None:
    city.material("M1", [FOOD])
    city.licence("k1")
    publish(city)
    city.change("DELETE FROM registry.waiver_step")
    line = only(city)
    assert (line.verdict, line.detail) == ("could_be_waived", "waiver_not_confirmed")


def test_a_waived_line_names_both_documents(city: Town) -> None:
    city.material("M1", [FOOD])
    city.licence("k1")
    publish(city)
    assert only(city).why.endswith(
        "依据赣市监〔2026〕1号，列入第739768号免提交清单（清单 2026-06-01）。"
    )


@pytest.mark.parametrize(
    ("over", "detail"),
    [
        ({"purpose": "compare"}, "purpose_not_prove"),
        ({"purpose": "surrender"}, "purpose_not_prove"),
        ({"role": "spouse"}, "role_not_applicant"),
        ({"licence_types": []}, "licence_type_does_not_prove"),
        ({"licence_types": ["某某证"]}, "not_connected"),
    ],
)
def test_what_no_licence_can_stand_for_must_be_brought(
    city: Town, over: dict[str, object], detail: str
) -> None:
    city.material("M1", [FOOD], **over)
    city.licence("k1")
    publish(city)
    line = only(city)
    assert (line.verdict, line.detail) == ("bring", detail)


def test_what_is_asked_only_in_some_cases_is_not_needed(city: Town) -> None:
    city.material("M1", [], need=False)
    assert only(city).verdict == "not_needed"


def test_any_one_of_several_types_satisfies_and_the_valid_one_is_taken(city: Town) -> None:
    city.material("M1", ["食品生产许可证", FOOD])
    city.licence("k1", type="食品生产许可证", status="revoked")
    city.licence("k2")
    publish(city)
    line = only(city)
    assert (line.verdict, line.licence_type) == ("waived", FOOD)


def test_a_receiving_window_learns_the_verdict_and_no_more(city: Town) -> None:
    city.material("M1", [FOOD])
    city.case("C1", post="sc-01")
    city.licence("k1")
    publish(city)
    line = only(city, "window")
    assert (line.verdict, line.licence, line.valid_to) == ("waived", None, None)


@pytest.mark.parametrize(
    ("who", "over", "reason"),
    [
        ("clerk2", {}, "case_not_assigned"),
        ("officer", {}, "role_not_clerk"),
        ("clerk", {"post": "sc-01"}, "case_not_assigned"),
        ("clerk", {"post": None}, "case_not_assigned"),
        ("clerk", {"state": "granted"}, "case_closed"),
        ("clerk", {"state": "withdrawn"}, "case_closed"),
        ("clerk", {"item_code": "nothing"}, "item_not_in_catalogue"),
        ("clerk", {"post": "mz-02"}, "item_not_of_post"),
        ("clerk", {"deleted_at": NOW}, "case_unknown"),
        ("clerk", {"withheld": True}, "case_unknown"),
    ],
)
def test_a_wrong_case_is_refused_with_a_reason_and_on_record(
    city: Town, who: str, over: dict[str, object], reason: str
) -> None:
    city.case("C1", **over)  # type: ignore[arg-type]
    with pytest.raises(Refused) as refused:
        plan(city.house, city.account(who), "C1")
    assert refused.value.facts["reason"] == reason
    entry = city.events()[-1]
    assert (entry["event"], entry["reason"], entry["actor"]) == ("plan.refused", reason, who)


def test_a_case_closed_in_one_of_two_systems_is_closed(city: Town) -> None:
    city.case("C1", system="sc_food", state="granted")
    with pytest.raises(Refused) as refused:
        plan(city.house, city.account(), "C1")
    assert refused.value.facts["reason"] == "case_closed"


def test_a_disabled_account_is_refused_even_while_signed_in(city: Town) -> None:
    signed_in = city.account()
    city.change("UPDATE registry.account SET disabled_at = now() WHERE name = 'clerk'")
    with pytest.raises(Refused) as refused:
        plan(city.house, signed_in, "C1")
    assert refused.value.facts["reason"] == "account_disabled"


def test_an_unknown_case_number_is_not_written_down(city: Town) -> None:
    with pytest.raises(Refused) as refused:
        plan(city.house, city.account(), WANG)
    assert refused.value.facts["reason"] == "case_unknown"
    assert WANG not in json.dumps(city.events()) + str(refused.value) + repr(refused.value.facts)


def test_a_provisional_case_counts_at_once(city: Town) -> None:
    city.case("C2", provisional=True)
    assert plan(city.house, city.account(), "C2").case_number == "C2"


def answer(city: Town, *licences: dict[str, object]) -> Answer:
    return Answer("ga_population", "licence", city.house.clock(), licences)


def identity(city: Town, holder: str = WANG, status: str = "valid") -> dict[str, object]:
    return {
        "type": "居民身份证",
        "holder_kind": "person",
        "holder_hash": city.holder(holder),
        "co_holder_hash": None,
        "status": status,
        "issued": "2015-05-20",
        "valid_from": None,
        "valid_to": None,
        "issuer": "章贡区公安局",
        "number": "J360702-2015-000001",
        "holder_name": "王小明",
        "holder_number": holder,
    }


def test_a_look_up_system_is_asked_first_and_its_answer_is_data_only(city: Town) -> None:
    city.material("M1", ["居民身份证"])
    assert to_ask(city.house, city.account(), "C1") == [
        ToAsk("ga_population", "licence", ("居民户口簿", "居民身份证"))
    ]
    assert only(city).detail == "not_asked"
    line = only(city, asked=[answer(city, identity(city))])
    assert (line.verdict, line.standing, line.licence) == ("waived", "data only", None)
    assert "核验" in line.why


def test_a_look_ups_empty_answer_is_not_found_since_a_date(city: Town) -> None:
    city.material("M1", ["居民身份证"])
    line = only(city, asked=[answer(city)])
    assert (line.detail, "自2005年1月1日起" in line.why) == ("licence_not_found", True)


def test_a_look_ups_answer_about_another_person_waives_nothing(city: Town) -> None:
    city.material("M1", ["居民身份证"])
    assert only(city, asked=[answer(city, identity(city, LI))]).verdict == "bring"
    revoked = identity(city, status="revoked")
    assert only(city, asked=[answer(city, revoked)]).detail == "licence_revoked"


def test_a_resting_look_up_system_says_so(city: Town) -> None:
    city.material("M1", ["居民身份证"])
    line = only(city, resting={"ga_population": "今日配额已用完"})
    assert (line.detail, "今日配额已用完" in line.why) == ("source_resting", True)


def test_asking_is_refused_where_planning_is(city: Town) -> None:
    with pytest.raises(Refused):
        to_ask(city.house, city.account("clerk2"), "C1")
    assert city.events()[-1]["event"] == "plan.refused"


MARRIAGE, DIVORCE = "结婚证", "离婚证"


def marriage(
    city: Town, kind: str = MARRIAGE, issued: str = "2015-05-20", **over: object
) -> Answer:
    one = {**identity(city), "type": kind, "issued": issued, **over}
    return Answer("mz_marriage", "licence", city.house.clock(), (one,))


def test_the_case_answers_for_itself_whose_it_is(city: Town) -> None:
    city.material("M1", [], situation="单位")
    city.material("M2", [], situation="未成年人")
    city.material("M3", [], situation="成年人")
    made = plan(city.house, city.account(), "C1")
    said = {one.question: (one.answer, one.source) for one in made.answers}
    assert said == {"applicant": ("个人", "case"), "minor": ("否", "case")}
    verdicts = {one.material_id: (one.verdict, one.detail) for one in made.lines}
    assert verdicts["M1"] == verdicts["M2"] == ("not_needed", "situation_not_met")
    assert (verdicts["M3"][0], made.next) == ("bring", None)


def test_only_what_changes_the_list_is_asked_and_the_answer_ends_it(city: Town) -> None:
    city.material("M1", [], situation="委托他人办理")
    city.material("M2", [])
    made = plan(city.house, city.account(), "C1")
    assert made.next is not None
    assert made.next.options == ("是", "否")
    done = plan(city.house, city.account(), "C1", said={made.next.id: "否"})
    assert (done.next, len(done.lines)) == (None, 2)
    verdicts = {one.material_id: (one.verdict, one.why) for one in done.lines}
    assert verdicts["M1"] == ("not_needed", "只在“委托他人办理”时需要，本办件不属于该情形。")
    with pytest.raises(BadInput, match="agent is answered by one of 是, 否"):
        plan(city.house, city.account(), "C1", said={"agent": "maybe"})


def test_a_marriage_licence_answers_only_where_it_may_be_used_as_a_proof(city: Town) -> None:
    city.material("M1", [MARRIAGE], situation="已婚")
    city.material("M2", [], situation="未婚")
    answered = [marriage(city)]
    made = plan(city.house, city.account(), "C1", answered)
    assert made.next is not None  # its waiver is not in force: it may not be used
    city.waive(MARRIAGE)
    made = plan(city.house, city.account(), "C1", answered)
    assert [(one.answer, one.licence_type) for one in made.answers][-1] == ("已婚", MARRIAGE)
    verdicts = {one.material_id: one.verdict for one in made.lines}
    assert (made.next, verdicts) == (None, {"M1": "waived", "M2": "not_needed"})
    city.material("M1", [MARRIAGE], situation="已婚", purpose="compare")
    assert plan(city.house, city.account(), "C1", answered).next is not None


def test_what_a_person_says_counts_before_what_data_says(city: Town) -> None:
    city.material("M1", [MARRIAGE], situation="已婚")
    city.waive(MARRIAGE)
    made = plan(city.house, city.account(), "C1", [marriage(city)], said={"marital": "丧偶"})
    assert [one.verdict for one in made.lines] == ["not_needed"]


@pytest.mark.parametrize(("says", "verdict"), [({}, "waived"), ({"marital": "丧偶"}, "bring")])
def test_a_marriage_licence_says_nothing_of_the_status_of_a_widow(
    city: Town, says: dict[str, str], verdict: str
) -> None:
    city.material("M1", [MARRIAGE, DIVORCE], name="婚姻状况证明")
    city.waive(MARRIAGE)
    made = plan(city.house, city.account(), "C1", [marriage(city)], said=says)
    assert ([one.verdict for one in made.lines], made.next) == ([verdict], None)
    assert [one.source for one in made.answers] == ["said"] * len(says)


def test_that_no_licence_was_found_answers_nothing(city: Town) -> None:
    city.material("M1", [MARRIAGE], situation="已婚")
    city.waive(MARRIAGE)
    nothing = Answer("mz_marriage", "licence", city.house.clock(), ())
    made = plan(city.house, city.account(), "C1", [nothing])
    assert made.next is not None
    assert made.next.id == "marital"


@pytest.mark.parametrize(("married", "answer"), [("2015-05-20", "离异"), ("2020-01-01", "已婚")])
def test_the_newer_of_two_licences_answers(city: Town, married: str, answer: str) -> None:
    city.material("M1", [MARRIAGE], situation="已婚")
    city.material("M2", [DIVORCE], situation="离异")
    city.waive(MARRIAGE, DIVORCE)
    both = marriage(city, issued=married).licences + marriage(city, DIVORCE, "2018-01-01").licences
    asked = [Answer("mz_marriage", "licence", city.house.clock(), both)]
    made = plan(city.house, city.account(), "C1", asked)
    assert made.answers[-1].answer == answer


def test_two_licences_of_one_day_that_disagree_answer_nothing(city: Town) -> None:
    city.material("M1", [MARRIAGE], situation="已婚")
    city.material("M2", [DIVORCE], situation="离异")
    city.waive(MARRIAGE, DIVORCE)
    both = marriage(city).licences + marriage(city, DIVORCE).licences
    asked = [Answer("mz_marriage", "licence", city.house.clock(), both)]
    assert plan(city.house, city.account(), "C1", asked).next is not None


def test_a_material_asked_in_two_situations_has_the_line_of_the_one_that_holds(city: Town) -> None:
    city.material("M1", [], situation="委托他人办理")
    city.material("M1", [], situation="单位")
    made = plan(city.house, city.account(), "C1", said={"agent": "是"})
    assert [one.situation for one in made.lines] == ["委托他人办理"]


def test_answers_stand_in_no_ledger_entry(city: Town) -> None:
    city.material("M1", [], situation="已婚")
    plan(city.house, city.account(), "C1", said={"marital": "丧偶"})
    assert "丧偶" not in json.dumps(city.events(), ensure_ascii=False)
