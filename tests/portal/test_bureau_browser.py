"""The bureau's pages in a real Chromium: no sideways scrolling, by key, without script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.words.bureau import BUREAU_TABS
from tests.portal.browser import DESK, PHONE, Browser
from tests.portal.fake import FakePlatform
from tests.portal.screens import sign_in
from tests.portal.serving import serving

pytestmark = pytest.mark.needs("chromium")
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
BIG = (1920, 1080)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with Browser() as browser:
        yield browser


@pytest.fixture
def platform() -> FakePlatform:
    return FakePlatform()


@pytest.fixture
def url(platform: FakePlatform) -> Iterator[str]:
    with serving(platform) as address:
        yield address


@pytest.fixture
def browser(chromium: Browser, url: str) -> Browser:
    """The bureau signed in, in a Chromium that remembers nothing."""
    chromium.call("Network.clearBrowserCookies")
    chromium.call("Emulation.setScriptExecutionDisabled", value=False)
    chromium.resize(DESK)
    sign_in(chromium, url, "bureau")
    chromium.events.clear()
    return chromium


def test_no_page_scrolls_sideways_or_asks_outside(browser: Browser, url: str) -> None:
    for size, scale in ((DESK, 1.0), (PHONE, 1.0), (DESK, 2.0), (BIG, 1.0)):
        browser.resize(size, scale)
        for path in [*(href for href, _ in BUREAU_TABS), "/bureau/rows"]:
            browser.open(url + path)
            assert browser.run(WIDE) <= 0, (path, size, scale)
    assert browser.complaints() == []
    assert all(one.startswith((url, "data:")) for one in browser.asked())


def test_the_screen_is_on_one_page_of_the_wall_and_refreshes_itself(
    browser: Browser, url: str, platform: FakePlatform
) -> None:
    height = "document.documentElement.scrollHeight - window.innerHeight"
    for size in (BIG, DESK):
        browser.resize(size)
        browser.open(f"{url}/bureau/screen")
        assert browser.run(height) <= 0, size
    platform.bureau.stale = True
    with browser.hurried():
        browser.open(f"{url}/bureau/screen")
        browser.run("window.same = true")
        platform.bureau.empty = True
        browser.until("document.getElementById('screen').textContent.includes('还没有统计过')")
        assert browser.run("window.same") is True  # the page itself was not loaded again


def test_a_figure_is_followed_by_key_to_its_rows(browser: Browser, url: str) -> None:
    browser.open(f"{url}/bureau")
    browser.run("document.querySelector('.counts a').focus()")
    browser.run("window.leaving = true")
    browser.press("Enter")
    browser.until("!window.leaving && document.querySelectorAll('tbody tr').length === 50")
    assert browser.run("new URL(location.href).searchParams.get('outcome')") == "saved"


def test_a_table_of_complaints_is_handed_in_without_script(
    browser: Browser, url: str, platform: FakePlatform, tmp_path: Path
) -> None:
    browser.open(f"{url}/bureau/complaints")
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(f"{url}/bureau/complaints")
    file = tmp_path / "c.csv"
    file.write_text("工单编号,日期,事项\n", "utf-8")
    root = browser.call("DOM.getDocument")["root"]["nodeId"]
    field = browser.call("DOM.querySelector", nodeId=root, selector="#file")["nodeId"]
    browser.call("DOM.setFileInputFiles", nodeId=field, files=[str(file)])
    browser.run("document.querySelector('details').open = true")
    browser.run("document.querySelector('form.filters').submit()")
    browser.until("document.querySelector('[role=status]') !== null")
    assert platform.bureau.imported == [file.read_bytes()]
    assert "新增 2 条" in browser.run("document.querySelector('[role=status]').textContent")
