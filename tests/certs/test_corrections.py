"""校核: a wrong licence is reported, marked, answered by its department, cleared by new data."""

from __future__ import annotations

import json
from datetime import date

import pytest

from certs.copies.share import fetch
from certs.corrections import listed
from certs.corrections.correct import answer, report, report_by_holder
from certs.licences.publish import publish_system
from certs.waivers import messages
from certs.waivers.waive import PlanLine, plan
from kernel.errors import BadInput, Refused
from registry.accounts import Account
from tests.certs.town import LI, WANG, Town

FOOD = "食品经营许可证"
WHY = "经营场所登记成了别处，应为王小明的章贡区某路2号"
OFFICER = Account("officer2", "某局", "officer", "市市场监督管理局", (), demo=True)


@pytest.fixture
def ready(city: Town) -> Town:
    city.material("M1", [FOOD])
    city.licence("k1")
    publish_system(city.house, "sc_food", "r1")
    return city


def line(city: Town) -> PlanLine:
    (one,) = plan(city.house, city.account(), "C1").lines
    return one


def said(city: Town) -> int:
    return report(city.house, city.account(), "C1", "M1", "经营场所", WHY)


def theirs(city: Town) -> list[listed.Correction]:
    with city.house.engine.connect() as conn:
        found = listed.of_department(city.house, conn, "市市场监督管理局")
        assert found == listed.of_posts(city.house, conn, ["sc-02"])
    return found


def test_a_reported_licence_is_marked_and_neither_waives_nor_is_shared(ready: Town) -> None:
    assert line(ready).verdict == "waived"
    number = said(ready)
    marked = line(ready)
    assert (marked.verdict, marked.detail) == ("bring", "under_correction")
    assert (
        marked.why
        == "江西省食品经营许可管理系统的食品经营许可证正在校核中，须人工核对原件，请携带。"
    )
    with pytest.raises(Refused) as refused:
        fetch(ready.house, ready.account(), "C1", "M1", "办理变更")
    assert refused.value.facts["reason"] == "under_correction"
    assert ready.events()[-1]["reason"] == "under_correction"
    (one,) = theirs(ready)
    assert (one.id, one.field, one.why, one.due) == (number, "经营场所", WHY, date(2026, 11, 30))
    assert one.marked
    rows = str(ready.query("SELECT * FROM certs.correction")) + json.dumps(ready.events())
    assert "某路2号" not in rows


def test_refused_it_counts_again_and_the_clerk_is_told(ready: Town) -> None:
    answer(ready.house, OFFICER, said(ready), "refused", "与档案一致")
    assert line(ready).verdict == "waived"
    (one,) = theirs(ready)
    assert (one.answer, one.said, one.why, one.marked) == ("refused", "与档案一致", WHY, False)
    with ready.house.engine.connect() as conn:
        (told,) = messages.unread(conn, ["sc-02"])
    assert "核实无误，不予更正" in told.text
    assert "与档案一致" not in told.text


def test_corrected_it_counts_when_the_source_gives_a_new_version(ready: Town) -> None:
    answer(ready.house, OFFICER, said(ready), "corrected", "登记有误，已更正")
    assert line(ready).detail == "under_correction"
    ready.licence("k1", details={"经营项目": "热食", "经营场所": "章贡区某路2号"})
    publish_system(ready.house, "sc_food", "r2")
    assert line(ready).verdict == "waived"
    assert [one.marked for one in theirs(ready)] == [False]


def test_another_version_of_the_source_clears_the_mark_before_any_answer(ready: Town) -> None:
    said(ready)
    ready.licence("k1", issuer="另一局")
    publish_system(ready.house, "sc_food", "r2")
    assert line(ready).verdict == "waived"


@pytest.mark.parametrize(
    "who",
    [
        Account("o", "o", "officer", "市民政局", (), demo=True),
        Account("c", "c", "clerk", "市市场监督管理局", (), demo=True),
        Account("b", "b", "bureau", None, (), demo=True),
    ],
)
def test_only_the_competent_department_answers(ready: Town, who: Account) -> None:
    number = said(ready)
    with pytest.raises(Refused) as refused:
        answer(ready.house, who, number, "refused", "与档案一致")
    assert refused.value.facts["reason"] == "not_of_department"
    assert ready.events()[-1]["event"] == "correction.refused"
    assert theirs(ready)[0].answer is None


def test_a_clerk_reports_only_for_an_own_open_case(ready: Town) -> None:
    with pytest.raises(Refused) as refused:
        report(ready.house, ready.account("clerk2"), "C1", "M1", "状态", WHY)
    assert refused.value.facts["reason"] == "case_not_assigned"
    assert ready.events()[-1]["event"] == "correction.refused"
    ready.case("C1", state="granted")
    with pytest.raises(Refused):
        said(ready)


@pytest.mark.parametrize(
    ("material", "field", "why", "says"),
    [
        ("M1", "户号", WHY, "食品经营许可证可以校核：持证主体"),
        ("M1", "状态", "错", "4 至 500 个字"),
        ("M1", "状态", "错" * 501, "4 至 500 个字"),
        ("M1", "状态", f"应为{WANG}", "不写证件号码"),
        ("M7", "状态", WHY, "不要求这份材料"),
    ],
)
def test_what_is_reported_badly_is_said_in_one_sentence(
    ready: Town, material: str, field: str, why: str, says: str
) -> None:
    with pytest.raises(BadInput, match=says) as wrong:
        report(ready.house, ready.account(), "C1", material, field, why)
    assert "某路2号" not in str(wrong.value)
    assert theirs(ready) == []


def test_a_holder_reports_an_own_licence_and_no_other(ready: Town) -> None:
    key_hash = ready.licence("k1")
    number = report_by_holder(ready.house, ready.holder(WANG), key_hash, "状态", WHY)
    assert line(ready).detail == "under_correction"
    with pytest.raises(Refused) as refused:
        report_by_holder(ready.house, ready.holder(LI), key_hash, "状态", WHY)
    assert refused.value.facts["reason"] == "licence_not_found"
    assert ready.events()[-1]["event"] == "correction.refused"
    answer(ready.house, OFFICER, number, "refused", "与档案一致")
    with pytest.raises(BadInput, match="no open correction"):
        answer(ready.house, OFFICER, number, "refused", "与档案一致")
