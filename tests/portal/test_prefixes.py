"""Over https cookies have the names by which a browser guards them."""

from __future__ import annotations

import pytest

from portal import pages_my, pages_oidc
from portal.entering import CAME
from portal.prefixes import OF_A_PATH, _going, bare
from portal.render import NONCE_COOKIE, SESSION_COOKIE
from portal.zones.inner import _cookies
from tests.portal.visits import Visitor

SESSION = f"__Host-{SESSION_COOKIE}"


@pytest.fixture
def visitor() -> Visitor:
    made = Visitor(secure=True)
    assert made.sign_in("clerk").status_code == 303
    return made


def test_a_cookie_of_the_whole_host_is_named_so_and_works(visitor: Visitor) -> None:
    assert set(visitor.client.cookies) == {SESSION, f"__Host-{NONCE_COOKIE}"}
    assert visitor.get("/clerk").status_code == 200
    visitor.get("/language/en")
    assert '<html lang="en"' in visitor.get("/clerk").text


def test_what_comes_under_the_plain_name_is_not_ours(visitor: Visitor) -> None:
    good = visitor.client.cookies[SESSION]
    visitor.client.cookies.clear()
    for weaker in (SESSION_COOKIE, f"__Secure-{SESSION_COOKIE}", f"__Secure-{SESSION}"):
        assert visitor.get("/clerk", cookie=f"{weaker}={good}").status_code == 303
    assert visitor.get("/clerk", cookie=f"a=b; {SESSION}={good}").status_code == 200


def test_a_sign_out_ends_it_in_the_browser(visitor: Visitor) -> None:
    said = visitor.post("/clerk", "/logout").headers.get_list("set-cookie")
    (ended,) = [one for one in said if one.startswith(f"{SESSION}=")]
    assert {"path=/", "secure", "max-age=0"} <= {one.strip().lower() for one in ended.split(";")}
    assert SESSION not in visitor.client.cookies


def test_a_cookie_of_a_path_has_the_other_prefix_and_crosses_the_zones() -> None:
    name = "__Secure-zhongtai_visit"
    assert bare(name) == "zhongtai_visit"
    assert _cookies(f"{SESSION}=a; {name}=b") == f"{name}=b"


def test_without_https_the_names_are_plain() -> None:
    visitor = Visitor()
    visitor.sign_in("clerk")
    assert SESSION_COOKIE in visitor.client.cookies


def test_each_cookie_has_the_prefix_of_its_path() -> None:
    given = {CAME: "/logout", pages_oidc.COOKIE: "/login/oidc", pages_my.COOKIE: "/my"}
    assert given.keys() == OF_A_PATH
    for name in [*given, SESSION_COOKIE]:
        path = given.get(name, "/")
        said = f"{name}=x; Path={path}; HttpOnly".encode()
        prefix = "__Secure-" if name in given else "__Host-"
        assert _going(b"set-cookie", said)[1].decode() == f"{prefix}{said.decode()}; Secure"
