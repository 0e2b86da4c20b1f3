"""Operations' paths, walked in a real Chromium over the running platform (docs/tours.md)."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from sqlalchemy import text

from kernel.clock import system_clock
from pipeline.sync import sync
from tests.e2e.hand import Hand
from tests.e2e.installed import Installed
from tests.e2e.walking import city_day, enter, portal
from tests.portal.browser import DEADLINE, Browser

pytestmark = pytest.mark.needs("chromium")


def test_operations_go_to_the_row_pause_and_see_a_sync_run(
    installed: Installed, browser: Browser
) -> None:
    enter(browser, installed, "ops")
    assert browser.run("document.querySelectorAll('#tiles > li').length") >= 47
    browser.click("#s-xzsp_items")
    assert browser.run("document.querySelector('tr[id^=\"r-\"]') !== null")  # the second click
    code = "sl_water"
    browser.open(f"{portal(installed)}/ops/systems/{code}")
    browser.fill(why="源系统夜间检修")
    browser.submit("document.querySelector('form[action$=pause]').requestSubmit()")
    assert "源系统夜间检修" in browser.words()
    browser.submit("document.querySelector('form[action$=resume]').requestSubmit()")
    browser.run("window.before = true")
    sync(installed.house, code, f"walk-{system_clock():%H%M%S}")
    browser.until("!window.before && document.readyState === 'complete'")  # told by the stream
    hand = Hand(browser, "main")
    hand.near("生成协调函", "div").go("生成协调函")
    assert browser.run("document.querySelectorAll('h1').length") == 1
    hand.at("body").go("系统运行")
    for page in ("告警", "日报"):
        hand.go(page)
        assert browser.run("document.querySelectorAll('h1').length") == 1, page


def test_operations_read_some_days_again(installed: Installed, browser: Browser) -> None:
    code, hand = "sc_food", Hand(browser, "main")
    last = city_day(installed)
    enter(browser, installed, "ops")
    hand.go(installed.systems[code].name)
    assert hand.here() == f"/ops/systems/{code}"
    hand.day("开始日期", f"{last - timedelta(days=30)}")
    hand.day("结束日期（含当天）", f"{last}")
    hand.go("补采时段")
    assert "已经开始" in hand.read()
    query = text(
        "SELECT id FROM landing.run WHERE system = :code AND id LIKE 'period-%' AND state = 'done'"
    )
    end = time.monotonic() + DEADLINE
    while not (done := installed.rows(query, code=code)):
        assert time.monotonic() < end, "the period was not read"
        time.sleep(0.2)
    browser.until(f"document.querySelector('main').innerText.includes('{done[-1][0]}')")


def test_operations_read_a_refused_row_again_from_its_source(
    installed: Installed, browser: Browser
) -> None:
    """Nobody has mended it there: the page says so, and the entry stays open."""
    query = text("SELECT id, system, stream FROM landing.quarantine WHERE closed_at IS NULL")
    able = {(one.code, name) for one in installed.systems.values() for name in one.by_record}
    entry = next(one for one in installed.rows(query) if (one.system, one.stream) in able)
    enter(browser, installed, "ops")
    browser.open(f"{portal(installed)}/ops/systems/{entry.system}")
    Hand(browser, f"#r-{entry.id}").go("到源系统重读")
    assert "源系统里这一条还没有改正" in Hand(browser, "main").read()
    assert entry.id in {one.id for one in installed.rows(query)}
    last = [one for one in installed.entries() if one["event"] == "quarantine.read_again"][-1]
    assert (last["subject"], last["outcome"]) == (str(entry.id), "quarantined")
