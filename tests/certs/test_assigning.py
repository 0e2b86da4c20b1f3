"""A case given to another post, and taken back: a clerk's page over a real installation."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.certs import test_refusals
from tests.certs.signed import Signed
from tests.certs.test_refusals import Desk

desk = test_refusals.desk
PAGE = "/clerk/cases/C1/posts"
GIVEN = {
    "post": "xzsp-01",
    "mode": "on_behalf",
    "rights": "receive",
    "place": "于都县",
    "document": "代收代办协议一号",
    "until": "2027-01-31",
}


def send(clerk: Signed, path: str = "", /, **fields: Any) -> Any:
    return clerk.post(PAGE, f"{PAGE}{path}", **fields)


def test_a_case_is_given_to_another_post_and_taken_back(desk: Desk) -> None:
    clerk = Signed(desk, "clerk")
    assert "本办件没有交给其他窗口" in clerk.text(PAGE)
    assert send(clerk, **GIVEN).headers["location"] == f"{PAGE}?done=given"
    assert desk.last()["kind"] == "assignment"
    text = clerk.text(f"{PAGE}?done=given")
    for said in ("市民政局受理窗口", "代收代办 · 收件 · 于都县", "代收代办协议一号"):
        assert said in text, said
    ((number,),) = desk.town.query("SELECT id FROM certs.assignment")
    assert send(clerk, f"/{number}/take-back").headers["location"] == f"{PAGE}?done=taken_back"
    last = desk.last()
    assert (last["event"], last["kind"]) == ("right.revoked", "assignment")
    text = clerk.text(PAGE)
    assert "已收回或到期" in text
    assert "take-back" not in text


def test_what_was_taken_back_meanwhile_is_said(desk: Desk) -> None:
    clerk = Signed(desk, "clerk")
    send(clerk, **GIVEN)
    ((number,),) = desk.town.query("SELECT id FROM certs.assignment")
    assert desk.post("clerk", f"/cases/C1/assignments/{number}/end").json() == {"number": number}
    late = send(clerk, f"/{number}/take-back")
    assert (late.status_code, "已经收回或到期" in late.text) == (400, True)
    assert desk.post("bureau", f"/cases/C1/assignments/{number}/end").status_code == 400


@pytest.mark.parametrize(
    ("wrong", "field", "says"),
    [
        ({"post": "xx-99"}, "post", "请选择岗位"),
        ({"mode": ""}, "mode", "办理方式是"),
        ({"rights": ""}, "rights", "权限是收件"),
        ({"place": "月球"}, "place", "地方应为本市区划"),
        ({"document": ""}, "document", "文号"),
        ({"until": "2020-01-01"}, "until", "结束要晚于开始"),
        ({"until": "明天"}, "until", "日期"),
    ],
)
def test_what_is_wrong_leads_to_its_field(
    desk: Desk, wrong: dict[str, str], field: str, says: str
) -> None:
    answer = send(Signed(desk, "clerk"), **(GIVEN | wrong))
    assert answer.status_code == 400
    assert re.search(f'<a href="#{field}">[^<]*{says}', answer.text)
    assert desk.town.query("SELECT 1 FROM certs.assignment") == []
    if "place" not in wrong:
        assert 'value="于都县"' in answer.text


def test_a_post_that_only_receives_gives_it_to_nobody(desk: Desk) -> None:
    send(Signed(desk, "clerk"), **GIVEN)
    county = Signed(desk, "county")
    text = county.text(PAGE)
    assert "您的岗位只负责收件" in text
    assert "<select" not in text
    assert "take-back" not in text
    assert send(county, **GIVEN).status_code == 403
    assert desk.last()["reason"] == "receive_only"
    ((number,),) = desk.town.query("SELECT id FROM certs.assignment")
    assert send(county, f"/{number}/take-back").status_code == 403


def test_another_posts_case_is_refused(desk: Desk) -> None:
    county = Signed(desk, "county").client
    assert county.get(PAGE).status_code == 403
    assert desk.last()["event"] == "right.refused"
    clerk = Signed(desk, "clerk")
    send(clerk, **GIVEN)
    assert county.get(PAGE).status_code == 200
    ((number,),) = desk.town.query("SELECT id FROM certs.assignment")
    send(clerk, f"/{number}/take-back")
    assert county.get(PAGE).status_code == 403
