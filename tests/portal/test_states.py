"""Each page has its line in docs/states.md, each cell a test that is there; what holds for all."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from portal.guards import HOME
from portal.render import HERE as PORTAL
from tests.portal.states import (
    DOCUMENT,
    STATES,
    Page,
    document,
    functions,
    is_test,
    page_routes,
    pages,
    routes,
)
from tests.portal.test_roles import NAMES
from tests.portal.visits import signed_in

EVERY = {one.page: one for one in pages()}
STAFF = [one.page for one in pages() if one.who]
PARTS = {
    "{number}": "1", "{version}": "2", "{code}": "sc_food", "{material_id}": "m01",
    "{stream}": "licence", "{licence}": "l1", "{name}": "new", "{case}": "C1",
}  # fmt: skip
#: A ticket stands in place of the token; a wallet proves itself.
OWN_WAY = frozenset({"/in", "/wallet/credential", "/wallet/nonce", "/wallet/token"})


def test_each_page_has_a_line_and_each_line_a_page() -> None:
    asked = [one for one in pages() if one.is_asked_for]
    assert {one.route for one in asked} == page_routes()
    assert len(EVERY) == len(pages())
    sent = {one.route for one in pages() if one.page.startswith("POST ")}
    assert sent <= routes("POST")


def test_each_template_of_a_page_stands_in_a_line() -> None:
    whole = {
        file.name
        for file in (PORTAL / "templates").glob("*.html")
        if re.match(r'\{% extends "(?:base|my_base)', file.read_text("utf-8"))
    }
    named = {name for one in pages() for name in one.templates}
    assert whole - {"my_base.html"} <= named
    assert all((PORTAL / "templates" / name).is_file() for name in named)


@pytest.mark.parametrize("name", EVERY)
def test_each_cell_names_a_test_that_is_there_or_a_reason(name: str) -> None:
    one = EVERY[name]
    assert tuple(one.cells) == STATES
    for said in (said for cell in one.cells.values() for said in cell):
        if is_test(said):
            file, _, function = said.partition("::")
            assert function in functions(file), said
        else:
            assert len(said.split()) >= 3, said


def test_the_document_is_what_the_tables_make() -> None:
    assert DOCUMENT.read_text("utf-8") == document()
    common = re.findall(r"`([\w/]+\.py)::(\w+)`", document())
    assert all(function in functions(file) for file, function in common)


@pytest.mark.parametrize("name", STAFF)
def test_another_role_is_told_whose_page_it_is(name: str) -> None:
    one = EVERY[name]
    for who in ("clerk", "officer", "ops", "bureau", "secadmin"):
        if who in one.who:
            continue
        visitor = signed_in(who)
        before = len(visitor.platform.calls)
        answer = visitor.get(one.address)
        assert answer.status_code == 403, who
        assert "这个页面是给其他岗位用的" in answer.text
        assert f'href="{HOME[who]}"' in answer.text
        assert len(visitor.platform.calls) == before


def account_of(one: Page) -> str:
    """An account that the page is for."""
    assert set(one.who) <= set(NAMES)
    return one.who[0]


@pytest.mark.parametrize("name", STAFF)
def test_after_the_session_each_page_is_come_back_to(name: str) -> None:
    one = EVERY[name]
    visitor = signed_in(account_of(one))
    visitor.clock.move(timedelta(minutes=31))
    gone = visitor.get(one.address)
    assert gone.status_code == 303
    text = visitor.get(gone.headers["location"]).text
    assert "登录已过期，请重新登录" in text
    assert f'name="back" value="{one.address.replace("&", "&amp;")}"' in text


def filled(path: str) -> str:
    """A route with something in each place."""
    return re.sub(r"\{\w+\}", lambda part: PARTS.get(part[0], "x"), path)


@pytest.mark.parametrize("route", sorted(routes("POST") - OWN_WAY))
def test_a_form_that_is_too_old_is_said_and_does_nothing(route: str) -> None:
    area = next((who for start, who in AREAS.items() if route.startswith(start)), "clerk")
    visitor = signed_in(area)
    if route.startswith("/my"):
        visitor.get("/my/in?ticket=proved")
    before = len(visitor.platform.calls)
    answer = visitor.client.post(filled(route), data={"form_token": "0" * 64, "why": "x"})
    assert answer.status_code == 403
    assert "页面放得太久了" in answer.text
    assert len(visitor.platform.calls) == before
    if route not in NO_PAGE:
        assert "回到刚才的页面" in answer.text


#: Whose forms a route's are, by how it begins.
AREAS = {
    "/catalog/uses/{licence_type}/{item}/rule": "bureau",
    "/catalog/uses": "officer",
    "/dept": "officer", "/ops": "ops", "/connect/{code}/drafts": "bureau",
    "/connect/{code}/rollback": "bureau", "/connect": "ops", "/bureau": "bureau",
    "/catalog": "bureau", "/rights": "bureau", "/admin/accounts": "sysadmin",
}  # fmt: skip
#: Forms of the sign-in and the sign-out: the problem's page leads to the sign-in by itself.
NO_PAGE = frozenset({"/login", "/login/code", "/login/bind", "/logout"})
