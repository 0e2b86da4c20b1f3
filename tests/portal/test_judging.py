"""The API of judging over a real catalogue: who may do what, and what it answers."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.house import House
from pipeline.judging import Judging
from registry import accounts
from tests.catalog.judging.people import BUREAU, CLERK, INTAKE, OFFICER, OPS, SECOND, say, start
from tests.portal.fake import FakePlatform
from tests.portal.visits import Visitor, signed_in

API = "/api/v1/catalog"


@pytest.fixture
def platform(house: House) -> FakePlatform:
    """A unified catalogue behind the API."""
    start(house)
    with house.engine.begin() as conn:
        for one in (BUREAU, OFFICER, SECOND, CLERK, OPS):
            accounts.save_account(conn, one, "a password")
    made = FakePlatform()
    made.judging = Judging(house)
    return made


class Caller:
    """Someone who signed in, calling the API."""

    def __init__(self, name: str, platform: FakePlatform) -> None:
        self.visitor: Visitor = signed_in(name, platform)
        page = {"officer": "/dept/register", "clerk": "/clerk"}.get(name, f"/{name}")
        self.head = {"x-form-token": self.visitor.token(page)}

    def get(self, path: str, **query: Any) -> Any:
        answer = self.visitor.client.get(API + path, params=query)
        return answer.json() if answer.status_code == 200 else answer.status_code

    def post(self, path: str, **sent: Any) -> Any:
        answer = self.visitor.client.post(API + path, json=sent, headers=self.head)
        return answer.json() if answer.status_code == 200 else answer.status_code


def test_a_question_is_asked_proposed_and_decided(platform: FakePlatform) -> None:
    officer, bureau = Caller("officer", platform), Caller("bureau", platform)
    [one] = officer.get("/questions")
    assert (one["name"], one["rows"], one["counties"]) == ("食品店开业手续", 3, 3)
    shown = officer.get(f"/questions/{one['key']}")
    assert [row["code"] for row in shown["rows"]] == ["F3", "F2", "F1"]
    made = officer.post("/judgements", of=one["key"], relation="none", why="只有本地有")
    assert made == {"number": 1, "state": "proposed", "rows": 3}
    assert officer.post("/judgements/1/decision", accept=True, why="同意") == 403
    assert [waiting["by"] for waiting in bureau.get("/judgements")] == ["officer"]
    decided = bureau.post("/judgements/1/decision", accept=True, why="同意")
    assert decided == {"number": 1, "state": "in_force", "rows": 3}
    assert bureau.post("/judgements/1/decision", accept=True, why="同意") == 400
    assert officer.get("/questions") == []
    assert bureau.post("/judgements/1/undo", why="看错了")["state"] == "undone"
    assert officer.get("/questions") == [one]


def test_contradictions_are_told(platform: FakePlatform, house: House) -> None:
    bureau = Caller("bureau", platform)
    assert bureau.get("/contradictions") == []
    say(house, BUREAU, "X1", "same", INTAKE)
    say(house, SECOND, "X2", "none")
    [one] = bureau.get("/contradictions")
    assert [rest["kind"] for rest in one["rests"]] == ["person", "same_name", "person"]
    assert bureau.get("/contradictions", subject="material") == []


def test_a_wish_goes_its_way(platform: FakePlatform) -> None:
    bureau = Caller("bureau", platform)
    asked = {"kind": "rename", "items": [INTAKE], "names": ["用水手续"], "why": "群众这样叫"}
    assert bureau.post("/wishes", **asked)["state"] == "open"
    step = {"state": "sent", "why": "已报", "document": "赣市审〔2026〕9号"}
    assert bureau.post("/wishes/1/state", **step)["document"] == "赣市审〔2026〕9号"
    assert [one["state"] for one in bureau.get("/wishes")] == ["sent"]
    assert bureau.get("/wishes", state="open") == []
    book = bureau.visitor.client.get(API + "/wishes.xlsx")
    assert book.content[:2] == b"PK"


GETS = ("/questions", "/questions/W1", "/judgements", "/contradictions", "/wishes", "/wishes.xlsx")


def test_nobody_is_asked_to_sign_in(platform: FakePlatform) -> None:
    visitor = Visitor(platform)
    for path in GETS:
        assert visitor.get(API + path).status_code == 401, path


@pytest.mark.parametrize("name", ["officer", "bureau"])
def test_who_judges_sees_all_of_it(platform: FakePlatform, name: str) -> None:
    caller = signed_in(name, platform)
    for path in GETS:
        assert caller.get(API + path).status_code == 200, path


@pytest.mark.parametrize("name", ["clerk", "ops"])
def test_who_has_no_part_in_judging_sees_nothing_of_it(platform: FakePlatform, name: str) -> None:
    caller = Caller(name, platform)
    for path in GETS:
        assert caller.get(path) == 403, path
    assert caller.post("/judgements", of="W1", relation="none", why="x") == 403


def test_what_cannot_be_is_refused_in_words(platform: FakePlatform) -> None:
    bureau = Caller("bureau", platform)
    sent = {"of": "W1", "relation": "same", "to": ["NOPE"], "why": "x"}
    answer = bureau.visitor.client.post(API + "/judgements", json=sent, headers=bureau.head)
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_input")
    assert answer.json()["detail"] == "there is no canonical item NOPE"
    assert bureau.get("/questions/nope") == 400
    assert bureau.get("/questions", limit=0) == 400
