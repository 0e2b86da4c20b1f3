"""A case's form: each value under the right to look, on record before it is given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from certs.corrections.correct import report
from certs.licences.publish import publish_system
from certs.looks.filling import fill
from certs.looks.form import CaseForm, FilledField
from certs.looks.joining import join
from certs.rights import alarms
from kernel.errors import Refused
from ledger import views
from tests.certs.town import FIRM, LI, NAMES, NOW, WANG, Town

FOOD = "食品经营许可证"
PLACE = "章贡区某路1号"


@pytest.fixture
def ready(city: Town) -> Town:
    """WANG's food licence, which the item asks for as a proof, and a form."""
    city.material("M1", [FOOD])
    city.form("申请人姓名", "身份证号", "经营地址", "许可经营项目", "从业人数")
    city.licence("k1")
    publish_system(city.house, "sc_food", "r1")
    return city


def form_of(town: Town, who: str = "clerk", case: str = "C1") -> CaseForm:
    made = fill(town.house, town.account(who), case, {})
    assert isinstance(made, CaseForm)
    return made


def by_name(form: CaseForm) -> dict[str, FilledField]:
    return {one.name: one for one in form.fields}


def test_what_shared_data_answers_is_filled_in_and_says_where_it_is_from(ready: Town) -> None:
    form = form_of(ready)
    assert [one.value for one in form.fields] == [NAMES[WANG], WANG, PLACE, "热食类食品制售", None]
    place = by_name(form)["经营场所"]
    assert (place.source, place.licence_type, place.names) == ("licence", FOOD, ("经营地址",))
    assert (place.system, place.as_of) == ("江西省食品经营许可管理系统", NOW)
    assert place.why == "市市场监督管理局的食品经营许可证登记数据。"
    asked = by_name(form)["从业人数"]
    assert (asked.source, asked.why) == (None, "没有已接入的数据可以填写，请申请人填写。")


def test_the_entry_names_licence_and_fields_and_holds_no_value(ready: Town) -> None:
    form_of(ready)
    entry = ready.events()[-1]
    assert (entry["event"], entry["case"], entry["post"]) == ("form.filled", "C1", "sc-02")
    assert (entry["licence_type"], entry["material"]) == (FOOD, "M1")
    assert entry["fields"] == ["经营场所", "经营项目"]
    assert entry["holder"] == ready.holder(WANG)
    said = str(ready.events())
    assert PLACE not in said
    assert WANG not in said
    with ready.house.engine.connect() as conn:
        (seen, *_) = views.of_holder(conn, [ready.holder(WANG)], NOW)
    assert (seen.event, seen.licence_type) == ("form.filled", FOOD)


def test_a_field_that_the_use_does_not_have_is_not_given(ready: Town) -> None:
    ready.approve("FOOD", FOOD, fields=["经营项目"])
    fields = by_name(form_of(ready))
    assert fields["经营项目"].value == "热食类食品制售"
    assert fields["经营场所"].value is None
    assert ready.events()[-1]["fields"] == ["经营项目"]


def no_material(town: Town) -> None:
    town.change(
        "SET LOCAL session_replication_role = replica; DELETE FROM catalog.published_material"
    )


WRONG: list[tuple[Callable[[Town], object], str]] = [
    (no_material, "没有要求申请人以食品经营许可证证明"),
    (lambda t: t.material("M1", [FOOD], purpose="compare"), "不是用于证明"),
    (lambda t: t.material("M1", [FOOD], role="spouse"), "没有要求申请人以"),
    (lambda t: t.approve("FOOD", FOOD, state="refused"), "发证部门没有同意"),
    (lambda t: t.waive(FOOD, state="withdrawn"), "免提交已停止执行"),
    (lambda t: t.waive(FOOD, state="confirmed"), "清单尚未公布"),
    (lambda t: t.licence("k1", status="revoked"), "已被吊销"),
    (lambda t: t.complete("sc_food", NOW - timedelta(days=30)), "超过了规定的时效"),
    (lambda t: t.change("UPDATE landing.licence SET deleted_at = now()"), "来源系统删除"),
    (lambda t: t.change("DELETE FROM landing.licence"), "没有找到申请人的这类证照"),
    (lambda t: report(t.house, t.account(), "C1", "M1", "经营项目", "和实际不一样"), "正在校核中"),
]


@pytest.mark.parametrize(("spoil", "said"), WRONG)
def test_one_fact_that_fails_leaves_the_field_to_the_applicant_and_says_why(
    ready: Town, spoil: Callable[[Town], object], said: str
) -> None:
    spoil(ready)
    place = by_name(form_of(ready))["经营场所"]
    assert (place.value, place.withheld) == (None, False)
    assert said in place.why
    assert "fields" not in ready.events()[-1]


def test_a_receiving_post_learns_that_a_field_is_known_and_not_what_it_says(ready: Town) -> None:
    ready.case("C1", post="sc-01")
    form = form_of(ready, "window")
    place = by_name(form)["经营场所"]
    assert (place.value, place.withheld, place.licence_type) == (None, True, None)
    assert PLACE not in str(form)
    assert "fields" not in ready.events()[-1]


def test_another_posts_case_is_refused_and_on_record(ready: Town) -> None:
    with pytest.raises(Refused, match="没有分配到您的岗位"):
        form_of(ready, "clerk2")
    assert ready.events()[-1]["event"] == "form.refused"
    assert ready.events()[-1]["reason"] == "case_not_assigned"


def test_what_the_case_says_is_of_its_kind_of_applicant(ready: Town) -> None:
    ready.form("单位名称", "统一社会信用代码", "身份证号")
    ready.case("C5", applicant=FIRM, applicant_kind="organisation")
    firm, person = by_name(form_of(ready, case="C5")), by_name(form_of(ready))
    names = ("单位名称", "统一社会信用代码", "申请人证件号码")
    assert [firm[name].value for name in names] == [NAMES[FIRM], FIRM, None]
    assert [person[name].value for name in names] == [None, None, WANG]


def test_another_persons_licence_fills_nothing_in(ready: Town) -> None:
    ready.case("C2", applicant=LI)
    fields = by_name(form_of(ready, case="C2"))
    assert (fields["申请人姓名"].value, fields["经营场所"].value) == (NAMES[LI], None)


def test_a_source_that_rests_is_not_said_to_have_nothing(ready: Town) -> None:
    ready.change("DELETE FROM landing.licence")
    made = fill(ready.house, ready.account(), "C1", {"sc_food": "维护中"})
    assert isinstance(made, CaseForm)
    assert "暂时不能核验" in by_name(made)["经营场所"].why


def test_a_package_asks_each_field_once_and_fills_in_only_where_each_case_may(
    ready: Town,
) -> None:
    ready.item("WATER", "取水许可", "市市场监督管理局", ["WATER-1"])
    ready.form("经营场所", "取水量", item="WATER")
    ready.case("C3", item_code="WATER-1")
    made = join([form_of(ready), form_of(ready, case="C3")])
    assert [one.field.name for one in made.fields].count("经营场所") == 1
    place = next(one for one in made.fields if one.field.name == "经营场所")
    assert (place.field.value, place.cases, place.typed) == (PLACE, ("C1", "C3"), ("C3",))
    assert (made.asked, made.typed) == (7, 3)  # 从业人数, 经营场所 of C3, 取水量


def test_filling_in_counts_as_looking_for_those_who_watch_over_looks(ready: Town) -> None:
    for _ in range(29):
        form_of(ready)
    assert alarms.sweep(ready.house) == 0
    form_of(ready)
    assert alarms.sweep(ready.house) == 1
    with ready.house.engine.connect() as conn:
        (one,) = alarms.alarms(conn)
    assert (one.kind, one.subject) == ("burst", "clerk")
