"""Who was away too long, or whose page is old, comes back to it and is told what was lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.portal.visits import Visitor, signed_in

LONG = timedelta(minutes=31)
HOST = "http://testserver"


def test_after_the_session_the_page_with_its_whole_address_is_come_back_to() -> None:
    visitor = signed_in("clerk")
    visitor.clock.move(LONG)
    gone = visitor.get("/clerk/together?case=C1&case=C2")
    shown = visitor.get(gone.headers["location"])
    assert "登录已过期，请重新登录" in shown.text
    assert 'name="back" value="/clerk/together?case=C1&amp;case=C2"' in shown.text


def test_a_form_sent_after_the_session_says_that_it_was_not_saved() -> None:
    visitor = signed_in("officer")
    page = "/dept/corrections"
    token = visitor.token(page)
    visitor.clock.move(LONG)
    answer = visitor.client.post(f"{page}/3", data={"form_token": token, "why": "与档案一致"})
    assert answer.status_code == 303
    shown = visitor.get(answer.headers["location"]).text
    assert "刚才提交的内容没有保存" in shown
    assert f'name="back" value="{page}"' in shown
    assert not [call for call in visitor.platform.calls if call[0] == "answer"]


def test_who_never_was_signed_in_or_signed_out_is_told_of_no_session() -> None:
    assert "登录已过期" not in Visitor().get("/login?next=/clerk").text
    visitor = signed_in("clerk")
    visitor.post("/clerk", "/logout")
    assert "登录已过期" not in visitor.get("/login").text


@pytest.mark.parametrize(
    ("sent_from", "path", "back"),
    [
        (f"{HOST}/bureau/complaints?state=answered", "/bureau/complaints/3",
         "/bureau/complaints?state=answered"),
        (f"{HOST}/bureau/complaints/3", "/bureau/complaints/3", "/bureau/complaints"),
        ("", "/rights/roster/7/end", "/rights/roster"),
        ("https://other.example/bureau", "/rights/roster/7/end", "/rights/roster"),
        (f"{HOST}//other.example", "/catalog/publish", "/catalog"),
    ],
)  # fmt: skip
def test_an_old_form_leads_to_a_page_that_has_a_new_one(
    sent_from: str, path: str, back: str
) -> None:
    visitor = signed_in("bureau")
    head = {"referer": sent_from} if sent_from else {}
    answer = visitor.client.post(path, data={"form_token": "0" * 64}, headers=head)
    assert answer.status_code == 403
    assert f'<a class="button main" href="{back}">回到刚才的页面</a>' in answer.text


def test_to_sign_out_twice_is_no_mistake() -> None:
    visitor = signed_in("clerk")
    token = visitor.token("/clerk")
    visitor.clock.move(LONG)
    answer = visitor.client.post("/logout", data={"form_token": token})
    assert answer.headers["location"] == "/login"
