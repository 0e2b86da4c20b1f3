"""A page with nothing to show says what will stand there and what to do, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from portal.port import Account, Plan, SystemPage, SystemTile
from portal.port_asking import Whole
from portal.port_connecting import ComingPage, SketchPage
from portal.port_ops import DailyReport
from portal.port_visits import Needs
from tests.portal.fake import FakePlatform, plan_of
from tests.portal.fake_visits import ITEM
from tests.portal.visits import Visitor, signed_in

Emptied = Callable[[FakePlatform], None]


def nothing(*_: object, **__: object) -> list[Any]:
    return []


def no_corrections(platform: FakePlatform) -> None:
    platform.papers.corrections = nothing  # type: ignore[method-assign]


def no_contracts(platform: FakePlatform) -> None:
    platform.connecting.waiting = nothing  # type: ignore[method-assign]
    platform.registering.rows = nothing  # type: ignore[method-assign]


def no_complaints(platform: FakePlatform) -> None:
    platform.bureau.empty = True


def no_duties(platform: FakePlatform) -> None:
    platform.rights.roster = nothing  # type: ignore[method-assign]


def no_accounts(platform: FakePlatform) -> None:
    platform.staff.listed = nothing  # type: ignore[method-assign]


#: Who, the page, how it is emptied, what will stand there, what to do or whose turn it is.
LISTS: tuple[tuple[str, str, Emptied, str, str], ...] = (
    ("officer", "/dept/corrections", no_corrections, "报告证照有误时，会出现在这里", "答复期限"),
    ("ops", "/connect", no_contracts, "运维交出之后会出现在这里", "部门填好登记表后"),
    ("bureau", "/bureau/complaints", no_complaints, "会列在这里", "导入 12345 工单"),
    ("bureau", "/bureau/complaints?state=answered", no_complaints, "会留在这里", "处理之后"),
    ("bureau", "/rights/roster", no_duties, "没有岗位能处理办件", "登记第一条"),
    ("sysadmin", "/admin/accounts", no_accounts, "会列在这里", "新建"),
)  # fmt: skip


@pytest.mark.parametrize(("who", "path", "emptied", "what", "then"), LISTS)
def test_an_empty_list_says_what_will_stand_there_and_what_to_do(
    who: str, path: str, emptied: Emptied, what: str, then: str
) -> None:
    platform = FakePlatform()
    emptied(platform)
    visitor = signed_in(who, platform)
    text = visitor.get(path).text
    assert 'class="empty"' in text
    assert what in text
    assert then in text
    assert "<tbody></tbody>" not in text.replace(" ", "").replace("\n", "")


class Bare(FakePlatform):
    """An item of which the catalogue asks for nothing."""

    def plan(
        self, account: Account, case_number: str, said: Mapping[str, str] | None = None
    ) -> Plan:
        return replace(plan_of(case_number), lines=())


@pytest.mark.parametrize("show", ["", "?show=applicant", "?show=receipt"])
def test_a_plan_without_materials_says_what_to_do(show: str) -> None:
    text = signed_in("clerk", Bare()).get(f"/clerk/cases/3607{show}").text
    said = "什么都不用带" if "applicant" in show else "请直接受理，不要向申请人收取材料"
    assert said in text
    assert "formaction" not in text


def test_an_item_that_asks_for_nothing_says_so() -> None:
    visitor = Visitor()
    whole = Whole(1, (ITEM,), {}, None, 0, (), 0, ())
    visitor.platform.visits.needs = (  # type: ignore[method-assign]
        lambda code, answers: Needs(whole, {}, frozenset())
    )
    assert "一份材料都不用带" in visitor.get("/my/needs/B01").text


def tile(platform: FakePlatform, code: str, **over: Any) -> SystemTile:
    return replace(next(one for one in platform.tiles if one.code == code), **over)


def test_a_failing_system_says_why_on_the_departments_page() -> None:
    text = signed_in("officer").get("/dept").text
    food = text[text.index("江西省食品经营许可管理系统") :]
    assert "同步失败" in food[:900]
    assert "answered 500 three times" in food[:2000]


def test_a_system_without_a_refused_row_says_what_would_stand_there() -> None:
    platform = FakePlatform()
    platform.quarantine = nothing  # type: ignore[method-assign]
    text = signed_in("officer", platform).get("/dept/systems/sc_food").text
    assert "没有问题数据" in text
    assert "下载 Excel" not in text


def test_a_system_that_was_never_read_says_what_comes() -> None:
    platform = FakePlatform()
    page = platform.ops.page

    def never(code: str) -> SystemPage:
        new = tile(platform, code, state="never", last_success=None, error=None, quarantined=0)
        return replace(
            page(code), tile=new, streams=(), runs=(), findings=(), holds=(), measures=()
        )

    platform.ops.page = never
    text = signed_in("ops", platform).get("/ops/systems/sc_food").text
    for said in (
        "还没有同步过。首次同步由调度自动开始。",
        "没有待关注的变化。来源多出列",
        "每次同步之后会多一行",
        "请在数据约定里写明要读的表",
    ):
        assert said in text


def test_a_system_on_its_way_without_a_record_says_what_will_stand_there() -> None:
    platform = FakePlatform()
    platform.registering.history = nothing  # type: ignore[method-assign]
    said = "还没有记录。登记表收到之后，每一步都会记在这里。"
    assert said in signed_in("ops", platform).get("/ops/systems/sc_archive").text
    coming = platform.connecting.coming

    def bare(code: str) -> ComingPage:
        return replace(coming(code), history=(), drafts=(), form={}, version=0)

    platform.connecting.coming = bare  # type: ignore[method-assign]
    text = signed_in("bureau", platform).get("/connect/sc_archive").text
    for one in (said, "试跑通过后才能交出", "请部门的数据专员在“登记一个新系统”里填写"):
        assert one in text


def test_a_system_that_is_not_reached_yet_says_what_comes_first() -> None:
    text = signed_in("ops").get("/connect/sc_new1/mapping").text
    assert "还没有选表。请先连接并选表。" in text


def test_a_stream_of_which_no_row_was_read_says_so() -> None:
    platform = FakePlatform()
    sketch = platform.connecting.sketch

    def bare(code: str) -> SketchPage:
        found = sketch(code)
        return replace(found, streams=(replace(found.streams[0], rows=()),))

    platform.connecting.sketch = bare  # type: ignore[method-assign]
    text = signed_in("ops", platform).get("/connect/sc_archive/streams/licence").text
    assert "没有读到数据。请核对源表里有没有数据" in text


def test_a_day_on_which_nothing_happened_is_still_a_report() -> None:
    platform = FakePlatform()
    report = platform.ops.report

    def quiet(day: Any) -> DailyReport:
        return replace(report(day), alarms=(), outages=(), late=(), findings=(), systems=())

    platform.ops.report = quiet  # type: ignore[method-assign]
    text = signed_in("ops", platform).get("/ops/report").text
    assert "2026年11月20日 运行日报" in text
    assert text.count("没有") >= 4
    assert "<tbody>" not in text


@pytest.mark.parametrize("path", ["/bureau", "/bureau/coverage", "/bureau/reasons"])
def test_old_figures_are_said_on_every_page_of_figures(path: str) -> None:
    platform = FakePlatform()
    platform.bureau.stale = True
    assert "已超过 30 分钟没有更新" in signed_in("bureau", platform).get(path).text


def test_an_overview_without_a_system_says_what_to_do() -> None:
    platform = FakePlatform()
    platform.tiles = []
    text = signed_in("bureau", platform).get("/bureau/overview").text
    assert "还没有登记任何业务系统。部门填好登记表" in text
    assert "<table" not in text


def test_the_screen_before_the_first_count_says_so() -> None:
    platform = FakePlatform()
    platform.bureau.empty = True
    text = signed_in("bureau", platform).get("/bureau/screen").text
    assert "还没有统计过" in text
    assert "没有仍需携带的证照类材料" in text


@pytest.mark.parametrize(("who", "path", "emptied", "what", "then"), LISTS)
def test_it_is_said_in_english_too(
    who: str, path: str, emptied: Emptied, what: str, then: str
) -> None:
    platform = FakePlatform()
    emptied(platform)
    visitor = signed_in(who, platform)
    visitor.get("/language/en?back=/")
    text = visitor.get(path).text
    empty = text[text.index('class="empty"') :].partition("</p>")[0]
    assert not [one for one in empty if "一" <= one <= "鿿"]
