"""Every role's path, walked in a real Chromium over the running platform and its sandbox city.

docs/tours.md says the same paths to people. Answers are the platform's own: nothing stands in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kernel.clock import system_clock
from pipeline.sync import sync
from tests.e2e.installed import Installed
from tests.e2e.people import BUSINESS, example, papers
from tests.e2e.walking import HOLDER, enter, example_case, until_path
from tests.portal.browser import DESK, PHONE, Browser

pytestmark = pytest.mark.needs("chromium")
NEW = "walker"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with Browser() as browser:
        yield browser


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """The same Chromium, signed out; what it was told went wrong fails the test."""
    chromium.call("Network.clearBrowserCookies")
    chromium.script(True)
    chromium.resize(DESK)
    chromium.events.clear()
    yield chromium
    assert chromium.complaints() == []


def portal(installed: Installed) -> str:
    return installed.house.settings.portal_url


def test_a_clerk_comes_out_of_the_one_window_and_fetches_a_copy(
    installed: Installed, browser: Browser
) -> None:
    browser.open(f"{installed.house.settings.city_url}/desk")
    browser.run("document.querySelector('form[action=\"/desk/new\"] button').click()")
    case = until_path(browser, "/clerk/cases/").rsplit("/", 1)[-1]
    assert case != example_case(installed)
    assert "营业执照" in browser.words(".group.is-waived")
    browser.run(f"document.querySelector('.fetch[data-name=\"{BUSINESS}\"]').click()")
    browser.until("document.getElementById('preview').open")
    assert browser.run("document.querySelector('#preview iframe').src").startswith("blob:")
    browser.press("Escape")
    browser.until("!document.getElementById('preview').open")
    entry = [one for one in installed.entries() if one.get("case") == case][-1]
    assert (entry["event"], entry["actor"]) == ("look.granted", "clerk")


def test_a_clerk_opens_a_case_with_two_fields_by_keyboard(
    installed: Installed, browser: Browser
) -> None:
    firm = papers(installed, BUSINESS)[0]
    enter(browser, installed, "clerk")
    browser.until("document.activeElement.id === 'item_text'")
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
    browser.open(f"{plan}?show=applicant")
    assert "营业执照" in browser.words(".group.is-waived")
    browser.click("a[href='?']")
    demand = "#g-demand form[action*='/demand']"
    browser.run("document.getElementById('g-demand').open = true")
    browser.run(f"document.querySelector(\"{demand} select\").value = 'law_asks'")
    browser.submit(f'document.querySelector("{demand}").requestSubmit()')
    assert "法规或上级要求收取原件" in browser.words("#g-demand")
    browser.submit(f'document.querySelector("{demand}").requestSubmit()')
    assert "法规或上级要求收取原件" not in browser.run(
        "[...document.querySelectorAll('#g-demand .strong')].map((p) => p.innerText).join()"
    )
    browser.open(f"{plan}/form")
    assert browser.run("document.querySelectorAll('main h1').length") == 1


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


def test_an_officer_goes_from_the_systems_to_the_names(
    installed: Installed, browser: Browser
) -> None:
    enter(browser, installed, "officer")
    assert "市市场监督管理局" in browser.words()
    refused = "main a[href^='/dept/systems/'].main"
    if browser.run(f"!!document.querySelector({json.dumps(refused)})"):
        browser.click(refused)
        browser.run("document.querySelector('details summary').click()")
        assert browser.run("document.querySelector('details[open] .raw') !== null")
        assert browser.run("document.querySelector('a[href$=\"refused.xlsx\"]') !== null")
    browser.open(f"{portal(installed)}/dept/letter")
    assert "市市场监督管理局：" in browser.words()
    browser.open(f"{portal(installed)}/dept/corrections")
    browser.open(f"{portal(installed)}/catalog/names")
    if browser.run("document.getElementById('answer') !== null"):
        browser.press("5")
        browser.fill(why="需要业务处室确认")
        browser.submit("document.getElementById('answer').requestSubmit()")
        assert browser.run("document.querySelector('.done') !== null")


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
    for page in ("alarms", "report", f"systems/{code}/letter"):
        browser.open(f"{portal(installed)}/ops/{page}")
        assert browser.run("document.querySelectorAll('h1').length") == 1, page


def test_the_bureau_follows_a_figure_and_takes_in_complaints(
    installed: Installed, browser: Browser, tmp_path: Path
) -> None:
    enter(browser, installed, "bureau")
    browser.click(".counts a")
    assert browser.run("location.pathname") == "/bureau/rows"
    for page in ("coverage", "reasons", "overview", "screen"):
        browser.open(f"{portal(installed)}/bureau/{page}")
        assert browser.run("document.querySelectorAll('h1').length") == 1, page
    browser.open(f"{portal(installed)}/bureau/complaints")
    file = tmp_path / "tickets.csv"
    file.write_text("工单编号,日期,事项\nWALK-1,2026-11-20,食品经营许可\n", "utf-8")
    root = browser.call("DOM.getDocument")["root"]["nodeId"]
    field = browser.call("DOM.querySelector", nodeId=root, selector="#file")["nodeId"]
    browser.call("DOM.setFileInputFiles", nodeId=field, files=[str(file)])
    browser.submit("document.querySelector('form.filters').submit()")
    assert "1 条" in browser.words("[role=status]")


def test_an_applicant_is_brought_by_the_app_and_sees_what_is_theirs(
    installed: Installed, browser: Browser
) -> None:
    browser.resize(PHONE)
    enter(browser, installed, HOLDER)
    for door in ("looks", "consents", "code", "licences"):
        browser.open(f"{portal(installed)}/my")
        browser.click(f".doors a[href='/my/{door}']")
        assert browser.run("document.querySelectorAll('h1').length") == 1, door
        assert browser.run("document.querySelector('.errors')") is None, door
    browser.open(f"{portal(installed)}/my/needs")
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


def test_three_administrators_make_an_account_and_see_it_made(
    installed: Installed, browser: Browser
) -> None:
    enter(browser, installed, "sysadmin")
    browser.fill(name=NEW, display="走查员", person="WALK-1")
    browser.submit("document.querySelector('form[action=\"/admin/accounts\"]').requestSubmit()")
    first = browser.words(".secret")
    enter(browser, installed, "secadmin")
    row = f"form[action='/admin/accounts/{NEW}/grant']"
    browser.run(f'document.querySelector("{row} select[name=role]").value = "ops"')
    browser.submit(f'document.querySelector("{row}").requestSubmit()')
    browser.call("Network.clearBrowserCookies")
    browser.open(f"{portal(installed)}/login")
    browser.fill(name=NEW, password=first)
    browser.click("button.wide")
    assert browser.run("location.pathname") == "/account/password"
    enter(browser, installed, "auditor")
    assert NEW in browser.words()
    enter(browser, installed, "sysadmin")
    browser.submit(
        f"document.querySelector(\"form[action='/admin/accounts/{NEW}/disable']\").requestSubmit()"
    )


def test_anybody_verifies_a_copy_by_its_address(installed: Installed, browser: Browser) -> None:
    clerk, case = installed.account("clerk"), example(installed)["case"]
    plan = installed.platform.plan(clerk, case)
    line = next(one for one in plan.lines if one.verdict == "waived")
    copy = installed.platform.fetch(clerk, case, line.material_id, "办理该事项")
    browser.open(f"{portal(installed)}/verify/{copy.id}")
    assert browser.run("document.querySelector('.verdict.is-good') !== null")
