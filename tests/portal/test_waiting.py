"""What a page shows while something is still on its way, and when it never comes."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from portal.port import Account, AnnotatedCopy, ItemRow, Narrow
from tests.portal.browser import DESK, Browser
from tests.portal.fake import FakePlatform
from tests.portal.screens import sample_pdf, sign_in
from tests.portal.serving import serving
from tests.portal.test_live import RUN

pytestmark = pytest.mark.needs("chromium")
CASE = "/clerk/cases/3607002611201000"
SAID = "document.querySelector('[data-said]').textContent"
FETCH = "document.querySelector('.fetch')"
BESIDE = f"{FETCH}.nextElementSibling.textContent"


class Slow(FakePlatform):
    """Answers when the test lets it."""

    def __init__(self) -> None:
        super().__init__(pdf=sample_pdf())
        self.go = threading.Event()
        self.go.set()

    def search_items(self, account: Account, text: str) -> list[ItemRow]:
        self.go.wait(20)
        return super().search_items(account, text)

    def fetch(
        self,
        account: Account,
        case_number: str,
        material_id: str,
        purpose: str,
        narrow: Narrow | None = None,
    ) -> AnnotatedCopy:
        self.go.wait(20)
        return super().fetch(account, case_number, material_id, purpose, narrow)


@pytest.fixture
def platform() -> Iterator[Slow]:
    one = Slow()
    yield one
    one.go.set()


@pytest.fixture
def browser(platform: Slow) -> Iterator[Browser]:
    """Signed in as a clerk, on the first page."""
    with serving(platform) as url, Browser(DESK) as one:
        sign_in(one, url, "clerk")
        yield one


def address(browser: Browser) -> str:
    return str(browser.run("location.origin"))


def test_items_that_are_looked_for_say_so_until_they_are_there(
    browser: Browser, platform: Slow
) -> None:
    platform.go.clear()
    browser.run("document.getElementById('item_text').focus()")
    browser.type("食品")
    browser.until(f"{SAID} === '正在查找…'")
    platform.go.set()
    browser.until("document.querySelectorAll('#item-list li').length > 1")
    assert browser.run(SAID).startswith("找到")


def test_items_that_cannot_be_looked_for_say_why_and_what_to_do(
    browser: Browser, platform: Slow
) -> None:
    platform.away = True
    browser.run("document.getElementById('item_text').focus()")
    browser.type("食品")
    browser.until(f"{SAID}.includes('请过一会儿再试')")
    platform.away = False
    browser.type("经营")  # typing on asks anew
    browser.until("document.querySelectorAll('#item-list li').length > 1")


def test_without_a_server_the_form_can_still_be_filled_in(browser: Browser) -> None:
    browser.call("Network.emulateNetworkConditions", offline=True, latency=0,
                 downloadThroughput=-1, uploadThroughput=-1)  # fmt: skip
    browser.run("document.getElementById('item_text').focus()")
    browser.type("食品")
    browser.until(f"{SAID}.includes('可以先填完下面的内容')")


def test_a_copy_that_is_being_made_says_so_and_is_asked_for_once(
    browser: Browser, platform: Slow
) -> None:
    browser.open(address(browser) + CASE)
    platform.go.clear()
    browser.run(f"{FETCH}.click(); {FETCH}.click()")
    browser.until(f"{FETCH}.textContent === {FETCH}.dataset.busy")
    assert browser.run(f"{FETCH}.getAttribute('aria-disabled')") == "true"
    platform.go.set()
    browser.until("document.getElementById('preview').open")
    assert [call[0] for call in platform.calls].count("fetch") == 1


def test_a_copy_that_cannot_come_says_why_beside_its_button(
    browser: Browser, platform: Slow
) -> None:
    browser.open(address(browser) + CASE)
    platform.away = True
    browser.run(f"{FETCH}.click()")
    browser.until(f"{BESIDE}.includes('请过一会儿再试')")
    platform.away = False
    browser.call("Network.clearBrowserCookies")  # the session has ended meanwhile
    browser.run(f"{FETCH}.click()")
    browser.until(f"{BESIDE}.includes('登录已经过期')")
    assert browser.run(f"{FETCH}.getAttribute('aria-disabled')") is None


def test_a_systems_page_shows_no_counts_that_stand_still(browser: Browser, platform: Slow) -> None:
    browser.call("Network.clearBrowserCookies")
    where = address(browser)
    sign_in(browser, where, "ops")
    platform.ops.going = [RUN]
    browser.open(f"{where}/ops/systems/sc_food")
    browser.until("!document.querySelector('[data-stream]').hidden")
    platform.ops.steps = [None] * 99
    browser.until("document.querySelector('[data-stream]').hidden")
