"""Uses of licences on the pages: a department decides, another disputes, the bureau rules."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import quote

import pytest
from httpx import Response

from certs.rights import use_lists
from portal.render import SESSION_COOKIE
from tests.certs import test_refusals
from tests.certs.test_refusals import FOOD, Desk

desk = test_refusals.desk  # the fixture: FOOD uses the food licence, which was approved
TOKEN = re.compile(r'name="form_token" value="([0-9a-f]{64})"')
USES = "/catalog/uses"
TYPE = f"{USES}/{quote(FOOD)}"
NAME = "食品经营许可（变更）"


def get(desk: Desk, who: str, path: str) -> str:
    _, text = desk.sessions.begin(who)
    desk.client.cookies.clear()
    desk.client.cookies.set(SESSION_COOKIE, text)
    return str(desk.client.get(path).text)


def send(desk: Desk, who: str, path: str, **sent: object) -> Response:
    token = TOKEN.findall(get(desk, who, USES))[-1]
    answer: Response = desk.client.post(path, data={**sent, "form_token": token})
    return answer


def test_a_department_says_yes_to_what_waits_and_the_window_may_use_it(desk: Desk) -> None:
    desk.town.approve("FOOD", FOOD, state="requested", due=date(2026, 11, 19))
    assert desk.fetch().json()["reason"] == "use_not_approved"
    page = get(desk, "officer", USES)
    assert "逾期 1 个" in page
    page = get(desk, "officer", TYPE)
    assert NAME in page
    assert "已逾期" in page
    sent = {"item": ["FOOD"], "answer": "approved", "fields": ["经营项目"]}
    assert send(desk, "officer", TYPE, **sent).headers["location"] == (f"{TYPE}?done=approved&n=1")
    assert "已同意 1 个事项" in get(desk, "officer", f"{TYPE}?done=approved&n=1")
    assert "没有这种状态的事项" in get(desk, "officer", TYPE)
    assert "可用字段：经营项目" in get(desk, "officer", f"{TYPE}?state=approved")
    assert desk.fetch().status_code == 200
    assert desk.last()["fields"] == ["经营项目"]


def test_a_refusal_is_disputed_and_ruled_on(desk: Desk) -> None:
    desk.town.item("FOOD", NAME, "市公安局", ["FOOD-1"])  # the item of another department
    sent = {"item": ["FOOD"], "answer": "refused"}
    assert "请写明原因" in send(desk, "officer", TYPE, **sent, state="approved").text
    assert send(desk, "officer", TYPE, **sent, why="不是必需").status_code == 303
    assert ">提出争议<" in get(desk, "police", USES)
    assert ">提出争议<" not in get(desk, "officer", USES)
    where = f"{TYPE}/FOOD"
    own = send(desk, "officer", f"{where}/dispute", why="x")
    assert (own.status_code, "不能对自己的决定提争议" in own.text) == (403, True)
    assert send(desk, "police", f"{where}/dispute", why="法律要求").status_code == 303
    assert "裁定同意" in get(desk, "bureau", USES)
    assert "裁定同意" not in get(desk, "police", USES)
    empty = send(desk, "bureau", f"{where}/rule", answer="approved", why="依据文件")
    assert empty.headers["location"] == f"{USES}?done=ruled"
    late = send(desk, "bureau", f"{where}/rule", answer="approved", why="依据文件")
    assert (late.status_code, "可能有人刚办过" in late.text) == (400, True)
    assert "审批局已裁定" in get(desk, "officer", f"{TYPE}?state=approved")
    final = send(desk, "officer", TYPE, **sent, why="还是不行", state="approved")
    assert (final.status_code, "数据局已裁定" in final.text) == (403, True)


@pytest.mark.parametrize(
    ("sent", "said", "field"),
    [
        ({"answer": "approved"}, "请先勾选事项", "list"),
        ({"item": ["FOOD"], "answer": "approved"}, "请至少选一个", "fields"),
        ({"item": ["FOOD"], "answer": "refused"}, "请写明原因", "why"),
    ],
)
def test_what_is_missing_is_said_at_its_field(
    desk: Desk, sent: dict[str, object], said: str, field: str
) -> None:
    answer = send(desk, "officer", TYPE, **sent, state="approved")
    assert (answer.status_code, said in answer.text) == (400, True)
    assert f'<a href="#{field}">' in answer.text
    assert f'id="{field}"' in answer.text


def test_another_department_decides_nothing(desk: Desk) -> None:
    assert 'name="item"' not in get(desk, "police", f"{TYPE}?state=approved")
    sent = {"item": ["FOOD"], "answer": "refused", "why": "不行"}
    assert send(desk, "police", TYPE, **sent).status_code == 403
    assert send(desk, "bureau", TYPE, **sent).status_code == 403
    assert "没有事项要用" in get(desk, "police", USES)


def test_a_long_list_goes_on_by_the_item(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.town.approve("GOOD", FOOD)
    monkeypatch.setattr(use_lists, "PAGE", 0)
    with desk.town.house.engine.connect() as conn:
        first = use_lists.of_type(conn, 1, FOOD, "approved")
        second = use_lists.of_type(conn, 1, FOOD, "approved", first[0].use.item_id)
    assert [one.use.item_id for one in (*first, *second)] == ["FOOD", "GOOD"]
