"""English by a switch: every text has both, and a page in English has no Chinese frame."""

from __future__ import annotations

import re
import string
from html.parser import HTMLParser

import pytest

from portal.language import COOKIE
from portal.words import CHINESE, say, speaking
from portal.words.english import CHINESE_ONLY, ENGLISH
from tests.portal.fake import FakePlatform
from tests.portal.screens import HOLDER, pages, sample_pdf
from tests.portal.visits import Visitor, signed_in

CHARACTER = re.compile(r"[\u4e00-\u9fff]")
#: What is written into Chinese papers, or names Chinese columns.
QUOTES = {
    "language.other",
    "my.needs.hint",
    "plan.purpose.value",
    "complaints.import.about",
    "forms.propose.types",
}
QUOTES |= {"waivers.document.hint", "propose.deviation.about"}  # what is typed as it stands


def facts(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_has_an_english_one() -> None:
    wanted = {key for key in CHINESE if not key.startswith(CHINESE_ONLY)}
    assert wanted - set(ENGLISH) == set()
    assert set(ENGLISH) - set(CHINESE) == set()


def test_both_tell_the_same_facts() -> None:
    assert [key for key, text in ENGLISH.items() if facts(text) != facts(CHINESE[key])] == []


def test_english_is_written_in_english() -> None:
    assert {key for key, text in ENGLISH.items() if CHARACTER.search(text)} == QUOTES


def test_a_program_outside_a_request_speaks_chinese() -> None:
    assert say("clerk.title") == "我的办件"
    with speaking("en"):
        assert say("clerk.title") == "My cases"
    assert say("clerk.title") == "我的办件"


class Frame(HTMLParser):
    """The language of a page, and its texts."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.language = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "html":
            self.language = said.get("lang") or ""
        self.texts += [said[name] or "" for name in ("title", "aria-label", "alt") if name in said]

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())


#: All that the Chinese pages themselves say; names of people, posts, systems and items are data.
#: So are fields of licences, states of cases and answers to the officer's form, which have the
#: same words.
DATA = {"状态", "编码", "用途", "省级"} | {
    text for key, text in CHINESE.items() if key.startswith(("standard.", "meaning."))
}
SAID = {text for text in CHINESE.values() if CHARACTER.search(text)} - DATA
WALKS = [
    (account, path)
    for account, walk in pages("3607002611201000", "xzsp_construction", "sc_food").items()
    for label, path in walk
    if label not in ("api", "letter", "bureau-letter", "report")
]


def in_english(account: str, path: str) -> Frame:
    platform = FakePlatform(pdf=sample_pdf())
    visitor = signed_in(account, platform) if account not in ("", HOLDER) else Visitor(platform)
    if account == HOLDER:
        visitor.get("/my/in?ticket=proved")
    visitor.client.cookies.set(COOKIE, "en")
    found = Frame()
    found.feed(visitor.get(path).text)
    return found


@pytest.mark.parametrize(("account", "path"), WALKS)
def test_the_frame_of_a_page_is_english(account: str, path: str) -> None:
    found = in_english(account, path)
    assert found.language == "en"
    assert [text for text in found.texts if text in SAID] == []


@pytest.mark.parametrize("path", ["/dept/letter", "/bureau/letter", "/ops/report", "/api"])
def test_official_papers_stay_chinese(path: str) -> None:
    account = {
        "/dept/letter": "officer",
        "/bureau/letter": "bureau",
        "/ops/report": "ops",
        "/api": "",
    }[path]
    assert in_english(account, path).language == "zh-CN"


def test_the_switch_keeps_the_page() -> None:
    visitor = Visitor()
    page = visitor.get("/verify").text
    assert '<html lang="zh-CN">' in page
    assert 'href="/language/en?back=/verify"' in page
    gone = visitor.get("/language/en?back=/verify")
    assert (gone.status_code, gone.headers["location"]) == (303, "/verify")
    assert '<html lang="en">' in visitor.get("/verify").text
    visitor.get("/language/zh?back=/verify")
    assert '<html lang="zh-CN">' in visitor.get("/verify").text


@pytest.mark.parametrize("back", ["https://elsewhere.example", "//elsewhere.example", "/\\x", ""])
def test_the_switch_leads_nowhere_else(back: str) -> None:
    assert Visitor().client.get("/language/en", params={"back": back}).headers["location"] == "/"


def test_there_is_no_third_language() -> None:
    assert Visitor().get("/language/fr").status_code == 400
    visitor = Visitor()
    visitor.client.cookies.set(COOKIE, "fr")
    assert '<html lang="zh-CN">' in visitor.get("/verify").text
    assert "请检查" in visitor.client.post("/api/v1/session", json={}).text
