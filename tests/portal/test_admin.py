"""The administrators' pages, the own password, and the second factor at the sign-in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from kernel import totp
from tests.portal.fake import ACCOUNTS, PASSWORD, FakePlatform
from tests.portal.visits import Visitor, signed_in


def test_each_administrator_sees_the_own_part() -> None:
    system, security = signed_in("sysadmin"), signed_in("secadmin")
    assert "新建，并显示初始密码" in system.get("/admin/accounts").text
    assert "授予角色</button>" not in system.get("/admin/accounts").text
    assert "新建，并显示初始密码" not in security.get("/admin/accounts").text
    assert "授予角色</button>" in security.get("/admin/accounts").text
    assert system.get("/admin/signins").status_code == 403
    assert signed_in("auditor").get("/admin/accounts").status_code == 403
    for role in ("clerk", "officer", "ops", "bureau"):
        assert signed_in(role).get("/admin/accounts").status_code == 403


def test_a_first_password_is_shown_once_and_in_no_address() -> None:
    visitor = signed_in("sysadmin")
    page = "/admin/accounts"
    made = visitor.post(page, page, name="qian", display="钱", person="GZ-7")
    assert made.status_code == 200
    assert "first-password" in made.text
    assert "first-password" not in visitor.get(page).text
    assert visitor.platform.staff.done == [("create", "sysadmin", "qian", "钱", "GZ-7")]
    wrong = visitor.post(page, page, name="clerk", display="x", person="GZ-8")
    assert (wrong.status_code, "已有账号 clerk，请换一个账号名" in wrong.text) == (400, True)


def test_a_role_is_given_and_two_of_an_administrator_never() -> None:
    visitor = signed_in("secadmin")
    page = "/admin/accounts"
    given = visitor.post(page, f"{page}/new/grant", role="clerk", posts="sc-02")
    assert given.headers["location"] == "/admin/accounts?done=grant"
    assert visitor.platform.staff.done == [("grant", "secadmin", "new", "clerk", "", "sc-02")]
    assert visitor.post(page, f"{page}/new/grant", role="auditor").status_code == 400
    assert visitor.post(page, f"{page}/new/grant", role="king").status_code == 400


def test_long_lists_go_page_by_page() -> None:
    platform = FakePlatform()
    platform.staff.many = 120
    visitor = signed_in("sysadmin", platform)
    first = visitor.get("/admin/accounts").text
    assert first.count("<tr>") == 51
    assert "/admin/accounts?after=u00045" in first
    assert "u00046" in visitor.get("/admin/accounts?after=u00045").text
    audit = signed_in("auditor").get("/admin/signins").text
    assert "/admin/signins?before=10" in audit
    assert "更早的记录" not in signed_in("auditor").get("/admin/signins?before=10").text
    assert "没有这样的记录" in signed_in("auditor").get("/admin/signins?who=nobody").text


def test_a_first_password_comes_before_everything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ACCOUNTS, "clerk", replace(ACCOUNTS["clerk"], must_change=True))
    visitor = signed_in("clerk")
    assert visitor.get("/clerk").headers["location"] == "/account/password"
    assert visitor.get("/api/v1/cases").json()["reason"] == "password"
    assert "这是初始密码" in visitor.get("/account/password").text
    same = visitor.post("/account/password", "/account/password", old="a", new="a")
    assert (same.status_code, "不能与原密码相同" in same.text) == (400, True)
    done = visitor.post("/account/password", "/account/password", old="a", new="b")
    assert done.headers["location"] == "/login?changed=1"
    assert "密码已修改" in visitor.get("/login?changed=1").text


def test_a_second_factor_is_bound_and_then_asked() -> None:
    platform = FakePlatform()
    platform.signing.wanted.add("clerk")
    visitor = Visitor(platform)
    assert visitor.sign_in("clerk").headers["location"] == "/login/bind"
    assert visitor.get("/clerk").headers["location"] == "/login?next=/clerk"  # not in yet
    page = visitor.get("/login/bind").text
    assert "data:image/svg+xml" in page
    wrong = visitor.post("/login/bind", "/login/bind", said="000000")
    assert (wrong.status_code, "验证码不对" in wrong.text) == (401, True)
    secret = page.split('class="secret">')[1].split("<")[0].replace(" ", "")
    code = totp.code(_base32(secret), int(visitor.clock().timestamp()) // 30)
    assert visitor.post("/login/bind", "/login/bind", said=code).headers["location"] == "/clerk"
    assert visitor.get("/clerk").status_code == 200
    again = Visitor(platform)
    assert again.sign_in("clerk").headers["location"] == "/login/code"
    again.clock.move(timedelta(minutes=1))
    code = totp.code(_base32(secret), int(again.clock().timestamp()) // 30)
    assert again.post("/login/code", "/login/code", said=code).headers["location"] == "/clerk"
    third = Visitor(platform)
    third.clock.move(timedelta(minutes=1))
    assert third.sign_in("clerk").headers["location"] == "/login/code"
    reused = third.post("/login/code", "/login/code", said=code)
    assert (reused.status_code, "已经用过" in reused.text) == (401, True)


def test_the_half_way_ends_after_five_minutes_and_wrong_codes_lock_out() -> None:
    platform = FakePlatform()
    platform.signing.secrets["clerk"] = b"x" * 20
    visitor = Visitor(platform)
    visitor.sign_in("clerk")
    token = visitor.token("/login/code")
    fields = {"form_token": token, "said": "000000"}
    answers = [visitor.client.post("/login/code", data=fields).status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]
    visitor.clock.move(timedelta(minutes=6))
    assert visitor.get("/login/code").headers["location"] == "/login"


def test_a_wrong_old_password_counts_and_locks_out() -> None:
    visitor = signed_in("officer")
    path = "/account/password"
    said = [visitor.post(path, path, old="wrong", new="b").status_code for _ in range(6)]
    assert said == [400] * 5 + [429]
    assert "请" in visitor.post(path, path, old="a", new="b").text  # not even with the right one
    assert visitor.platform.staff.done == []
    assert Visitor(visitor.platform).sign_in("officer").status_code == 429


def test_the_right_password_forgets_nothing_before_the_second_factor() -> None:
    platform = FakePlatform()
    platform.signing.secrets["clerk"] = secret = b"x" * 20
    visitor = Visitor(platform)
    for _ in range(2):
        visitor.sign_in("clerk", "no")
    for _ in range(2):
        visitor.sign_in("clerk")
        visitor.post("/login/code", "/login/code", said="000000")
    assert len(platform.signing.failures["clerk", "127.0.0.1"]) == 4
    visitor.sign_in("clerk")
    code = totp.code(secret, int(visitor.clock().timestamp()) // 30)
    done = visitor.post("/login/code", "/login/code", said=code)
    assert done.headers["location"] == "/clerk"
    assert platform.signing.failures == {}


def test_a_program_shows_the_code_with_its_password() -> None:
    platform = FakePlatform()
    platform.signing.secrets["clerk"] = b"x" * 20
    visitor = Visitor(platform)
    who = {"name": "clerk", "password": PASSWORD}
    bare = visitor.client.post("/api/v1/session", json=who)
    assert (bare.status_code, "code" in bare.json()["message"]) == (401, True)
    code = totp.code(b"x" * 20, int(visitor.clock().timestamp()) // 30)
    assert visitor.client.post("/api/v1/session", json=who | {"code": code}).status_code == 200
    assert visitor.client.post("/api/v1/session", json=who | {"code": code}).status_code == 401


def _base32(text: str) -> bytes:
    import base64

    return base64.b32decode(text + "=" * (-len(text) % 8))
