"""The pages in a real Chromium: by keyboard, narrow, zoomed, without script."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from urllib.parse import quote

import pypdfium2
import pytest

from tests.portal.browser import DESK, PHONE, Browser
from tests.portal.fake import FIRM, NAME, FakePlatform
from tests.portal.screens import pages, sample_pdf, sign_in
from tests.portal.serving import serving
from tests.portal.test_live import RUN

pytestmark = pytest.mark.needs("chromium")
PAGES = pages("3607002611201000", "xzsp_construction", "sc_food")


@pytest.fixture(scope="module")
def platform() -> FakePlatform:
    return FakePlatform(pdf=sample_pdf())


@pytest.fixture(scope="module")
def url(platform: FakePlatform) -> Iterator[str]:
    with serving(platform) as address:
        yield address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with Browser() as browser:
        yield browser


@pytest.fixture
def browser(chromium: Browser) -> Browser:
    """The same Chromium, signed out, its memory of events empty."""
    chromium.call("Network.clearBrowserCookies")
    chromium.call("Emulation.setScriptExecutionDisabled", value=False)
    chromium.resize(DESK)
    chromium.events.clear()
    return chromium


def test_from_empty_to_the_plan_by_keyboard(
    browser: Browser, url: str, platform: FakePlatform
) -> None:
    sign_in(browser, url, "clerk")
    browser.until("document.activeElement.id === 'item_text'")
    browser.type("设立登记")
    browser.until("document.querySelectorAll('#item-list li').length === 2")
    browser.press("ArrowDown")
    browser.press("Enter")
    browser.until("document.activeElement.id === 'applicant_number'")
    assert browser.run("document.getElementById('item_text').value") == "分公司设立登记"
    browser.type(FIRM)
    browser.until("document.querySelector('[data-checked]').textContent.includes('企业')")
    browser.press("Tab")
    browser.press("Tab")
    browser.type(NAME)
    browser.run("window.leaving = true")
    browser.press("Enter")
    browser.until("!window.leaving && document.readyState === 'complete'")
    assert browser.run("location.pathname") == "/clerk/cases/YS360700261120001"
    call = ("open_case", "000125002001", "organisation", FIRM, NAME)
    assert call in platform.calls
    assert not [address for address in browser.asked() if FIRM in address]


def test_a_copy_opens_in_the_page_and_is_asked_for_once(
    browser: Browser, url: str, platform: FakePlatform
) -> None:
    sign_in(browser, url, "clerk")
    browser.open(f"{url}/clerk/cases/3607002611201000")
    before = len(platform.calls)
    browser.run("document.querySelector('.fetch').click()")
    browser.until("document.getElementById('preview').open")
    browser.press("Escape")
    browser.until("!document.getElementById('preview').open")
    browser.run("document.querySelector('.fetch').click()")
    browser.until("document.getElementById('preview').open")
    assert [call[0] for call in platform.calls[before:]] == ["fetch"]
    assert browser.complaints() == []


def test_enter_in_the_purpose_fetches_nothing(
    browser: Browser, url: str, platform: FakePlatform
) -> None:
    sign_in(browser, url, "clerk")
    browser.open(f"{url}/clerk/cases/3607002611201000")
    before = len(platform.calls)
    browser.run("document.getElementById('purpose').focus()")
    browser.press("Enter")
    browser.run("new Promise((done) => setTimeout(done, 100))")
    assert len(platform.calls) == before


@pytest.mark.parametrize("script", [True, False])
def test_another_sites_form_brings_a_clerk_to_the_plan(
    browser: Browser, url: str, platform: FakePlatform, script: bool
) -> None:
    """The one-window is another site: a strict cookie is set, and must be sent on the next page."""
    platform.tickets.used = False
    form = f'<form method=post action="{url}/in"><input name=ticket value=good><button>进入</form>'
    browser.open("data:text/html;charset=utf-8," + quote(form))
    browser.call("Emulation.setScriptExecutionDisabled", value=not script)
    browser.run("document.querySelector('button').click()")
    browser.until("location.pathname === '/clerk/cases/3607002611201000'")
    browser.until("document.readyState === 'complete'")
    assert "食品经营许可" in browser.run("document.body.innerText")


@pytest.mark.parametrize("name", list(PAGES))
def test_no_page_is_wider_than_its_window_or_asks_outside(
    browser: Browser, url: str, name: str
) -> None:
    if name:
        sign_in(browser, url, name)
    for size, scale in ((PHONE, 1.0), (DESK, 2.0)):
        browser.resize(size, scale)
        for _, path in PAGES[name]:
            browser.open(url + path)
            wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert browser.run(wide) <= 0, (path, size)
    assert all(address.startswith((url, "data:", "blob:")) for address in browser.asked())
    complaints = [text for text in browser.complaints() if "Failed to load resource" not in text]
    assert complaints == []


CONTROLS = """[...document.querySelectorAll('input:not([type=hidden]), button, a, iframe')]
  .filter((one) => one.offsetParent && !(one.labels && one.labels.length)
    && !one.textContent.trim() && !one.title && !one.getAttribute('aria-label'))
  .map((one) => one.outerHTML)"""


@pytest.mark.parametrize("name", list(PAGES))
def test_every_control_has_a_name_and_every_page_one_heading(
    browser: Browser, url: str, name: str
) -> None:
    if name:
        sign_in(browser, url, name)
    for _, path in PAGES[name]:
        browser.open(url + path)
        assert browser.run(CONTROLS) == [], path
        assert browser.run("document.querySelectorAll('h1').length") == 1, path
        twice = "[...document.querySelectorAll('[id]')].map((one) => one.id)"
        ids = browser.run(twice)
        assert len(ids) == len(set(ids)), path


def test_the_ops_page_refreshes_and_keeps_focus_and_filter(
    browser: Browser, url: str, platform: FakePlatform
) -> None:
    with browser.hurried():
        sign_in(browser, url, "ops")
    browser.run("document.querySelector('[data-chip=ok]').click()")
    browser.run("document.getElementById('s-xzsp_window').focus()")
    shown = "[...document.querySelectorAll('#tiles > li')].filter((one) => !one.hidden).length"
    assert browser.run(shown) == 40
    kept = platform.tiles
    platform.tiles = kept[:46]
    try:
        browser.until("document.querySelectorAll('#tiles > li').length === 49")
    finally:
        platform.tiles = kept
    assert browser.run(shown) == 39
    assert browser.run("document.activeElement.id") == "s-xzsp_window"


def test_the_ops_page_shows_what_runs_while_it_runs(
    browser: Browser, url: str, platform: FakePlatform
) -> None:
    sign_in(browser, url, "ops")
    hidden = "document.querySelector('[data-stream]').hidden"
    assert browser.run(hidden)
    platform.ops.going = [RUN]
    try:
        browser.until(f"!{hidden}")
        said = browser.run("document.querySelector('[data-now]').textContent")
        assert said == "食品经营许可管理系统 licence 已读 1,200 条，入库 1,190 条，问题数据 10 条"
    finally:
        platform.ops.going = []
    browser.until(hidden)


def test_the_ops_page_says_when_what_it_shows_is_old(
    browser: Browser, url: str, platform: FakePlatform
) -> None:
    with browser.hurried():
        sign_in(browser, url, "ops")
    said = "document.querySelector('[data-live]').textContent"
    assert browser.run(said) == "有变化时自动更新"
    platform.ops.steps, platform.away = [None] * 99, True
    try:
        browser.until(f"{said}.includes('连接中断')")
    finally:
        platform.ops.steps, platform.away = [], False
    browser.until(f"{said} === '有变化时自动更新'")


def test_a_systems_page_is_read_anew_when_its_run_has_ended(
    browser: Browser, url: str, platform: FakePlatform
) -> None:
    sign_in(browser, url, "ops")
    platform.ops.going = [RUN]
    try:
        browser.open(f"{url}/ops/systems/sc_food")
        browser.until("!document.querySelector('[data-stream]').hidden")
        browser.run("window.before = true")
    finally:
        platform.ops.going = []
    browser.until("!window.before && document.readyState === 'complete'")


@pytest.mark.parametrize("path", ["/ops/report", "/ops/systems/sc_food/letter"])
def test_what_is_to_be_printed_leaves_no_page_empty(browser: Browser, url: str, path: str) -> None:
    sign_in(browser, url, "ops")
    browser.open(url + path)
    made = browser.call("Page.printToPDF", preferCSSPageSize=True)["data"]
    with pypdfium2.PdfDocument(base64.b64decode(made)) as printed:
        texts = [page.get_textpage().get_text_range() for page in printed]
    assert all(text.strip() for text in texts)
    assert "退出" not in "".join(texts)  # the page's own head is not on the paper


def test_without_script_operations_work_too(
    browser: Browser, url: str, platform: FakePlatform
) -> None:
    sign_in(browser, url, "ops")
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(f"{url}/ops")
    said = browser.run("document.querySelector('.no-script').offsetHeight > 0")
    assert said
    browser.open(f"{url}/ops/systems/sc_food")
    browser.run("document.getElementById('why').value = '源系统迁移'")
    browser.run("document.querySelector('form[action$=pause] button').click()")
    browser.until("location.search === '?done=paused'")
    platform.ops.paused.clear()


def test_without_script_a_case_still_opens(
    browser: Browser, url: str, platform: FakePlatform
) -> None:
    sign_in(browser, url, "clerk")
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(f"{url}/clerk")
    fill = """((values) => { for (const [k, v] of Object.entries(values))
      document.getElementsByName(k)[0].value = v })"""
    who = f"{{applicant_number: '{FIRM}', applicant_name: '{NAME}'}}"
    browser.run(f"{fill}({who})")
    browser.run(f"{fill}({{item_text: '设立登记'}})")
    browser.run("document.querySelector('[data-open] button.main').click()")
    browser.until("document.querySelectorAll('[name=item_pick]').length === 2")
    browser.run("document.querySelectorAll('[name=item_pick]')[1].click()")
    browser.run("document.querySelector('[data-open] button.main').click()")
    browser.until("location.pathname.startsWith('/clerk/cases/')")


def test_what_the_applicant_takes_home_is_printed_on_half_a_sheet(
    browser: Browser, url: str
) -> None:
    sign_in(browser, url, "clerk")
    browser.open(f"{url}/clerk/cases/3607002611201000?show=applicant")
    made = browser.call("Page.printToPDF", preferCSSPageSize=True)["data"]
    with pypdfium2.PdfDocument(base64.b64decode(made)) as printed:
        sizes = {tuple(round(side) for side in page.get_size()) for page in printed}
        texts = [page.get_textpage().get_text_range() for page in printed]
    assert sizes == {(420, 595)}  # A5 in points
    assert all(text.strip() for text in texts)
    whole = "".join(texts)
    for said in ("营业执照", "经营场所平面布置图", "3607002611201000"):
        assert said in whole
    assert "打印" not in whole
