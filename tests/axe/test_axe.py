"""axe over every page, at desk and phone size: no violation."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.portal.browser import DESK, PHONE, Browser
from tests.portal.fake import FakePlatform
from tests.portal.screens import pages, sample_pdf, sign_in
from tests.portal.serving import serving

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.needs("npm")]
HERE = Path(__file__).parent
PAGES = pages("3607002611201000", "xzsp_construction", "sc_food")
#: WCAG 2.2 at levels A and AA, and what axe calls good practice.
RUN = """
axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',
  'best-practice']}).then((found) => found.violations.flatMap((rule) =>
  rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')}`)))
"""


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The checks' source."""
    folder = tmp_path_factory.mktemp("axe")
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(HERE / name, folder)
    install = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(install, cwd=folder, check=True, timeout=120)
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


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
