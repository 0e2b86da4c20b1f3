"""The bureau's paths, walked in a real Chromium over the running platform (docs/tours.md)."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from portal.port_asking import About
from tests.e2e.hand import Hand
from tests.e2e.installed import Installed
from tests.e2e.people import BUSINESS, colleague, papers
from tests.e2e.walking import city_day, enter, portal
from tests.portal.browser import Browser

pytestmark = pytest.mark.needs("chromium")
FOOD = "食品经营许可证"


def test_the_bureau_follows_a_figure_and_takes_in_complaints(
    installed: Installed, browser: Browser, tmp_path: Path
) -> None:
    enter(browser, installed, "bureau")
    hand = Hand(browser, "main")
    assert browser.words("h1") == "免提交成效"
    browser.click(".counts a")
    assert browser.run("location.pathname") == "/bureau/rows"
    for page in ("县区覆盖", "为何还要带"):
        hand.go(page)
        assert browser.words("h1") == page
    browser.open(f"{portal(installed)}/bureau/overview")
    hand.go("大屏")
    assert browser.words("h1").startswith("免提交成效")
    browser.open(f"{portal(installed)}/bureau")
    hand.go("重复要件投诉")
    file = tmp_path / "tickets.csv"
    file.write_text("工单编号,日期,事项\nWALK-1,2026-11-20,食品经营许可\n", "utf-8")
    root = browser.call("DOM.getDocument")["root"]["nodeId"]
    field = browser.call("DOM.querySelector", nodeId=root, selector="#file")["nodeId"]
    browser.call("DOM.setFileInputFiles", nodeId=field, files=[str(file)])
    browser.submit("document.querySelector('form.filters').submit()")
    assert "1 条" in browser.words("[role=status]")


def test_the_catalogue_goes_back_and_on_again(installed: Installed, browser: Browser) -> None:
    hand, first, now = Hand(browser, "main"), digests(installed)[0], len(digests(installed))
    assert now > 1
    enter(browser, installed, "bureau")
    hand.at("body").go("事项目录")
    hand.go("目录版本")
    old = hand.near("第 1 版", "li")
    old.click("退回到这一版")
    old.type("理由（会留存）", "第 1 版之后的改动待核对")
    old.at(f"{old.within} form").go("退回到这一版")
    assert f"已退回，新的一版是第 {now + 1} 版。" in hand.read()
    assert "已暂停自动发布" in hand.read()
    assert digests(installed)[-1] == first
    hand.near(f"第 {now + 1} 版", "li").go("改了什么")
    assert f"第 {now} 版到第 {now + 1} 版改了什么" in hand.read()
    assert re.search(r"\d 处变化", hand.read()) is not None
    hand.go("返回各版")
    hand.type("理由（会留存）", "已核对")
    hand.go("恢复发布")
    assert "已恢复发布。" in hand.read()
    hand.go("发布新的一版")
    assert f"已发布第 {now + 2} 版。" in hand.read()
    assert digests(installed)[-1] != first


def digests(installed: Installed) -> list[str]:
    """What each version of the catalogue says, the oldest first."""
    query = text("SELECT digest FROM catalog.version ORDER BY number")
    return [row[0] for row in installed.rows(query)]


def test_the_catalogue_answers_its_questions(installed: Installed, browser: Browser) -> None:
    """Each table has as many rows as the API gives."""
    hand = Hand(browser, "main")
    enter(browser, installed, "bureau")
    browser.open(f"{portal(installed)}/catalog/ask")
    for name, words in (
        ("unused", "哪些事项多年没有办件"),
        ("more-materials", "哪些县区多要了材料"),
        ("package", "一件事：几个事项合起来要什么"),
        ("next-system", "下一个接哪个系统最划算"),
        ("unsatisfied", "哪些材料没有数据能满足"),
    ):
        hand.go(words)
        assert browser.words("h1") == words
        rows = installed.platform.asking.table(name, About(3, None, False, [])).rows
        assert f"{len(rows):,} 行" in hand.read() if rows else "没有这样的行" in hand.read()
        hand.go("返回目录问答")


def test_a_calling_system_is_let_in_by_two_persons(installed: Installed, browser: Browser) -> None:
    hand, today = Hand(browser, "main"), city_day(installed)
    enter(browser, installed, "bureau")
    hand.at("body").go("共享权限")
    hand.click("为调用系统申请授权")
    for label, said in (
        ("代号", "walk_hall"),
        ("名称", "大厅自助终端"),
        ("密钥的名字", "WALK_HALL_KEY"),
        ("事项", "*"),
        ("证照类型", FOOD),
        ("网段", "10.36.0.0/16"),
        ("每分钟最多（次）", "60"),
        ("每天最多（次）", "5000"),
        ("依据文号", "赣市数字〔2026〕走查1号"),
    ):
        hand.type(label, said)
    hand.choose("所属部门", "市市场监督管理局")
    hand.day("从哪天起", f"{today}")
    hand.day("到哪天（含）", f"{today + timedelta(days=30)}")
    hand.click("查免提交方案")
    hand.go("提出申请")
    assert "已提出，等待另一人批准。" in hand.read()
    assert "您提出的，须由另一人批准" in hand.near("大厅自助终端", "tr").read()
    with colleague(installed, "bureau2", "bureau") as second:
        enter(browser, installed, second)
        browser.open(f"{portal(installed)}/rights/callers")
        hand.near("大厅自助终端", "tr").go("批准")
    assert "已批准。" in hand.read()
    (grant,) = (one for one in installed.platform.callers.listed() if one.code == "walk_hall")
    assert (grant.by, grant.approved_by) == ("bureau", "bureau2")
    enter(browser, installed, "bureau")
    browser.open(f"{portal(installed)}/rights/callers")
    mine = hand.near("大厅自助终端", "tr")
    mine.type("原因", "走查结束")
    mine.go("暂停")
    assert "已暂停，不再受理它的调用。" in hand.read()
    assert "走查结束" in hand.near("大厅自助终端", "tr").read()


def test_a_court_order_needs_two_and_its_look_is_told(
    installed: Installed, browser: Browser
) -> None:
    hand, today = Hand(browser, "main"), city_day(installed)
    firm, document = papers(installed, BUSINESS)[0], "（2026）赣07执走查1号"
    with colleague(installed, "bureau2", "bureau") as second:
        enter(browser, installed, "bureau")
        browser.open(f"{portal(installed)}/rights/orders")
        hand.click("登记一份调取文书")
        new = hand.near("登记一份调取文书", "details")
        new.click("法院")
        new.type("文书编号", document)
        new.type("证照类型", BUSINESS)
        new.day("从哪天起", f"{today}")
        new.day("到哪天（含）", f"{today + timedelta(days=30)}")
        new.type("单位统一社会信用代码（一行一个）", firm.number)
        new.go("登记")
        assert "已登记。" in hand.read()
        assert firm.number not in browser.run("document.documentElement.outerHTML")
        enter(browser, installed, second)
        browser.open(f"{portal(installed)}/rights/orders")
        hand.near(document, "tr").go("确认")
        assert "已确认" in hand.read()
        mine = hand.near(document, "tr")
        mine.click("调取")
        mine.click("企业或单位")
        mine.type("对象的号码", firm.number)
        mine.go("按文书调取")
        assert "这次调取已留痕，并已告警。" in hand.read()
        assert firm.name in hand.read()
    done = [one["event"] for one in installed.entries() if one["actor"] == "bureau2"]
    assert done[-2:] == ["order.confirmed", "order.looked"]
    enter(browser, installed, "bureau")
    browser.open(f"{portal(installed)}/rights/orders")
    hand.go("查看告警")
    told = [one for one in installed.platform.rights.alarms() if one.kind == "order_look"]
    assert told
    alarm = hand.at(f"#a-{told[-1].id}")
    alarm.type("核查情况", "与文书一致")
    alarm.go("结束")
    assert "已结束。" in hand.read()
    assert told[-1].id not in {one.id for one in installed.platform.rights.alarms()}


def test_a_line_of_the_roster_is_recorded_and_ended(installed: Installed, browser: Browser) -> None:
    hand, today, document = Hand(browser, "main"), city_day(installed), "三定方案走查1号"
    enter(browser, installed, "bureau")
    browser.open(f"{portal(installed)}/rights/roster")
    hand.click("登记一条分工")
    new = hand.near("登记一条分工", "details")
    new.choose("岗位", "市公安局受理窗口（ga-01）")
    new.type("事项", "*")
    new.type("依据文号", document)
    new.day("从哪天起", f"{today + timedelta(days=1)}")
    new.go("登记")
    assert document in hand.read()
    (line,) = (one for one in installed.platform.rights.roster() if one.document == document)
    row = hand.at(f"tr:has(form[action='/rights/roster/{line.id}/end'])")
    row.day("到哪天（含，不限可不填）", f"{today + timedelta(days=2)}")
    row.go("结束")
    assert "已结束。" in hand.read()
    (line,) = (one for one in installed.platform.rights.roster() if one.document == document)
    assert line.until == today + timedelta(days=2)
