"""axe over every page, at desk and phone size: no violation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.axe.source import RUN, source
from tests.portal.browser import DESK, PHONE, Browser
from tests.portal.fake import FakePlatform
from tests.portal.screens import pages, sample_pdf, sign_in
from tests.portal.serving import serving

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.needs("npm")]
PAGES = pages("3607002611201000", "xzsp_construction", "sc_food")


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The checks' source."""
    return source(tmp_path_factory.mktemp("axe"))


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(FakePlatform(pdf=sample_pdf())) as address:
        yield address


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(name: str, url: str, axe: str) -> None:
    found: dict[str, list[str]] = {}
    with Browser() as browser:
        if name:
            sign_in(browser, url, name)
        for label, path in PAGES[name]:
            for size in (DESK, PHONE):
                browser.resize(size)
                browser.open(url + path)
                browser.run(axe + ";0")
                said = browser.run(RUN)
                if said:
                    found.setdefault(label, []).extend(said)
    assert found == {}
