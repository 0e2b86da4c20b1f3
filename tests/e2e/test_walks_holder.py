"""An applicant's paths and anybody's, walked in a real Chromium over the running platform."""

from __future__ import annotations

import pytest

from tests.e2e.hand import Hand
from tests.e2e.installed import Installed
from tests.e2e.people import BUSINESS, MEDICAL, Paper, case_of, example, line_of, papers
from tests.e2e.walking import HOLDER, app_users, enter, portal, until_path
from tests.portal.browser import DESK, PHONE, Browser

pytestmark = pytest.mark.needs("chromium")


def test_an_applicant_is_brought_by_the_app_and_sees_what_is_theirs(
    installed: Installed, browser: Browser
) -> None:
    browser.resize(PHONE)
    enter(browser, installed, HOLDER)
    hand = Hand(browser, "main")
    for door in ("谁看过我的证照", "授权与撤回", "亮证码", "证照有误"):
        browser.open(f"{portal(installed)}/my")
        hand.go(door)
        assert browser.run("document.querySelectorAll('h1').length") == 1, door
        assert browser.run("document.querySelector('.errors')") is None, door
    browser.open(f"{portal(installed)}/my")
    hand.go("我要带什么")
    browser.fill(words="开饭店")
    browser.click("button.main")
    browser.click("a[href^='/my/needs/']")
    for _ in range(9):
        if browser.run("document.querySelector('.answers button') === null"):
            break
        browser.click(".answers button")
    assert browser.words("h1").startswith("请带")
    browser.open(f"{portal(installed)}/my")
    browser.submit("document.querySelector('form[action$=\"/out\"]').requestSubmit()")
    browser.open(f"{portal(installed)}/my")
    assert "请从市民 App 进入" in browser.words()
    browser.events.clear()  # the answer 401 was wanted


def test_anybody_verifies_a_copy_by_its_address(installed: Installed, browser: Browser) -> None:
    clerk, case = installed.account("clerk"), example(installed)["case"]
    plan = installed.platform.plan(clerk, case)
    line = next(one for one in plan.lines if one.verdict == "waived")
    copy = installed.platform.fetch(clerk, case, line.material_id, "办理该事项")
    browser.open(f"{portal(installed)}/verify/{copy.id}")
    assert browser.run("document.querySelector('.verdict.is-good') !== null")


def test_a_code_shown_by_its_holder_lets_the_window_look_once(
    installed: Installed, browser: Browser
) -> None:
    """Of a licence that needs consent: not before, with the code, and with it no second time."""
    person, hand = papers(installed, MEDICAL, holder="person")[0], Hand(browser, "main")
    enter(browser, installed, "clerk2")
    case = opened(installed, browser, person)
    assert MEDICAL in browser.words(".group.is-could_be_waived")
    code = shown_code(installed, browser, person, case)
    enter(browser, installed, "clerk2")
    browser.open(f"{portal(installed)}/clerk/cases/{case}")
    hand.go("代办与同意")
    assert "本办件还没有取得同意。" in hand.read()
    hand.type("亮证码", code)
    hand.go("使用亮证码")
    assert "亮证码已使用" in hand.read()
    assert MEDICAL in browser.words("section.card:has(#consents)")
    hand.go("返回本办件")
    assert MEDICAL in browser.words(".group.is-waived")
    hand.go("代办与同意")
    hand.type("亮证码", code)
    hand.go("使用亮证码")
    assert browser.run("document.querySelector('.errors') !== null")
    browser.events.clear()  # a code is good once: the refusal was wanted
    enter_app(installed, browser, person.name)
    hand.go("授权与撤回")
    assert MEDICAL in hand.read()


def opened(installed: Installed, browser: Browser, person: Paper) -> str:
    """A case of an item that asks for the medical card, opened by the form; its number."""
    hand = Hand(browser, "main")
    hand.type("办什么事", "门诊费用报销")
    browser.until("document.querySelectorAll('#item-list li').length > 0")
    browser.press("Enter")
    hand.type("申请人证件号码", person.number)
    hand.type("申请人名称", person.name)
    hand.go("查看哪些材料不用交")
    return hand.here().rsplit("/", 1)[-1]


def shown_code(installed: Installed, browser: Browser, person: Paper, case: str) -> str:
    """What stands on the holder's telephone, for that case."""
    hand = Hand(browser, "main")
    enter_app(installed, browser, person.name)
    hand.go("亮证码")
    mine = hand.at(f"section.card:has(input[value='{case}'])")
    mine.go("出示：同意查看")
    assert MEDICAL in hand.read()
    assert browser.run("document.querySelector('.code-card svg') !== null")
    return browser.words(".shown-code").replace(" ", "")


def enter_app(installed: Installed, browser: Browser, name: str) -> None:
    """Be that person or firm, out of the city's app."""
    browser.call("Network.clearBrowserCookies")
    browser.open(f"{installed.house.settings.city_url}/app")
    hand = Hand(browser, "main")
    hand.choose("这是谁的手机", name)
    hand.click("打开“我的证照”")
    until_path(browser, "/my")
    browser.until("location.pathname === '/my' && document.readyState === 'complete'")


def test_a_holder_reports_a_licence_and_the_department_answers(
    installed: Installed, browser: Browser
) -> None:
    """Until the answer a window must see the original; after it the paper is free again."""
    firm = next(one for one in papers(installed, BUSINESS) if one.name in app_users(installed))
    case, why, hand = case_of(installed, firm), "成立日期与我的执照不符", Hand(browser, "main")
    browser.resize(PHONE)
    enter_app(installed, browser, firm.name)
    hand.go("证照有误")
    mine = hand.near(BUSINESS, "li")
    mine.click("报告错误")
    mine.choose("哪一项不对", "颁发日期")
    mine.type("怎样不对（不写证件号码）", why)
    mine.go("报主管部门")
    assert "处理中" in hand.near(BUSINESS, "li").read()
    assert "市市场监督管理局应在" in hand.near(BUSINESS, "li").read()
    assert line_of(installed, case, BUSINESS).verdict == "bring"
    browser.resize(DESK)
    enter(browser, installed, "officer")
    hand.go("待答复的校核")
    asked = hand.near(f"{BUSINESS} · 颁发日期", "li")
    assert why in asked.read()
    asked.click("核实无误，不予更正")
    asked.type("答复理由", "与登记档案一致")
    asked.go("答复")
    enter_app(installed, browser, firm.name)
    hand.go("证照有误")
    assert "核实无误，不予更正" in hand.near(BUSINESS, "li").read()
    assert line_of(installed, case, BUSINESS).verdict == "waived"
    told = [one["event"] for one in installed.entries() if one["event"].startswith("correction")]
    assert told[-2:] == ["correction.reported", "correction.answered"]
