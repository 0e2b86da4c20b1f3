"""The catalogue's pages in a real Chromium: by key, narrow, without script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kernel.house import House
from pipeline.cataloguing import Cataloguing
from pipeline.exchanging import Exchanging
from pipeline.judging import Judging
from registry import accounts
from tests.catalog.judging.people import BUREAU, OFFICER, say, start
from tests.portal.browser import DESK, PHONE, Browser
from tests.portal.fake import FakePlatform
from tests.portal.screens import sign_in
from tests.portal.serving import serving

pytestmark = pytest.mark.needs("chromium")
NAMES = "/catalog/names"
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with Browser() as browser:
        yield browser


@pytest.fixture
def platform(house: House) -> FakePlatform:
    """A unified catalogue that was never published."""
    start(house)
    with house.engine.begin() as conn:
        for one in (BUREAU, OFFICER):
            accounts.save_account(conn, one, "a password")
    made = FakePlatform()
    made.judging = Judging(house)
    made.cataloguing, made.exchanging = Cataloguing(house), Exchanging(house)
    return made


@pytest.fixture
def url(platform: FakePlatform) -> Iterator[str]:
    with serving(platform) as address:
        yield address


@pytest.fixture
def browser(chromium: Browser) -> Browser:
    """The same Chromium, signed out, its memory of events empty."""
    chromium.call("Network.clearBrowserCookies")
    chromium.call("Emulation.setScriptExecutionDisabled", value=False)
    chromium.resize(DESK)
    chromium.events.clear()
    return chromium


def key(browser: Browser, digit: str) -> None:
    """Press a digit."""
    for kind in ("keyDown", "keyUp"):
        text = {"text": digit} if kind == "keyDown" else {}
        browser.call("Input.dispatchKeyEvent", type=kind, key=digit, **text)


CHOSEN = "(document.querySelector('input[name=relation]:checked') || {}).value || ''"


def test_a_key_chooses_an_answer_enter_sends_it_and_typing_chooses_nothing(
    browser: Browser, url: str, platform: FakePlatform
) -> None:
    asked = platform.judging.questions(None, "item", 50, 0)
    of = next(one.key for one in asked if one.name == "挖沙手续")
    sign_in(browser, url, "bureau")
    browser.open(f"{url}{NAMES}?of={of}")
    for digit, word in (("1", "same"), ("3", "narrower"), ("6", "none")):
        key(browser, digit)
        assert browser.run(CHOSEN) == word
    browser.run("document.getElementById('why').focus()")
    key(browser, "1")
    assert browser.run(CHOSEN) == "none"
    assert browser.run("document.getElementById('why').value") == "1"
    browser.run("window.leaving = true")
    browser.press("Enter")
    browser.until("!window.leaving && document.querySelector('.done') !== null")
    assert "第 1 号判断已生效" in browser.run("document.querySelector('.done').textContent")
    browser.submit("document.querySelector('.done form').requestSubmit()")
    assert "已撤销" in browser.run("document.querySelector('.done').textContent")
    assert of in {one.key for one in platform.judging.questions(None, "item", 50, 0)}
    assert browser.complaints() == []


def test_a_value_is_copied_by_its_button(browser: Browser, url: str) -> None:
    sign_in(browser, url, "clerk")
    browser.open(f"{url}/clerk/cases/3607/form")
    browser.run("document.querySelector('[data-copy]').focus()")
    browser.press("Enter")
    browser.until("document.querySelector('[data-copy]').textContent === '已复制'")
    assert browser.complaints() == []


def test_no_page_over_a_real_catalogue_is_wider_than_its_window(
    browser: Browser, url: str, house: House
) -> None:
    say(house, OFFICER, "F1", "none")
    sign_in(browser, url, "bureau")
    paths = (NAMES, f"{NAMES}/waiting", f"{NAMES}/contradictions", "/catalog/versions")
    for size in (DESK, PHONE):
        browser.resize(size)
        for path in paths:
            browser.open(url + path)
            assert browser.run(WIDE) <= 0, (path, size)
            assert browser.run("document.querySelectorAll('h1').length") == 1, path
    assert browser.complaints() == []


def test_without_script_a_name_is_judged_and_taken_back(
    browser: Browser, url: str, platform: FakePlatform
) -> None:
    sign_in(browser, url, "bureau")
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(f"{url}{NAMES}?of=X1")
    for_script = "[...document.querySelectorAll('.needs-script')].every((b) => !b.offsetParent)"
    assert browser.run(for_script)
    browser.run("document.querySelector('input[value=none]').checked = true")
    browser.run("document.getElementById('why').value = '只有本地有'")
    browser.submit("document.getElementById('answer').requestSubmit()")
    assert "已生效" in browser.run("document.querySelector('.done').textContent")
    browser.submit("document.querySelector('.done form').requestSubmit()")
    assert "已撤销" in browser.run("document.querySelector('.done').textContent")
    assert platform.judging.waiting(None) == []
