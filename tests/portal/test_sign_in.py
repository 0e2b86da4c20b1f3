"""Signing in, sessions, form tokens."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kernel.clock import stopped_clock
from portal.entering import way_back
from portal.render import SESSION_COOKIE
from portal.sessions import Sessions
from tests.portal.fake import NOW, PASSWORD, FakePlatform
from tests.portal.visits import Visitor, signed_in

HOMES = {"clerk": "/clerk", "officer": "/dept", "ops": "/ops", "bureau": "/bureau"}


@pytest.mark.parametrize(("name", "home"), HOMES.items())
def test_each_role_comes_to_its_own_first_page(name: str, home: str) -> None:
    visitor = Visitor()
    assert visitor.sign_in(name).headers["location"] == home
    assert visitor.get("/").headers["location"] == home
    assert visitor.get(home).status_code == 200


def test_a_session_cookie_is_closed_to_scripts_and_other_sites() -> None:
    cookie = Visitor().sign_in("clerk").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "max-age=" in cookie
    assert "secure" not in cookie
    assert "secure" in Visitor(secure=True).get("/login").headers["set-cookie"].lower()


def test_a_wrong_password_says_so_without_saying_which_was_wrong() -> None:
    visitor = Visitor()
    wrong, unknown = visitor.sign_in("clerk", "no"), visitor.sign_in("nobody", "no")
    assert wrong.status_code == unknown.status_code == 401
    assert "账号或密码不对" in wrong.text
    assert "账号或密码不对" in unknown.text
    assert SESSION_COOKIE not in visitor.client.cookies


def test_after_five_failures_even_the_right_password_waits() -> None:
    visitor = Visitor()
    for _ in range(5):
        assert visitor.sign_in("clerk", "no").status_code == 401
    asked = len(visitor.platform.calls)
    waiting = visitor.sign_in("clerk")
    assert waiting.status_code == 429
    assert "15 分钟" in waiting.text
    assert len(visitor.platform.calls) == asked
    assert visitor.sign_in("ops", "no").status_code == 401  # another name may still try
    visitor.clock.move(timedelta(minutes=16))
    assert visitor.sign_in("clerk").status_code == 303


def test_a_changed_or_old_or_ended_session_is_nobody() -> None:
    visitor = signed_in("clerk")
    good = visitor.client.cookies[SESSION_COOKIE]
    changed = good[:-1] + ("0" if good[-1] != "0" else "1")
    for bad in (changed, "v2.x.y.1.1.z", "", "é", "." * 300):
        visitor.client.cookies.delete(SESSION_COOKIE)
        answer = visitor.client.get(
            "/clerk", headers={"cookie": f"{SESSION_COOKIE}={bad}".encode()}
        )
        assert answer.headers["location"].startswith("/login")
    visitor.client.cookies.set(SESSION_COOKIE, good)
    assert visitor.get("/clerk").status_code == 200
    visitor.clock.move(timedelta(hours=10))
    assert visitor.get("/clerk").status_code == 303


def test_a_session_that_nobody_uses_ends_and_a_used_one_goes_on() -> None:
    visitor = signed_in("clerk")
    for _ in range(4):
        visitor.clock.move(timedelta(minutes=20))
        answer = visitor.get("/clerk")
        assert answer.status_code == 200
        assert "httponly" in answer.headers["set-cookie"].lower()
    visitor.clock.move(timedelta(seconds=30))
    assert "set-cookie" not in visitor.get("/clerk").headers
    visitor.clock.move(timedelta(minutes=31))
    assert visitor.get("/clerk").headers["location"].startswith("/login")


def test_a_used_session_ends_with_the_working_day_all_the_same() -> None:
    visitor = signed_in("clerk")
    for _ in range(26):
        visitor.clock.move(timedelta(minutes=20))
        assert visitor.get("/clerk").status_code == 200
    visitor.clock.move(timedelta(minutes=20))
    assert visitor.get("/clerk").status_code == 303


def test_every_session_from_before_a_change_is_over() -> None:
    visitor = signed_in("clerk")
    visitor.clock.move(timedelta(minutes=1))
    visitor.platform.signing.since["clerk"] = visitor.clock()
    assert visitor.get("/clerk").status_code == 303
    assert visitor.sign_in("clerk").status_code == 303
    assert visitor.get("/clerk").status_code == 200


def test_signing_out_ends_the_session_for_a_kept_cookie_too() -> None:
    visitor = signed_in("clerk")
    kept = visitor.client.cookies[SESSION_COOKIE]
    assert visitor.post("/clerk", "/logout").headers["location"] == "/login"
    again = visitor.client.get("/clerk", headers={"cookie": f"{SESSION_COOKIE}={kept}"})
    assert again.status_code == 303


def test_a_disabled_account_is_out_at_once() -> None:
    visitor = signed_in("clerk")
    visitor.platform.disabled.add("clerk")
    assert visitor.get("/clerk").headers["location"] == "/login?next=/clerk"


@pytest.mark.parametrize("path", ["/login", "/logout", "/verify", "/clerk/cases", "/clerk/items"])
@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
def test_a_form_without_its_token_does_nothing(path: str, token: str) -> None:
    visitor = signed_in("clerk")
    asked = len(visitor.platform.calls)
    fields = {"form_token": token, "name": "clerk", "password": PASSWORD, "item_text": "食品"}
    answer = visitor.client.post(path, data=fields)
    assert answer.status_code == 403
    assert "表单已经失效" in answer.text
    assert len(visitor.platform.calls) == asked


def test_a_form_token_of_another_session_does_nothing() -> None:
    other, visitor = signed_in("clerk"), signed_in("clerk")
    answer = visitor.client.post("/clerk/items", data={"form_token": other.token("/clerk")})
    assert answer.status_code == 403


def test_the_way_back_leads_to_our_own_pages_only() -> None:
    assert way_back("/clerk/cases/1") == "/clerk/cases/1"
    for bad in ("//evil.example", "https://evil.example", "/\\evil", "/login", "/a\nb", "/" * 300):
        assert way_back(bad) == ""
    visitor = Visitor()
    token = visitor.token("/login?next=/clerk/cases/7")
    fields = {"name": "clerk", "password": PASSWORD, "back": "/clerk/cases/7", "form_token": token}
    answer = visitor.client.post("/login", data=fields)
    assert answer.headers["location"] == "/clerk/cases/7"


def test_demo_accounts_are_shown_on_the_demo_only() -> None:
    assert PASSWORD in Visitor(FakePlatform(demo=True)).get("/login").text
    real = Visitor(FakePlatform(demo=False)).get("/login").text
    assert PASSWORD not in real
    assert "演示" not in real


def test_a_session_of_another_key_is_nobody() -> None:
    ours, theirs = (Sessions(k * 32, stopped_clock(NOW)) for k in (b"a", b"b"))
    _, text = theirs.begin("clerk")
    assert ours.read(text) is None
    assert theirs.read(text) is not None
