"""A clerk's paths, walked in a real Chromium over the running platform (docs/tours.md)."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from kernel.clock import system_clock
from registry.accounts import posts
from tests.e2e.hand import Hand
from tests.e2e.installed import Installed
from tests.e2e.people import BUSINESS, ESTATE, MEDICAL, case_of, line_of, papers
from tests.e2e.walking import city_day, enter, example_case, portal, until_path
from tests.portal.browser import Browser

pytestmark = pytest.mark.needs("chromium")


def test_a_clerk_comes_out_of_the_one_window_and_fetches_a_copy(
    installed: Installed, browser: Browser
) -> None:
    browser.open(f"{installed.house.settings.city_url}/desk")
    hand = Hand(browser, "main")
    hand.click("收件，并去中台看材料")
    case = until_path(browser, "/clerk/cases/").rsplit("/", 1)[-1]
    assert case != example_case(installed)
    assert "营业执照" in browser.words(".group.is-waived")
    line = hand.near(BUSINESS, "li")
    line.click("调取加注件")
    browser.until("document.getElementById('preview').open")
    assert browser.run("document.querySelector('#preview iframe').src").startswith("blob:")
    browser.press("Escape")
    browser.until("!document.getElementById('preview').open")
    asked = len(installed.entries())
    line.click("再看一次")  # asks nobody again
    browser.until("document.getElementById('preview').open")
    assert len(installed.entries()) == asked
    entry = [one for one in installed.entries() if one.get("case") == case][-1]
    assert (entry["event"], entry["actor"]) == ("look.granted", "clerk")


def test_a_clerk_opens_a_case_with_two_fields_by_keyboard(
    installed: Installed, browser: Browser
) -> None:
    firm = papers(installed, BUSINESS)[0]
    enter(browser, installed, "clerk")
    browser.until("document.activeElement.id === 'item_text'")
    assert "办什么事" in browser.words()
    browser.type("spjyxk")  # 食品经营许可 by its initials
    browser.until("document.querySelectorAll('#item-list li').length > 0")
    browser.press("Enter")
    browser.until("document.activeElement.id === 'applicant_number'")
    browser.type(firm.number)
    browser.fill(applicant_name=firm.name)
    begun = system_clock()
    browser.run("window.leaving = true")
    browser.press("Enter")
    browser.until("!window.leaving && document.readyState === 'complete'")
    assert browser.run("location.pathname").startswith("/clerk/cases/")
    assert system_clock() - begun < timedelta(seconds=10)
    assert "食品" in browser.words("h1")
    assert not [address for address in browser.asked() if firm.number in address]


def test_what_the_clerk_says_and_hands_over(installed: Installed, browser: Browser) -> None:
    """Turned to the applicant, the form, a paper demanded anyway and taken back."""
    plan = f"{portal(installed)}/clerk/cases/{example_case(installed)}"
    enter(browser, installed, "clerk")
    hand = Hand(browser, "main")
    browser.open(plan)
    assert "需要带来" in hand.read()
    hand.go("给申请人看")
    assert "营业执照" in browser.words(".group.is-waived")
    hand.go("返回办理")
    demand = "#g-demand form[action*='/demand']"
    browser.run("document.getElementById('g-demand').open = true")
    browser.run(f"document.querySelector(\"{demand} select\").value = 'law_asks'")
    browser.submit(f'document.querySelector("{demand}").requestSubmit()')
    assert "法规或上级要求收取原件" in browser.words("#g-demand")
    browser.submit(f'document.querySelector("{demand}").requestSubmit()')
    assert "法规或上级要求收取原件" not in browser.run(
        "[...document.querySelectorAll('#g-demand .strong')].map((p) => p.innerText).join()"
    )
    hand.go("填写表单")
    assert browser.words("h1").endswith("申请表单")
    form = installed.platform.forms.of_case(installed.account("clerk"), example_case(installed))
    assert [one.name for one in form.fields if one.name not in hand.read()] == []


def test_a_receiving_window_learns_satisfied_or_not_and_no_data(
    installed: Installed, browser: Browser
) -> None:
    browser.open(f"{installed.house.settings.city_url}/desk?user=window")
    browser.run("document.querySelector('form[action=\"/desk/go\"] button').click()")
    until_path(browser, "/clerk/cases/")
    assert browser.run("document.querySelectorAll('.group').length") > 0
    assert browser.run("document.querySelector('.fetch')") is None
    browser.open(f"{portal(installed)}/ops")
    assert "给其他岗位用" in browser.words()
    browser.events.clear()  # the refusal was wanted


def test_a_receipt_names_what_is_not_asked_and_what_is(
    installed: Installed, browser: Browser
) -> None:
    case = example_case(installed)
    plan = installed.platform.plan(installed.account("clerk"), case)
    hand = Hand(browser, ".slip")
    enter(browser, installed, "clerk")
    browser.open(f"{portal(installed)}/clerk/cases/{case}")
    hand.at("main").go("打印回执")
    text = hand.read()
    free, asked = text.split("免提交，已由部门数据核验")[1].split("收取的材料")
    for line in plan.lines:
        if line.verdict != "not_needed":
            assert line.name in (free if line.verdict == "waived" else asked), line.name
    assert case in text
    hand.at("main").go("返回办理")
    assert hand.at("main").here() == f"/clerk/cases/{case}"


def test_two_cases_of_one_applicant_are_one_list_and_one_form(
    installed: Installed, browser: Browser
) -> None:
    cases = cases_of_one(installed)
    clerk, hand = installed.account("clerk"), Hand(browser, "main")
    enter(browser, installed, "clerk")
    assert "我的办件" in hand.read()
    for case in cases:
        hand.tick(f'input[name=case][value="{case}"]')
    hand.go("合并办理勾选的办件")
    assert browser.words("h1") == "一件事：合并清单"
    plans = [installed.platform.plan(clerk, case) for case in cases]
    wanted = [{one.name for one in plan.lines if one.verdict != "not_needed"} for plan in plans]
    found = re.search(r"共要 (\d+) 份材料，合并后 (\d+) 份，少交 (\d+) 份", hand.read())
    assert found is not None
    asked, once, saved = map(int, found.groups())
    assert (asked, asked - once) == (sum(map(len, wanted)), saved)
    shown = browser.run("document.querySelector('.groups').querySelectorAll('h3').length")
    assert (shown, saved > 0) == (once, True)
    assert "一张表单" in hand.read()
    last = [one for one in installed.entries() if one["actor"] == "clerk"][-len(cases) :]
    assert {one["case"] for one in last} == set(cases)


def test_a_scan_compared_once_need_not_be_brought_again(
    installed: Installed, browser: Browser, tmp_path: Path
) -> None:
    firm = papers(installed, BUSINESS, ESTATE, has_other=False)[-1]
    first, next_one = case_of(installed, firm), case_of(installed, firm)
    hand, at = Hand(browser, "main"), f"{portal(installed)}/clerk/cases"
    enter(browser, installed, "clerk")
    browser.open(f"{at}/{first}")
    assert ESTATE in browser.words(".group.is-bring")
    hand.click("核对原件后留存扫描件")
    paper = tmp_path / "scan.pdf"
    paper.write_bytes(b"%PDF-1.4 a scan that was compared with its original")
    scan = hand.at("#g-scan")
    scan.file("扫描件（PDF，不超过 20 MB）", paper)
    scan.click("我已当面核对原件，扫描件与原件一致")
    scan.go("留存扫描件")
    browser.open(f"{at}/{next_one}")
    assert ESTATE in browser.words(".group.is-waived")
    assert "核对过不动产权证书原件" in browser.words(".group.is-waived")
    assert line_of(installed, next_one, ESTATE).scan is not None
    browser.run(f"document.querySelector('.fetch[data-name=\"{ESTATE}\"]').click()")
    browser.until("document.getElementById('preview').open")
    browser.press("Escape")
    used = installed.entries()[-1]
    assert (used["event"], used["case"]) == ("scan.used", next_one)
    hand.click("扫描件核对有误")
    hand.go("作废扫描件")
    assert ESTATE in browser.words(".group.is-bring")
    assert line_of(installed, first, ESTATE).verdict == "bring"


def test_an_agent_comes_with_a_mandate_and_it_is_revoked(
    installed: Installed, browser: Browser
) -> None:
    firm, agent = papers(installed, BUSINESS)[-1], papers(installed, MEDICAL, holder="person")[0]
    case = case_of(installed, firm)
    hand = Hand(browser, "main")
    enter(browser, installed, "clerk")
    browser.open(f"{portal(installed)}/clerk/cases/{case}")
    hand.go("代办与同意")
    hand.type("代办人号码", agent.number)
    hand.type("授权委托书编号或名称", "授权委托书〔2026〕走查1号")
    hand.day("到哪天（含）", f"{city_day(installed) + timedelta(days=30)}")
    hand.go("登记代办人")
    assert "有有效的授权委托。" in hand.read()
    assert agent.number not in browser.run("document.documentElement.outerHTML")
    hand.type("撤销原因", "委托人来电撤销")
    hand.go("撤销")
    assert "没有有效的授权委托" in hand.read()
    hand.go("返回本办件")
    assert "授权" in hand.read()
    assert browser.run("document.querySelectorAll('.group').length") == 0
    browser.events.clear()  # the refusal was wanted
    browser.open(f"{portal(installed)}/clerk/cases/{case}/people")
    hand.go("改为申请人本人前来")
    hand.go("返回本办件")
    assert BUSINESS in browser.words(".group.is-waived")


def test_a_case_is_given_to_another_window_and_taken_back(
    installed: Installed, browser: Browser
) -> None:
    case, other = case_of(installed, papers(installed, BUSINESS)[-1]), posts()["xzsp-01"]
    hand = Hand(browser, "main")
    enter(browser, installed, "clerk")
    browser.open(f"{portal(installed)}/clerk/cases/{case}")
    hand.go("交给其他窗口")
    hand.choose("哪个窗口", other.name)
    hand.type("收件地", "于都县")
    hand.type("依据的文号或协议", "代收代办协议〔2026〕走查1号")
    hand.go("交给这个窗口")
    assert "已交给这个窗口" in hand.read()
    assert other.name in hand.near("已交给", "section").read()
    hand.go("收回")
    assert "已收回，对方现在起不能再办理。" in hand.read()
    told = [one for one in installed.entries() if one.get("case") == case]
    assert [one["event"] for one in told][-2:] == ["right.recorded", "right.revoked"]


def cases_of_one(installed: Installed) -> list[str]:
    """Two open cases of the worked example's applicant at the clerk's posts."""
    firm = installed.applicant(example_case(installed))
    mine = installed.house.holder_hash(firm["kind"], firm["applicant_number"])
    query = text(
        "SELECT DISTINCT case_number FROM landing.case WHERE holder_hash = :mine"
        " AND post = ANY(:posts) AND state IN ('accepted', 'deciding') AND deleted_at IS NULL"
        " ORDER BY 1"
    )
    posts = [one.code for one in installed.account("clerk").posts]
    return [row[0] for row in installed.rows(query, mine=mine, posts=posts)][:2]
