"""The applicant's pages: one question at a time, why a paper is still asked, a code, a report."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.pages_my import COOKIE
from tests.portal.browser import PHONE, Browser
from tests.portal.fake import NOW, FakePlatform
from tests.portal.fake_visits import CASE, MEDICAL
from tests.portal.screens import HOLDER, sign_in
from tests.portal.serving import serving
from tests.portal.visits import Visitor, signed_in

OWN = ("/my", "/my/looks", "/my/consents", "/my/code", "/my/licences")


def brought(ticket: str = "proved") -> Visitor:
    """A holder whom the app brought."""
    visitor = Visitor()
    assert "url=/my" in visitor.get(f"/my/in?ticket={ticket}").text
    return visitor


def test_own_pages_are_for_a_holder_only() -> None:
    stranger, clerk = Visitor(), signed_in("clerk")
    for path in OWN:
        for visitor in (stranger, clerk):
            answer = visitor.get(path)
            assert (answer.status_code, "请从市民 App 进入" in answer.text) == (401, True)
        assert brought().get(path).status_code == 200
    assert stranger.get("/my/in?ticket=none").status_code == 401
    assert brought().get("/clerk").headers["location"].startswith("/login")


def test_a_visit_ends_after_half_an_hour_or_when_one_leaves() -> None:
    visitor = brought()
    assert visitor.post("/my", "/my/out").headers["location"] == "/my/needs"
    assert visitor.get("/my").status_code == 401
    visitor = brought()
    visitor.clock.move(timedelta(minutes=29))
    assert visitor.get("/my").status_code == 200
    visitor.clock.move(timedelta(minutes=1))
    assert visitor.get("/my").status_code == 401


def test_a_visit_is_no_session_and_a_session_no_visit() -> None:
    visitor = brought()
    text = visitor.client.cookies[COOKIE]
    assert visitor.get("/clerk", authorization=f"Bearer {text}").status_code == 303
    other = signed_in("clerk")
    other.client.cookies.set(COOKIE, other.client.cookies["zhongtai_session"], path="/my")
    assert other.get("/my").status_code == 401


def test_what_must_i_bring_asks_one_thing_a_page_and_says_why() -> None:
    visitor = Visitor()  # open to anyone
    assert "请先写您要办什么事" in visitor.post("/my/needs", "/my/needs", words=" ").text
    assert "换个说法" in visitor.post("/my/needs", "/my/needs", words="造飞机").text
    found = visitor.post("/my/needs", "/my/needs", words="食品")
    assert 'href="/my/needs/B01"' in found.text
    asked = visitor.get("/my/needs/B01")
    assert "经营场所是自己的还是租的？" in asked.text
    assert asked.text.count('<button type="submit" name="answer"') == 3
    told = visitor.post("/my/needs/B01", "/my/needs/B01", answer="premises:自有").text
    assert "请带 4 份材料" in told
    assert "由部门共享的营业执照证明" in told
    for why in ("办结时须收回", "窗口须当面核对", "还没有公布可以免交", "没有已接入的证照"):
        assert why in told
    assert visitor.get("/my/needs/nothing").status_code == 400
    assert visitor.client.post("/my/needs/B01", data={"answer": "premises:自有"}).status_code == 403


def test_who_looked_is_told_to_who_was_proved_to_be_there() -> None:
    assert "须先刷脸核验本人" in brought("plain").get("/my/looks").text
    told = brought().get("/my/looks").text
    assert "查看了证照" in told
    assert "想看，被拒绝" in told
    assert "还没有人看过" not in told


def test_a_consent_is_taken_back() -> None:
    visitor = brought()
    assert visitor.get("/my/consents").text.count("撤回同意<span") == 1
    gone = visitor.post("/my/consents", "/my/consents/3")
    assert gone.headers["location"] == "/my/consents"
    assert "已撤回" in visitor.get("/my/consents").text
    assert "撤回同意<span" not in visitor.get("/my/consents").text
    assert visitor.post("/my", "/my/consents/2").status_code == 403
    assert visitor.client.post("/my/consents/3").status_code == 403  # no form of ours


def test_a_code_is_shown_with_its_end_and_never_in_an_address() -> None:
    visitor = brought()
    sent = {"case": CASE, "types": MEDICAL, "purpose": "give"}
    shown = visitor.post("/my/code", "/my/code", **sent)
    assert "7K3M P9QX" in shown.text
    assert f'data-ends="{int((NOW + timedelta(minutes=5)).timestamp())}"' in shown.text
    assert "11:35 前有效" in shown.text
    assert visitor.platform.visits.done == [("code", CASE, (MEDICAL,), "give")]
    none = visitor.post("/my/code", "/my/code", case=CASE, purpose="give")
    assert (none.status_code, "至少选一份证照" in none.text) == (400, True)
    odd = visitor.post("/my/code", "/my/code", case=CASE, types=MEDICAL, purpose="sell")
    assert odd.status_code == 400


def test_a_mistake_is_reported_and_its_state_is_in_words() -> None:
    visitor = brought()
    page = visitor.get("/my/licences").text
    for said in (
        "处理中",
        "应在2026年12月2日前答复",
        "已逾期 2 个工作日",
        "属实，已更正",
        "已吊销",
        "数据核验结果",
        "委托制证",
    ):
        assert said in page
    wrong = visitor.post("/my/licences", "/my/licences/l1", field="经营场所", why="")
    assert (wrong.status_code, "请写明哪里不对" in wrong.text) == (400, True)
    assert 'href="#why-l1"' in wrong.text
    done = visitor.post("/my/licences", "/my/licences/l1", field="经营场所", why="登记成了别处")
    assert done.headers["location"] == "/my/licences"
    assert visitor.platform.visits.done == [("report", "l1", "经营场所", "登记成了别处")]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/my/looks", "须先刷脸"),
        ("/my/consents", "您还没有同意过查看"),
        ("/my/code", "您现在没有正在办理的事"),
        ("/my/licences", "没有找到登记在您名下的证照"),
    ],
)
def test_an_empty_page_says_so(path: str, said: str) -> None:
    assert said in brought("empty").get(path).text


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("script", [True, False])
def test_an_applicant_goes_all_the_way_on_a_phone(script: bool) -> None:
    with serving(FakePlatform()) as url, Browser(PHONE) as browser:
        browser.call("Emulation.setScriptExecutionDisabled", value=not script)
        sign_in(browser, url, HOLDER)
        browser.submit("document.querySelector('a[href=\"/my/needs\"]').click()")
        browser.run("document.getElementById('words').value = '食品'")
        browser.submit("document.querySelector('button.main').click()")
        browser.submit("document.querySelector('a[href=\"/my/needs/B01\"]').click()")
        browser.submit("document.querySelector('.answers button').click()")
        assert browser.run("document.querySelector('h1').textContent") == "请带 4 份材料"
        browser.open(f"{url}/my/code")
        browser.submit("document.querySelector('button[value=give]').click()")
        left = browser.run("document.querySelector('.left').textContent")
        assert (
            ("已过期" in left) if script else ("11:35 前有效" in left)
        )  # the portal's clock stands
        small = """[...document.querySelectorAll('.my button, .doors a, .my select')]
          .filter((one) => one.offsetParent && one.offsetHeight < 44).length"""
        assert browser.run(small) == 0
        assert browser.complaints() == []
