"""An officer's paths, walked in a real Chromium over the running platform (docs/tours.md)."""

from __future__ import annotations

import re

import pytest

from tests.e2e.hand import Hand
from tests.e2e.installed import Installed
from tests.e2e.people import BUSINESS, case_of, line_of, papers
from tests.e2e.walking import city_day, enter, portal
from tests.portal.browser import Browser

pytestmark = pytest.mark.needs("chromium")
WORKER = "特种设备作业人员证"
APPLIED = [("applied", "bureau")]


def test_an_officer_goes_from_the_systems_to_the_names(
    installed: Installed, browser: Browser
) -> None:
    enter(browser, installed, "officer")
    hand = Hand(browser, "main")
    assert "市市场监督管理局" in hand.read()
    browser.click("main a[href^='/dept/systems/'].main")
    assert "主要原因" in hand.read()
    browser.run("document.querySelector('details summary').click()")
    assert browser.run("document.querySelector('details[open] .raw') !== null")
    for deed in ("下载 Excel", "按现行约定重新检查"):
        assert deed in hand.read()
    hand.go("返回本部门系统")
    for page in ("数据质量月报", "谁查看过本部门的证照"):
        hand.go(page)
        assert browser.run("document.querySelectorAll('main h1').length") == 1, page
        hand.at("body").go("本部门系统")
    hand.at("body").go("事项目录")
    hand.go("同还是不同")
    if browser.run("document.getElementById('answer') !== null"):
        browser.press("5")
        browser.fill(why="需要业务处室确认")
        browser.submit("document.getElementById('answer').requestSubmit()")
        assert browser.run("document.querySelector('.done') !== null")


def test_a_use_is_refused_and_approved_again(installed: Installed, browser: Browser) -> None:
    """用证审批: what the officer says counts at the window at once."""
    case, hand = case_of(installed, papers(installed, BUSINESS)[0]), Hand(browser, "main")
    item, why = installed.platform.plan(installed.account("clerk"), case).item_id, "先核对共享目录"
    enter(browser, installed, "officer")
    hand.at("body").go("事项目录")
    hand.go("用证审批")
    hand.go(BUSINESS)
    tick = f'input[name=item][value="{item}"]'
    for _ in range(99):
        if browser.run(f"document.querySelector('{tick}') !== null"):
            break
        hand.go("下一页")
    hand.tick(tick)
    hand.type("理由（同意可以不写）", why)
    hand.go("不同意勾选的事项")
    assert "已答复 1 个事项：不同意。" in hand.read()
    assert line_of(installed, case, BUSINESS).verdict == "could_be_waived"
    hand.go("未同意")
    assert why in hand.read()
    hand.tick(tick)
    hand.go("同意勾选的事项")
    assert "已同意 1 个事项，从现在起可以使用。" in hand.read()
    assert line_of(installed, case, BUSINESS).verdict == "waived"
    said = [one.state for one in installed.platform.uses.history(item, BUSINESS)]
    assert said[:2] == ["approved", "refused"]


def test_a_waiver_is_ended_proposed_confirmed_and_published(
    installed: Installed, browser: Browser
) -> None:
    """The officer's word and its document, then the bureau's list: in force only with both."""
    today, hand = f"{city_day(installed)}", Hand(browser, "main")
    enter(browser, installed, "officer")
    browser.open(f"{portal(installed)}/catalog/waivers")
    for step, said, why in (
        ("停止免提交", "已停止 1 类证照的免提交。", "证书正在换发"),
        ("提出可以免提交", "已提出 1 类证照，等待主管部门确认。", "换发已完成"),
    ):
        hand.click(step)
        part = hand.near(step, "details")
        part.click(WORKER)
        part.type("理由（会留存）", why)
        browser.submit(f"document.querySelector('{part.within} button.main').click()")
        assert said in hand.read()
    part = hand.near("确认可以免提交", "details")
    part.click(WORKER)
    part.type("文号", "赣市监函〔2026〕走查1号")
    part.day("文件日期", today)
    browser.submit(f"document.querySelector('{part.within} button.main').click()")
    assert "已确认 1 类证照，等待审批局公布清单。" in hand.read()
    assert standing(installed) == ("confirmed", False)
    enter(browser, installed, "bureau")
    browser.open(f"{portal(installed)}/catalog/waivers")
    part = hand.near("公布免提交清单", "details")
    part.click(f"{WORKER} 市市场监督管理局")
    part.type("文号", "赣市政数字〔2026〕走查1号")
    part.day("文件日期", today)
    browser.submit(f"document.querySelector('{part.within} button.main').click()")
    assert "号免提交清单。" in hand.read()
    assert standing(installed) == ("published", True)
    hand.go(WORKER)
    assert "赣市监函〔2026〕走查1号" in hand.read()


def standing(installed: Installed) -> tuple[str, bool]:
    """How far the waiver is, and whether it counts."""
    rows = installed.platform.waiving.rows()
    return next((one.state, one.in_force) for one in rows if one.licence_type == WORKER)


def test_what_a_clerk_reports_is_answered_and_the_clerk_is_told(
    installed: Installed, browser: Browser
) -> None:
    firm, hand = papers(installed, BUSINESS)[1], Hand(browser, "main")
    case = case_of(installed, firm)
    enter(browser, installed, "clerk")
    browser.open(f"{portal(installed)}/clerk/cases/{case}")
    hand.click("证照有误")
    report = hand.near("证照有误", "details").near(BUSINESS, "form")
    report.choose("哪个字段不对", "住所")
    report.type("怎样不对（不写证件号码）", "与经营场所不一致")
    report.go("报主管部门校核")
    assert line_of(installed, case, BUSINESS).verdict == "bring"
    enter(browser, installed, "officer")
    hand.go("待答复的校核")
    asked = hand.near(f"{BUSINESS} · 住所", "li")
    assert case in asked.read()
    asked.click("核实无误，不予更正")
    asked.type("答复理由", "与登记档案一致")
    asked.go("答复")
    enter(browser, installed, "clerk")
    told = hand.at("section.card:has(#messages-title)")
    assert f"办件 {case} 报校核的营业执照" in told.read()
    told.go("知道了")
    assert line_of(installed, case, BUSINESS).verdict == "waived"


def test_a_system_is_registered_by_the_form(installed: Installed, browser: Browser) -> None:
    """Sent with a gap first: nothing of what was typed is lost."""
    hand = Hand(browser, "main")
    enter(browser, installed, "officer")
    hand.go("登记一个新系统")
    hand.type("系统名称", "市餐具集中消毒备案系统")
    hand.click("市级")
    hand.type("系统是做什么的", "办理餐具集中消毒单位备案")
    hand.type("共享依据", "《赣州市政务数据共享目录》（沙盒示例）")
    hand.click("有条件共享")
    hand.type("数据从哪天起完整", "2020-01-01")
    hand.choose("数据多久变化一次", "每天")
    hand.click("可以提供数据副本")
    hand.go("提交登记表")
    assert browser.run("document.querySelector('.errors') !== null")
    browser.events.clear()  # the refusal was wanted
    hand.type("联系岗位", "市市场监督管理局餐饮科数据岗")
    hand.go("提交登记表")
    code = re.search(r"sc_new\d+", hand.read())
    assert code is not None
    rows = installed.platform.registering.rows()
    assert [(one.state, one.waits_for) for one in rows if one.code == code[0]] == APPLIED
    hand.go("返回本部门系统")
    assert "市餐具集中消毒备案系统" in hand.read()
