"""容缺: what only a resting or late source stands between is promised, fetched later, told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import insert

from catalog.tables import judgement, review
from certs.licences.publish import publish_system
from certs.rights import naming
from certs.waivers import messages, promises
from certs.waivers.waive import PlanLine, plan
from kernel.errors import BadInput, Refused
from pipeline import share
from pipeline.later import fetch_later
from tests.certs.town import FIRM, LI, NAMES, NOW, WANG, Town

FOOD = "食品经营许可证"
POSTS = ("sc-02",)


@pytest.fixture
def late(city: Town) -> Town:
    """WANG's food licence is published; its stream has been late for two days."""
    city.material("M1", [FOOD])
    city.licence("k1")
    publish_system(city.house, "sc_food", "r1")
    city.complete(at=NOW - timedelta(days=3))
    return city


def line(city: Town) -> PlanLine:
    (one,) = plan(city.house, city.account(), "C1").lines
    return one


def told(city: Town) -> list[str]:
    with city.house.engine.connect() as conn:
        return [one.text for one in messages.unread(conn, POSTS)]


def outcomes(city: Town) -> list[str | None]:
    with city.house.engine.connect() as conn:
        return [one.outcome for one in promises.of_cases(conn, POSTS)]


def test_stale_data_is_promised_once_and_the_line_says_until_when(late: Town) -> None:
    first, second = line(late), line(late)
    assert first == second
    assert (first.verdict, first.detail) == ("bring", "stale")
    assert first.promised_until == date(2026, 11, 30)  # five working days after Monday
    assert first.why.endswith("已容缺受理，平台将自动补取，最迟2026年11月30日，本次不必携带。")
    assert outcomes(late) == [None]
    (made,) = [one for one in late.events() if one["event"] == "promise.made"]
    assert (made["case"], made["material"], made["reason"]) == ("C1", "M1", "stale")


def test_the_platform_fetches_by_itself_and_tells_the_clerk(late: Town) -> None:
    line(late)
    assert fetch_later(late.house).open == 1
    late.complete(at=NOW)
    done = fetch_later(late.house)
    assert (done.cases, done.fetched, done.open) == (1, 1, 0)
    assert told(late) == [f"办件 C1 容缺的“{FOOD}”已由平台补取核验，无需申请人补交。"]
    assert fetch_later(late.house).cases == 0
    assert line(late).verdict == "waived"
    with late.house.engine.begin() as conn:
        (one,) = messages.unread(conn, POSTS)
        assert not messages.read(conn, ("mz-02",), one.id, "clerk2", NOW)
        assert messages.read(conn, POSTS, one.id, "clerk", NOW)
        assert messages.unread(conn, POSTS) == []


def test_what_the_source_then_does_not_give_is_asked_of_the_applicant(late: Town) -> None:
    line(late)
    late.complete(at=NOW)
    late.licence("k1", status="revoked")
    assert fetch_later(late.house).to_bring == 1
    (text,) = told(late)
    assert text == f"办件 C1 容缺的“{FOOD}”补取后仍不能免提交，请通知申请人于2026年11月30日前补交。"
    assert WANG not in text


def test_a_promise_ends_on_its_day(late: Town) -> None:
    line(late)
    late.at(NOW + timedelta(days=8))
    assert fetch_later(late.house).overdue == 1
    assert "至2026年11月30日仍未能补取" in told(late)[0]
    assert outcomes(late)[0] == "overdue"


def test_a_closed_case_is_owed_nothing(late: Town) -> None:
    line(late)
    late.case("C1", state="granted")
    assert fetch_later(late.house).closed == 1
    assert told(late) == []


def test_whose_right_has_ended_fetches_nothing(late: Town) -> None:
    line(late)
    late.complete(at=NOW)
    late.case("C1", post="mz-02")
    done = fetch_later(late.house)
    assert (done.refused, done.fetched, done.open) == (1, 0, 1)


def test_what_would_not_be_waived_anyway_is_not_promised(late: Town) -> None:
    late.waive(FOOD, state="withdrawn")
    assert line(late).promised_until is None
    assert outcomes(late) == []


def test_a_name_that_is_not_settled_says_so(city: Town) -> None:
    city.material("M2", [], kind="other", name="情况证明")
    assert line(city).detail == "licence_type_does_not_prove"
    said = {
        "subject": "material",
        "left": "情况证明",
        "left_name": "情况证明",
        "key": "k",
        "why": "w",
    }
    holds = {"right": "M2", "relation": "same", "by": "rule:test", "confidence": 1.0, "at": NOW}
    asked = {"candidates": [], "opened_at": NOW}
    with city.house.engine.begin() as conn:
        conn.execute(insert(judgement).values(**said, **holds))
        conn.execute(insert(review).values(**said, **asked))
    unsettled = line(city)
    assert (unsettled.verdict, unsettled.detail) == ("bring", "name_unresolved")
    assert unsettled.why == "这份材料的名称尚未归并到目录，待人工确认，暂时不能核验，请携带。"


def test_a_package_asks_each_paper_once_and_each_case_by_its_own_right(city: Town) -> None:
    city.material("M1", [FOOD])
    city.material("M2", [], order=2)
    city.licence("k1")
    publish_system(city.house, "sc_food", "r1")
    city.case("C2")
    made = share.plan_together(city.house, city.account(), ["C1", "C2", "C1"])
    assert (made.cases, made.asked, made.saved) == (("C1", "C2"), 4, 2)
    said = [(one.line.material_id, one.line.verdict, one.cases) for one in made.materials]
    assert said == [("M1", "waived", ("C1", "C2")), ("M2", "bring", ("C1", "C2"))]
    assert [one["event"] for one in city.events()[-2:]] == ["plan.made", "plan.made"]
    city.case("C3", LI)
    with pytest.raises(BadInput, match="不是同一个申请人"):
        share.plan_together(city.house, city.account(), ["C1", "C3"])
    city.case("C2", post="mz-02")
    with pytest.raises(Refused):
        share.plan_together(city.house, city.account(), ["C1", "C2"])
    with pytest.raises(BadInput, match="1 至 30"):
        share.plan_together(city.house, city.account(), [])


def test_a_register_at_rest_is_not_taken_for_no_marriage_and_is_asked_later(city: Town) -> None:
    """The spouse's paper: who that is, the marriage register alone can say."""
    city.material("M1", [FOOD], role="spouse")
    city.approve("FOOD", "结婚证")
    city.licence("k1", LI)
    publish_system(city.house, "sc_food", "r1")
    resting = {"mz_marriage": "该系统暂未应答或额度已用完"}
    (one,) = plan(city.house, city.account(), "C1", resting=resting).lines
    assert (one.verdict, one.detail) == ("bring", "source_resting")
    assert one.why == (
        "须先核验配偶关系：江西省婚姻登记管理系统暂时不能核验（该系统暂未应答或额度已用完），可稍后再试，"
        "或容缺受理后补；已容缺受理，平台将自动补取，最迟2026年11月30日，本次不必携带。"
    )
    married = {
        "type": "结婚证", "status": "valid", "issued": "2015-05-20", "valid_from": None,
        "valid_to": None, "holder_kind": "person", "number": "J1", "issuer": "民政局",
        "holder_hash": city.holder(WANG), "co_holder_hash": city.holder(LI),
        "holder_name": "王小明", "holder_number": WANG, "co_holder_name": "李䶮",
        "co_holder_number": LI,
    }  # fmt: skip
    city.answered("mz_marriage", WANG, [married])
    assert fetch_later(city.house).fetched == 1
    assert line(city).verdict == "waived"


def test_a_register_that_answered_no_is_told_as_no(city: Town) -> None:
    city.material("M1", [FOOD], role="spouse")
    city.answered("mz_marriage", WANG, [])
    one = line(city)
    assert (one.detail, one.promised_until) == ("role_not_applicant", None)
    assert one.why == "没有查到能证明配偶关系的结婚证，不能共享配偶的证照，请携带。"


def test_a_representative_whose_firms_licence_is_late_is_promised(city: Town) -> None:
    city.material("M1", [FOOD], role="legal_representative")
    city.approve("FOOD", "营业执照")
    city.case("C1", FIRM, applicant_kind="organisation")
    firm = {"type": "营业执照", "system": "sc_enterprise", "holder_kind": "organisation"}
    city.licence("e1", FIRM, **firm, details={"法定代表人": NAMES[LI]})
    city.licence("k1", LI)
    for system in ("sc_food", "sc_enterprise"):
        publish_system(city.house, system, "r1")
    assert line(city).detail == "role_not_applicant"  # nobody is named yet
    with city.house.engine.begin() as conn:
        naming.name(city.house, conn, city.account(), "C1", "legal_representative", LI)
    assert line(city).verdict == "waived"
    city.complete("sc_enterprise", NOW - timedelta(days=9))
    assert (line(city).detail, line(city).promised_until) == ("stale", date(2026, 11, 30))
