"""The tours name what is there: every label is on a page of its role, every address answers."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from starlette.routing import Match

from portal.app import create_app
from tests.portal.fake import ACCOUNTS, FakePlatform
from tests.portal.screens import HOLDER, pages
from tests.portal.serving import KEY
from tests.portal.test_my import brought
from tests.portal.visits import Visitor, signed_in

ROOT = Path(__file__).parents[2]
TOURS = (ROOT / "docs" / "tours.md").read_text("utf-8")
FACES = ROOT / "city" / "faces"
LABEL = re.compile(r"「([^」]+)」")
ADDRESS = re.compile(r"`http://127\.0\.0\.1:(86\d\d)(/[^`]*)`")
#: A whole text of a page, or what its script will write there.
TEXT = re.compile(r'>\s*([^<>]+?)\s*<|="([^"]+)"')
ACCOUNT = re.compile(r"`([a-z]+\d?)`")
#: Whose pages the labels of a tour are on.
WHOSE = {
    "A clerk": ("", "clerk"),
    "A department's officer": ("officer",),
    "Operations": ("ops",),
    "The bureau": ("bureau",),
    "An applicant": ("", HOLDER),
    "Administrators": ("sysadmin", "secadmin", "auditor"),
}
#: Whose walks do a tour's steps: a file of tests/e2e each.
WALKS = ROOT / "tests" / "e2e"
WALKED = {
    "A clerk": ("clerk",),
    "A department's officer": ("officer",),
    "Operations": ("ops", "connect"),
    "The bureau": ("bureau",),
    "An applicant": ("holder",),
    "Administrators": ("admin",),
}
TOUR = {
    title.strip(): text
    for title, _, text in (part.partition("\n") for part in TOURS.split("\n## ")[1:])
}


def visitor_of(who: str) -> Visitor:
    if who == HOLDER:
        return brought()
    return signed_in(who) if who else Visitor()


@cache
def shown(who: str) -> frozenset[str]:
    """All texts of the pages of an account."""
    visitor = visitor_of(who)
    shots = pages("3607002611201000", "xzsp_construction", "sc_food")
    return texts("\n".join(visitor.get(path).text for _, path in shots[who]))


@cache
def sandbox() -> frozenset[str]:
    """All texts of the sandbox's own pages."""
    return texts("\n".join(one.read_text("utf-8") for one in (FACES / "templates").glob("*.html")))


def texts(html: str) -> frozenset[str]:
    return frozenset(text or value for text, value in TEXT.findall(html))


def test_there_is_a_tour_for_each_role() -> None:
    assert set(TOUR) == set(WHOSE)
    assert all(len(LABEL.findall(text)) >= 3 for text in TOUR.values())


@pytest.mark.parametrize("title", WHOSE)
def test_each_label_is_on_a_page_of_its_role(title: str) -> None:
    there = sandbox().union(*(shown(who) for who in WHOSE[title]))
    missing = [label for label in LABEL.findall(TOUR[title]) if label not in there]
    assert missing == []


def steps(title: str) -> list[str]:
    """The numbered steps of a tour."""
    return re.split(r"\n(?=\d+\. )", TOUR[title].strip())


@pytest.mark.parametrize("title", WHOSE)
def test_each_step_is_walked_in_a_browser(title: str) -> None:
    """A walk of that role clicks or reads a label of the step."""
    files = [WALKS / f"test_walks_{who}.py" for who in WALKED[title]]
    walks = "\n".join(one.read_text("utf-8") for one in files)
    for step in steps(title):
        walked = [label for label in LABEL.findall(step) if f'"{label}' in walks]
        assert walked or not LABEL.findall(step), f"nobody walks: {step}"


def test_each_address_is_a_page() -> None:
    found = ADDRESS.findall(TOURS)
    assert len(found) >= 5
    routes = create_app(FakePlatform(), KEY).routes
    city = (FACES / "pages.py").read_text("utf-8")
    for port, path in found:
        scope = {"type": "http", "method": "GET", "path": path, "headers": []}
        if port == "8600":
            assert any(one.matches(scope)[0] is Match.FULL for one in routes), path
        else:
            assert f'Route("{path}"' in city, path


def test_each_account_is_one_of_the_demos() -> None:
    found = {name for text in TOUR.values() for name in ACCOUNT.findall(text)}
    assert found <= set(ACCOUNTS)
    assert len(found) >= 6
