"""The board of operations, one system's page, and what is done there."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from kernel.errors import BadInput
from pipeline.ops.deeds import period_of
from portal.pages_ops import drifting
from portal.pages_staff import URGENCY
from portal.port import SystemTile
from tests.portal.fake import FIRM, FakePlatform, tiles
from tests.portal.visits import Visitor, signed_in

STATE = re.compile(r'<li class="tile is-(\w+)"')
LINK = re.compile(r'<a href="(/ops/systems/[^"]+)" id="s-(\w+)"')


def test_every_system_stands_once_by_urgency_and_those_to_come_behind() -> None:
    text = signed_in("ops").get("/ops").text
    states = STATE.findall(text)
    assert len(states) == 47 + 3  # three are not connected at all yet
    assert states[:5] == ["failing", "failing", "late", "late", "resting"]
    assert states == sorted(states, key=[*URGENCY, "coming"].index)
    assert states.count("coming") == 3 + 1  # one has a contract and was never read
    assert len({code for _, code in LINK.findall(text)}) == 50


def test_a_state_is_a_word_not_only_a_colour() -> None:
    text = signed_in("ops").get("/ops").text
    for word in ("同步失败", "数据过时", "正在同步", "休整", "正常"):
        assert f">{word}</span>" in text


def test_who_is_not_live_says_how_far_it_is_how_long_it_waits_and_for_whom() -> None:
    text = signed_in("ops").get("/ops").text
    tile = text[text.index('id="s-sl_applied"') :]
    tile = tile[: tile.index("</a>")]
    for part in ("已申请", "已等 33 天", "等待国家主管单位"):
        assert part in tile
    steps = re.findall(r'<span class="tag">(\w+)</span>', text)
    assert steps == ["已申请", "已授权", "联调中", "联调中"]  # the longest first


def test_a_system_without_a_contract_has_a_page_of_its_way_in() -> None:
    page = signed_in("ops").get("/ops/systems/sc_archive").text
    for part in ("企业电子档案系统", "等待省级主管单位", "登记表已提交", "已等 21 天"):
        assert part in page


def test_the_tiles_alone_are_what_the_page_refreshes_itself_with() -> None:
    visitor = signed_in("ops")
    part = visitor.get("/ops/tiles").text
    assert "<html" not in part
    assert part in visitor.get("/ops").text


def test_without_script_the_page_says_how_to_see_it_anew() -> None:
    text = signed_in("ops").get("/ops").text
    assert '<noscript><meta http-equiv="refresh" content="30"></noscript>' in text
    assert '<a href="/ops">现在刷新</a>' in text


def test_a_look_up_system_shows_no_counts_of_rows() -> None:
    text = signed_in("ops").get("/ops").text
    tile = text[text.index('id="s-ga_population"') :]
    assert "只实时核验，不留存" in tile[: tile.index("</a>")]


def test_an_empty_board_says_so() -> None:
    platform = FakePlatform()
    platform.tiles, platform.ops.rows = [], []
    assert "还没有登记任何业务系统" in signed_in("ops", platform).get("/ops").text


def of(code: str, **over: object) -> SystemTile:
    """A tile of the fake, changed."""
    one = next(tile for tile in tiles() if tile.code == code)
    return SystemTile(**{**one.__dict__, **over})


def test_who_runs_well_with_findings_that_nobody_knows_drifts() -> None:
    assert drifting(of("ga_vehicle", drifts=1)).state == "drifting"
    assert drifting(of("ga_vehicle", holds=1)).state == "drifting"
    assert drifting(of("ga_vehicle", findings=3)).state == "ok"  # known to somebody
    assert drifting(of("sc_food", drifts=1)).state == "failing"
    platform = FakePlatform()
    page = platform.ops.page
    odd = of("ga_vehicle", drifts=1)
    platform.ops.page = lambda code: replace(page(code), tile=odd)
    text = signed_in("ops", platform).get("/ops/systems/ga_vehicle").text
    assert '<span class="tag is-drifting">有变化待确认</span>' in text


def test_a_failing_system_shows_its_error_first() -> None:
    text = signed_in("ops").get("/ops/systems/sc_food").text
    assert "answered 500 three times" in text
    assert text.index("最近一次失败的原因") < text.index("被退回的数据") < text.index("数据目录")
    assert "多出一列" in text
    assert text.count('class="run-') == 8  # the bars of its runs
    assert text.count("<title>") == 1 + 8


def test_the_failing_row_is_two_clicks_away() -> None:
    visitor = signed_in("ops")
    where = {code: path for path, code in LINK.findall(visitor.get("/ops").text)}
    path, _, _ = where["sc_food"].partition("#")
    text = visitor.get(path).text
    assert text.count('<tr id="r-') == 50
    assert "does not hold a day written like" in text
    assert "第 60 行" in text
    assert "sc_food_20261120.csv" in text


def test_refused_rows_go_on_by_their_number() -> None:
    visitor = signed_in("ops")
    first = visitor.get("/ops/systems/sc_food").text
    assert 'href="/ops/systems/sc_food?before=11#refused" rel="next"' in first
    second = visitor.get("/ops/systems/sc_food?before=11").text
    assert re.findall(r'<tr id="r-(\d+)"', second) == [str(n) for n in range(10, 0, -1)]
    assert 'rel="next"' not in second
    assert "回到最新的" in second


def test_ops_never_sees_a_raw_row() -> None:
    visitor = signed_in("ops")
    assert FIRM[:-1] not in visitor.get("/ops/systems/sc_food").text
    assert not [call for call in visitor.platform.calls if call[0] == "quarantine"]


def test_freshness_is_told_in_words_against_the_contract() -> None:
    text = signed_in("ops").get("/ops/systems/sc_food").text
    for word in ("在时限内", "超时 5.0 小时", "还没有完整同步过", "26 小时"):
        assert word in text
    assert "没有时效要求" in signed_in("ops").get("/ops/systems/ga_population").text


def test_outages_and_request_ids_stand_on_the_page() -> None:
    text = signed_in("ops").get("/ops/systems/sc_food").text
    assert "还没有恢复" in text
    assert "请求编号 3f2a9c51d07be6843f2a9c51d07be684" in text
    assert "近 30 天没有中断。" in signed_in("ops").get("/ops/systems/ga_vehicle").text


def test_the_airflow_task_is_linked() -> None:
    text = signed_in("ops").get("/ops/systems/sc_food").text
    assert 'href="http://127.0.0.1:8601/dags/sync_sc_food"' in text
    run = "scheduled__2026-11-20T03%3A00%3A00%2B00%3A00"
    assert f'href="http://127.0.0.1:8601/dags/sync_sc_food/runs/{run}"' in text
    assert "runs/run-" not in text  # a run that Airflow does not know


def test_an_unknown_system_is_a_plain_answer() -> None:
    assert signed_in("ops").get("/ops/systems/nothing").status_code == 400


PAGE = "/ops/systems/sc_food"


def deeds(visitor: Visitor) -> list[tuple[object, ...]]:
    """What was done, apart from looking."""
    return [call for call in visitor.platform.calls if call[0] in ("pause", "resume", "start")]


def test_pausing_needs_a_reason_and_resuming_none() -> None:
    visitor = signed_in("ops")
    refused = visitor.post(PAGE, f"{PAGE}/pause", why=" ")
    assert refused.status_code == 400
    assert "请写明原因" in refused.text
    answer = visitor.post(PAGE, f"{PAGE}/pause", why="源系统迁移")
    assert answer.headers["location"] == f"{PAGE}?done=paused"
    text = visitor.get(f"{PAGE}?done=paused").text
    assert "已暂停。" in text
    assert f'action="{PAGE}/resume"' in text
    assert f'action="{PAGE}/sync"' not in text
    visitor.post(PAGE, f"{PAGE}/resume")
    assert deeds(visitor)[1:] == [
        ("pause", "ops", "sc_food", "源系统迁移"),
        ("resume", "ops", "sc_food"),
    ]


def test_a_period_is_read_again_with_both_days_counted() -> None:
    visitor = signed_in("ops")
    sent = {"first": "2026-11-01", "last": "2026-11-03"}
    answer = visitor.post(PAGE, f"{PAGE}/backfill", **sent)
    assert answer.headers["location"] == f"{PAGE}?done=started#runs"
    assert deeds(visitor) == [("start", "ops", "sc_food", ("2026-11-01", "2026-11-04"))]
    for wrong in ({"first": "", "last": ""}, {"first": "2026-11-03", "last": "2026-11-01"}):
        answer = visitor.post(PAGE, f"{PAGE}/backfill", **wrong)
        assert answer.status_code == 400
        assert "这一步没有执行" in answer.text
    assert len(deeds(visitor)) == 1


def test_a_system_that_is_being_read_is_not_read_twice() -> None:
    visitor = signed_in("ops")
    visitor.platform.ops.busy = True
    answer = visitor.post(PAGE, f"{PAGE}/sync")
    assert answer.status_code == 409
    assert "正在同步，请等它结束后再试" in answer.text


@pytest.mark.parametrize("deed", ["pause", "resume", "sync", "backfill"])
def test_a_deed_needs_the_forms_token_and_the_role(deed: str) -> None:
    visitor = signed_in("ops")
    assert visitor.client.post(f"{PAGE}/{deed}", data={"why": "x"}).status_code == 403
    officer = signed_in("officer")
    answer = officer.post("/dept/systems/sc_food", f"{PAGE}/{deed}", why="x")
    assert answer.status_code == 403
    assert "给其他岗位用" in answer.text
    assert deeds(visitor) == deeds(officer) == []


@pytest.mark.parametrize(
    ("first", "last"), [("", ""), ("2026-13-01", "2026-12-01"), ("2026-11-02", "2026-11-01")]
)
def test_a_period_has_two_days_in_order(first: str, last: str) -> None:
    with pytest.raises(BadInput, match="日期"):
        period_of(first, last)


def test_alarms_show_what_was_told_and_what_was_not() -> None:
    visitor = signed_in("ops")
    text = visitor.get("/ops/alarms").text
    for part in ("同步失败", "已送达", "没有送达（connection），第 5 次", "钉钉机器人", "已恢复"):
        assert part in text
    assert 'href="/ops/alarms?before=11"' in text
    more = visitor.get("/ops/alarms?before=11").text
    assert "数据过时" in more
    assert "还没有结束" not in more


def test_without_alarms_and_channels_the_page_says_what_to_do() -> None:
    platform = FakePlatform()
    platform.ops.quiet = ""
    visitor = signed_in("ops", platform)
    text = visitor.get("/ops/alarms").text
    for part in ("现在没有告警。", "还没有结束的告警。", "在状态目录里写 alerts.yml"):
        assert part in text
    platform.ops.quiet = "alerts.yml, line 2, channels.duty.kind: allowed are webhook"
    text = visitor.get("/ops/alarms").text
    assert "通知通道的设置有误，现在不发送通知" in text
    assert "alerts.yml, line 2" in text
    assert "在状态目录里写 alerts.yml" not in text


def test_the_daily_report_has_its_figures_and_can_be_paged_by_day() -> None:
    visitor = signed_in("ops")
    text = visitor.get("/ops/report").text
    for part in ("2026年11月20日 运行日报", "13,300", "江西省建筑市场监管系统", "数据过时"):
        assert part in text
    assert "day=2026-11-19" in text
    assert 'rel="next"' not in text
    past = visitor.get("/ops/report?day=2026-11-18").text
    assert "2026年11月18日 运行日报" in past
    assert "没有超过时限的数据" not in past  # told of the running day only


@pytest.mark.parametrize("day", ["2026-11-21", "yesterday", "2026-02-30"])
def test_a_day_that_cannot_be_is_said_and_today_shown(day: str) -> None:
    answer = signed_in("ops").get(f"/ops/report?day={day}")
    assert answer.status_code == 400
    assert "这一步没有执行" in answer.text
    assert "2026年11月20日 运行日报" in answer.text


def test_the_letter_says_times_requests_errors_and_cases() -> None:
    text = signed_in("ops").get(f"{PAGE}/letter").text
    for part in (
        "关于协调解决江西省食品经营许可管理系统数据中断问题的函",
        "江西省食品经营许可管理系统省级主管单位：",
        "共发生1次数据中断，累计约26.5小时",
        "3f2a9c51d07be6843f2a9c51d07be684",
        "answered 500 three times",
        "办件37件，其中：“食品经营许可新办”31件，“食品经营许可变更”6件",
        "有4份材料先行容缺受理",
        "2026年11月20日",
    ):
        assert part in text


def test_without_an_outage_there_is_no_letter() -> None:
    text = signed_in("ops").get("/ops/systems/ga_vehicle/letter?since=2026-11-01").text
    assert "这段时间没有中断" in text
    assert '<article class="paper letter">' not in text
    assert 'value="2026-11-01"' in text


def test_days_of_a_letter_in_the_wrong_order_are_said() -> None:
    visitor = signed_in("ops")
    answer = visitor.get(f"{PAGE}/letter?since=2026-11-09&until=2026-11-01")
    assert answer.status_code == 400
    assert "开始日期要在结束日期之前" in answer.text
