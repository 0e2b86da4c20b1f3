"""The pages of counties' deviations in a real Chromium: desk and phone, without script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from catalog.judging.wishes import Wanted
from kernel.house import House
from tests.catalog.judging.people import OFFICER
from tests.catalog.town import FOOD
from tests.portal.browser import DESK, PHONE, Browser
from tests.portal.fake import FakePlatform
from tests.portal.screens import sign_in
from tests.portal.serving import serving
from tests.portal.test_catalog_browser import WIDE
from tests.portal.test_counties_pages import DOCUMENT, ITEMS, PAGE, WISHES, platform, states

__all__ = ["platform"]
pytestmark = pytest.mark.needs("chromium")


@pytest.fixture
def url(platform: FakePlatform) -> Iterator[str]:
    wanted = Wanted("rename", (FOOD,), ("食品经营许可核发",), "各县都这样叫，办事指南也这样写")
    platform.judging.wish(OFFICER, wanted)
    with serving(platform) as address:
        yield address


@pytest.fixture
def browser() -> Iterator[Browser]:
    with Browser() as made:
        yield made


def test_no_page_is_wider_than_its_window(browser: Browser, url: str) -> None:
    sign_in(browser, url, "bureau")
    for size in (DESK, PHONE):
        browser.resize(size)
        for path in (ITEMS, f"{ITEMS}?q=spjyxk", PAGE, WISHES):
            browser.open(url + path)
            assert browser.run(WIDE) <= 0, (path, size)
            assert browser.run("document.querySelectorAll('h1').length") == 1, path
    assert browser.complaints() == []


def test_without_script_a_deviation_is_accepted(browser: Browser, url: str, house: House) -> None:
    sign_in(browser, url, "bureau")
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(url + PAGE)
    browser.run("document.getElementById('d-3').value = '同意'")
    browser.run(f"document.querySelector('input[name=document]').value = '{DOCUMENT}'")
    browser.submit("document.querySelector('button[value=accepted]').click()")
    assert "已同意第 3 号差异" in browser.words()
    assert states(house)[3] == "accepted"
