"""The API of the catalogue's questions and of waivers; the clerk's page that asks the applicant."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from portal.port_asking import About
from tests.portal.visits import Visitor, signed_in

QUESTIONS = "/api/v1/catalog/ask"


def test_anyone_may_ask_what_an_item_needs() -> None:
    visitor = Visitor()
    first = visitor.get("/api/v1/catalog/needs?item=B01").json()
    assert (first["next"]["id"], first["next"]["options"]) == ("agent", ["是", "否"])
    done = visitor.get("/api/v1/catalog/needs?item=B01&answer=agent:否").json()
    assert (done["next"], done["materials"][0]["name"]) == (None, "营业执照")
    assert visitor.get("/api/v1/catalog/needs?item=B01&answer=agent").status_code == 400
    assert visitor.get("/api/v1/catalog/needs").status_code == 400


def test_a_question_is_answered_in_three_forms() -> None:
    visitor = signed_in("bureau")
    told = visitor.get(f"{QUESTIONS}/unused?years=5").json()
    assert (told["columns"], told["rows"]) == ({"item_id": "编码"}, [{"item_id": "B01"}])
    assert visitor.platform.calls[-1] == ("table", "unused", About(years=5, items=[]))
    written = visitor.get(f"{QUESTIONS}/unused?form=csv")
    assert written.content.decode("utf-8-sig").splitlines() == ["编码", "B01"]
    assert visitor.get(f"{QUESTIONS}/unused?form=xlsx").content[:2] == b"PK"
    assert visitor.get(f"{QUESTIONS}/nothing").status_code == 400
    assert visitor.get(f"{QUESTIONS}/unused?form=pdf").status_code == 400


@pytest.mark.parametrize(
    ("name", "path", "status"),
    [
        ("clerk", f"{QUESTIONS}/unused", 403),
        ("officer", f"{QUESTIONS}/unused", 403),
        ("ops", f"{QUESTIONS}/unused", 200),
        ("officer", "/api/v1/waivers", 200),
        ("clerk", "/api/v1/waivers", 403),
        ("bureau", "/api/v1/waiver-lists", 200),
        ("bureau", "/api/v1/waivers/营业执照", 200),
    ],
)
def test_who_may_read_what(name: str, path: str, status: int) -> None:
    assert signed_in(name).get(path).status_code == status


@pytest.mark.parametrize(
    ("name", "sent", "status", "call"),
    [
        (
            "officer",
            {"step": "confirm", "types": ["营业执照"], "document": "文一", "dated": "2026-05-01"},
            200,
            ("confirm", "officer", ("营业执照",), "文一", date(2026, 5, 1)),
        ),
        (
            "bureau",
            {"step": "propose", "types": ["营业执照"], "why": "数据完整"},
            200,
            ("propose", "bureau", ("营业执照",), "数据完整"),
        ),
        (
            "bureau",
            {"step": "withdraw", "types": ["营业执照"], "why": "停用"},
            200,
            ("withdraw", "bureau", ("营业执照",), "停用"),
        ),
        ("officer", {"step": "confirm", "types": ["营业执照"], "document": "文一"}, 400, None),
        ("officer", {"step": "publish", "types": ["营业执照"]}, 400, None),
        ("ops", {"step": "propose", "types": ["营业执照"], "why": "因"}, 403, None),
    ],
)
def test_waivers_are_moved_by_officers_and_the_bureau(
    name: str, sent: dict[str, Any], status: int, call: tuple[Any, ...] | None
) -> None:
    visitor, head = bearer(name)
    answer = visitor.client.post("/api/v1/waivers", json=sent, headers=head)
    assert answer.status_code == status
    assert call is None or call in visitor.platform.calls


def test_only_the_bureau_publishes_a_list() -> None:
    sent = {"document": "清单二号", "dated": "2026-06-01"}
    visitor, head = bearer("bureau")
    answer = visitor.client.post("/api/v1/waiver-lists", json=sent, headers=head)
    assert answer.json() == {"number": 2}
    other, head = bearer("officer")
    assert other.client.post("/api/v1/waiver-lists", json=sent, headers=head).status_code == 403


def bearer(name: str) -> tuple[Visitor, dict[str, str]]:
    """A visitor with a token for the API, and its header."""
    visitor = Visitor()
    sent = {"name": name, "password": "zhongtai-demo"}
    token = visitor.client.post("/api/v1/session", json=sent).json()["token"]
    return visitor, {"Authorization": f"Bearer {token}"}


def test_answers_go_in_a_body_and_give_the_plan() -> None:
    visitor, head = bearer("clerk")
    path = "/api/v1/cases/asks/plan"
    first = visitor.client.get(path, headers=head).json()
    assert first["next"]["id"] == "agent"
    sent = {"answers": {"agent": "否"}}
    done = visitor.client.post(path, json=sent, headers=head).json()
    assert (done["next"], done["answers"][-1]["answer"]) == (None, "否")


def test_the_page_asks_what_is_left_and_keeps_what_was_said() -> None:
    visitor = signed_in("clerk")
    text = visitor.get("/clerk/cases/asks").text
    assert "是否委托他人办理？" in text
    assert "个人（依据办件信息）" in text
    done = visitor.post("/clerk/cases/asks", "/clerk/cases/asks", answer="agent:否")
    assert "是否委托他人办理？" not in done.text
    assert "否（申请人回答）" in done.text
    assert visitor.client.post("/clerk/cases/asks", data={"answer": "agent:否"}).status_code == 403
