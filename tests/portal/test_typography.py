"""Chinese as it is written: punctuation, long names that wrap and are not cut off, rare ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from portal import words
from portal.port import Account, CaseRow, Plan, SystemTile
from portal.sentences import FILE
from tests.portal.browser import DESK, PHONE, Browser
from tests.portal.fake import FakePlatform, cases, plan_of, tiles
from tests.portal.screens import sign_in
from tests.portal.serving import serving

#: A half-width mark beside a Chinese character; three dots for an ellipsis; a straight quote.
HALF = re.compile(r'[\u4e00-\u9fff”）〕][,;:?!()"]|[,;:?!()"][\u4e00-\u9fff“]|\.\.\.')
#: What is typed as it stands.
AS_TYPED = re.compile(r"(?:postgresql|https|sftp)://\S+?(?=[；，]|$)|holds_valid:类型")
#: As long as the longest of the national list, and of characters of the extensions B and beyond.
LONG = (
    "对从事易制爆危险化学品、放射性同位素与射线装置以及其他依法应当取得许可的危险物品运输的企业法人"
    "（含分支机构、个体工商户）变更经营场所、法定代表人（负责人）和许可范围的核准（跨县级行政区域）"
)
RARE = "𠅤䶮㛃𬭎·阿卜杜热合曼𪩘"
LATIN = "Gan-Zhou_" * 9  # nowhere to break but where the page lets it


def test_chinese_has_its_own_punctuation() -> None:
    said = {key: AS_TYPED.sub("", text) for key, text in words.CHINESE.items()}
    assert {key: text for key, text in said.items() if HALF.search(text)} == {}
    assert HALF.search("没有,")
    assert HALF.search('点"全部"')


def test_sentences_told_in_chinese_have_it_too() -> None:
    lines = [one for one in FILE.read_text("utf-8").splitlines() if not one.startswith("#")]
    told = [AS_TYPED.sub("", one.partition("\t")[2]) for one in lines]
    assert [one for one in told if HALF.search(one)] == []


class Long(FakePlatform):
    """Every name is as long and as rare as a name may be."""

    def __init__(self) -> None:
        super().__init__()
        self.tiles = [self._long(one) for one in tiles()]

    @staticmethod
    def _long(one: SystemTile) -> SystemTile:
        return replace(one, name=LONG + RARE, department=f"{RARE}{LATIN}")

    def my_cases(self, account: Account) -> list[CaseRow]:
        return [replace(one, item_name=LONG + RARE + LATIN) for one in cases()]

    def plan(
        self, account: Account, case_number: str, said: Mapping[str, str] | None = None
    ) -> Plan:
        plan = plan_of(case_number)
        lines = tuple(
            replace(one, name=LONG + RARE, why=LATIN + one.why, source=one.source and LATIN + RARE)
            for one in plan.lines
        )
        return replace(plan, item=LONG + RARE + LATIN, lines=lines)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(Long()) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as one:
        yield one


WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
#: Elements whose text goes on where nobody sees it.
CUT = """[...document.querySelectorAll('h1, h2, h3, b, a, td, dd, p, span, summary, li, small')]
  .filter((one) => one.offsetParent && one.textContent.trim() && !one.closest('.unseen, .skip')
    && getComputedStyle(one).overflowX !== 'visible' && one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.textContent.trim().slice(0, 40))"""
#: Each character is drawn as itself: not as what stands for one that no font has.
DRAWN = """(() => { const draw = (text) => { const c = document.createElement('canvas');
  c.width = c.height = 60; const p = c.getContext('2d');
  p.font = '40px ' + getComputedStyle(document.body).fontFamily; p.fillText(text, 5, 45);
  return c.toDataURL(); }; const none = draw('\\u{10FFFD}');
  return [...'%s'].filter((one) => draw(one) === none || draw(one) === draw('\\uFFFD')) })()"""
PAGES = (
    ("clerk", "/clerk"),
    ("clerk", "/clerk/cases/3607"),
    ("clerk", "/clerk/cases/3607?show=applicant"),
    ("clerk", "/clerk/cases/3607?show=receipt"),
    ("officer", "/dept"),
    ("ops", "/ops"),
    ("ops", "/ops/systems/sc_food"),
    ("bureau", "/bureau/overview"),
)


@pytest.mark.needs("chromium")
@pytest.mark.parametrize(("who", "path"), PAGES)
def test_long_and_rare_names_wrap_and_are_never_cut_off(
    browser: Browser, url: str, who: str, path: str
) -> None:
    browser.call("Network.clearBrowserCookies")
    sign_in(browser, url, who)
    for size in (DESK, PHONE):
        browser.resize(size)
        browser.open(url + path)
        assert browser.run(WIDE) <= 0, size
        assert browser.run(CUT) == [], size
        if path == "/clerk":
            assert LONG in browser.run("document.body.textContent")


@pytest.mark.needs("chromium")
def test_rare_characters_are_drawn(browser: Browser, url: str) -> None:
    browser.open(f"{url}/login")
    nobodys = "\U0010fffc"  # of no font: what is missing is noticed
    assert browser.run(DRAWN % (RARE + nobodys)) == [nobodys]
