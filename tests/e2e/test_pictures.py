"""The README's pictures, out of the running demo: `pytest tests/e2e/test_pictures.py --pictures`
writes them anew. Without the option they are taken and looked at all the same, and thrown away."""

from __future__ import annotations

import re
import struct
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kernel.clock import system_clock
from pipeline.counting import count
from pipeline.sync import sync
from pipeline.window import SYSTEM
from tests.e2e.installed import ROOT, Installed
from tests.e2e.people import BUSINESS, case_of, line_of, papers
from tests.e2e.walking import NOBODY, enter, example_case
from tests.portal.browser import DESK, PHONE, Browser

pytestmark = pytest.mark.needs("chromium")
FOLDER = ROOT / "docs/pictures"
NAMED = re.compile(r"pictures/([\w-]+\.png)")
DRAWN_SECONDS = 60  # until a PDF's viewer has drawn it
LEAST_BYTES = 12_000  # a page with words on it; an empty one has some 3,000
Act = Callable[[Browser], None]


def nothing(_: Browser) -> None:
    """The page as it opens."""


def a_copy(browser: Browser) -> None:
    """The business licence's copy, over the plan."""
    browser.run(f"document.querySelector('.fetch[data-name=\"{BUSINESS}\"]').click()")
    browser.until("document.getElementById('preview').open")
    box = browser.run(
        "(({x, y, width, height}) => ({x, y, width, height, scale: 1}))"
        "(document.querySelector('#preview iframe').getBoundingClientRect())"
    )
    end = time.monotonic() + DRAWN_SECONDS
    while len(browser.call("Page.captureScreenshot", clip=box)["data"]) < LEAST_BYTES:
        assert time.monotonic() < end, "the copy was not drawn"


def what_to_bring(browser: Browser) -> None:
    """The list for 食品经营许可, after its questions."""
    browser.fill(words="开饭店")
    browser.click("button.main")
    browser.click("a[href^='/my/needs/']")
    while browser.run("document.querySelector('.answers button') !== null"):
        browser.click(".answers button")


#: File → who, where, at what size, and what is done there first.
SOURCES: dict[str, tuple[str, str, tuple[int, int], Act]] = {
    "clerk-plan.png": ("clerk", "/clerk/cases/{case}", DESK, nothing),
    "copy.png": ("clerk", "/clerk/cases/{case}", DESK, a_copy),
    "needs.png": (NOBODY, "/my/needs", PHONE, what_to_bring),
    "dept.png": ("officer", "/dept", DESK, nothing),
    "names.png": ("bureau", "/catalog/names", DESK, nothing),
    "ops.png": ("ops", "/ops", DESK, nothing),
    "bureau.png": ("bureau", "/bureau", DESK, nothing),
}


@pytest.fixture(scope="module")
def worked(installed: Installed) -> None:
    """Some cases went by, so that the bureau's page has figures."""
    for paper in papers(installed, BUSINESS)[:5]:
        line_of(installed, case_of(installed, paper), BUSINESS)
    sync(installed.house, SYSTEM, f"pictures-{system_clock():%H%M%S}")
    count(installed.house)


def named() -> dict[str, list[str]]:
    """Every picture that a README or a page of the docs names, and by which."""
    found: dict[str, list[str]] = {}
    for page in [*ROOT.glob("README*.md"), *ROOT.glob("docs/**/*.md")]:
        for name in NAMED.findall(page.read_text("utf-8")):
            found.setdefault(name, []).append(page.name)
    return found


def test_every_picture_has_a_source_and_is_named_in_both_readmes() -> None:
    assert set(named()) == set(SOURCES) == {one.name for one in FOLDER.glob("*.png")}
    for name, pages in named().items():
        assert {"README.md", "README.zh.md"} <= set(pages), name


@pytest.mark.parametrize("name", SOURCES)
def test_a_picture_shows_a_page(
    name: str,
    installed: Installed,
    worked: None,
    chromium: Browser,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    who, path, size, act = SOURCES[name]
    chromium.resize(size)
    enter(chromium, installed, who)
    address = installed.house.settings.portal_url + path.format(case=example_case(installed))
    chromium.open(address)
    act(chromium)
    file = (FOLDER if request.config.getoption("--pictures") else tmp_path) / name
    still(chromium, file)
    taken = file.read_bytes()
    assert len(taken) > LEAST_BYTES
    width, height = struct.unpack(">II", taken[16:24])
    assert (width, height) == size


def still(browser: Browser, file: Path) -> None:
    """The window's picture once it is the same twice: a PDF is drawn some time after it opened."""
    browser.run("new Promise((done) => setTimeout(done, 300))")
    browser.picture(file, whole=False)
    for _ in range(20):
        before = file.read_bytes()
        browser.run("new Promise((done) => setTimeout(done, 300))")
        browser.picture(file, whole=False)
        if file.read_bytes() == before:
            return
    raise AssertionError("the page did not come to rest")
