"""The one-window brings a clerk in, over a real installation: once, at once, and no wider."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import text

from ledger.accounts import deeds
from pipeline.platform import Platform
from portal.app import create_app
from portal.render import SESSION_COOKIE
from tests.certs import test_refusals
from tests.certs.test_refusals import KEY, Desk, window_case
from tests.certs.town import LI, NOW, WANG

desk = test_refusals.desk
PLAN = "/clerk/cases/{}"
CLERK = "UPDATE registry.account SET ? WHERE name = 'clerk'"


def ticket(desk: Desk, nonce: str = "n1", **over: Any) -> Response:
    return desk.signed("/window/tickets", window_case(user="clerk", **over), nonce=nonce)


def brought(desk: Desk, made: Response) -> Response:
    assert made.status_code == 200, made.text
    answer: Response = desk.client.get(made.json()["address"])
    return answer


def later(desk: Desk, by: timedelta) -> None:
    desk.town.at(NOW + by)
    app = create_app(Platform(desk.town.house), KEY, clock=desk.town.house.clock)
    desk.client = type(desk.client)(app, follow_redirects=False, raise_server_exceptions=False)


def test_a_ticket_opens_the_plan_of_a_case_that_has_not_landed(desk: Desk) -> None:
    made = ticket(desk)
    assert WANG not in made.text
    answer = brought(desk, made)
    assert answer.status_code == 200
    assert "url=/clerk/cases/W9" in answer.text
    assert "HttpOnly; Path=/; SameSite=strict" in answer.headers["set-cookie"]
    plan = desk.client.get(PLAN.format("W9"))
    assert plan.status_code == 200
    assert "食品经营许可" in plan.text
    opened, given, came = [
        one for one in desk.town.events() if one["event"].startswith(("case.", "account."))
    ]
    assert (opened["event"], opened["provisional"]) == ("case.opened", True)
    assert (given["actor"], given["subject"], given["case"]) == ("xzsp_window", "clerk", "W9")
    assert (came["event"], came["actor"]) == ("account.signed_in", "clerk")
    assert (came["mode"], came["system"], came["case"]) == ("window", "xzsp_window", "W9")
    with desk.town.house.engine.connect() as conn:
        assert [one.mode for one in deeds(conn, "clerk")] == ["window", None]
        kept = conn.execute(text("SELECT * FROM registry.ticket")).all()
    assert made.json()["ticket"] not in repr(kept)


def test_a_ticket_for_a_case_that_is_here_opens_no_second_one(desk: Desk) -> None:
    assert "C1" in brought(desk, ticket(desk, case_number="C1", row_id="other")).text
    assert desk.client.get(PLAN.format("C1")).status_code == 200
    rows = desk.town.query("SELECT count(*) FROM landing.case WHERE case_number = 'C1'")
    assert [count for (count,) in rows] == [1]


def test_a_ticket_gives_no_case_that_the_clerk_has_not(desk: Desk) -> None:
    """The case is another post's: the session opens, the plan refuses as it does for everybody."""
    desk.town.case("C1", post="mz-02", item_code="FOOD-1")
    made = desk.signed("/window/tickets", window_case(
        user="clerk2", post="ga-02", case_number="C1"), nonce="n1")  # fmt: skip
    brought(desk, made)
    refused = desk.client.get(PLAN.format("C1"))
    assert refused.status_code == 403
    assert desk.last()["reason"] == "case_not_assigned"


def used(desk: Desk) -> Response:
    made = ticket(desk)
    brought(desk, made)
    desk.client.cookies.clear()
    return brought(desk, made)


def late(desk: Desk) -> Response:
    made = ticket(desk)
    later(desk, timedelta(minutes=1))
    return brought(desk, made)


def after(change: str) -> Callable[[Desk], Response]:
    def act(desk: Desk) -> Response:
        made = ticket(desk)
        desk.town.change(change)
        return brought(desk, made)

    return act


AT_THE_DOOR: dict[str, tuple[str, Callable[[Desk], Response]]] = {
    "used": ("ticket_used", used),
    "late": ("ticket_late", late),
    "disabled since": ("clerk_unknown", after(CLERK.replace("?", "disabled_at = now()"))),
    "another role since": ("clerk_unknown", after(CLERK.replace("?", "role = 'ops'"))),
    "post lost since": ("clerk_other_post", after(CLERK.replace("?", "posts = '{mz-02}'"))),
}


@pytest.mark.parametrize("name", list(AT_THE_DOOR))
def test_a_ticket_that_is_no_good_is_refused_with_a_sentence_and_an_entry(
    desk: Desk, name: str
) -> None:
    reason, act = AT_THE_DOOR[name]
    answer = act(desk)
    assert answer.status_code == 401
    assert "请回到一窗受理平台重新点击进入" in answer.text
    assert SESSION_COOKIE not in answer.headers.get("set-cookie", "")
    entry = desk.last()
    assert (entry["event"], entry["actor"], entry["reason"]) == ("account.refused", "clerk", reason)


ASKED: dict[str, tuple[str, dict[str, Any]]] = {
    "no such clerk": ("clerk_unknown", {"user": "nobody"}),
    "not a clerk": ("clerk_unknown", {"user": "bureau"}),
    "a post of others": ("clerk_other_post", {"post": "ga-02"}),
    "another's case": ("ticket_other_case", {"case_number": "C1", "applicant_number": LI}),
    "another item": ("ticket_other_case", {"case_number": "C1", "item_code": "X1"}),
    "an item that is none": ("item_not_in_catalogue", {"item_code": "X1"}),
}


@pytest.mark.parametrize("name", list(ASKED))
def test_the_one_window_is_told_why_it_gets_no_ticket(desk: Desk, name: str) -> None:
    reason, over = ASKED[name]
    answer = desk.signed("/window/tickets", window_case(**{"user": "clerk", **over}))
    assert (answer.status_code, answer.json()["reason"]) == (403, reason)
    entry = desk.last()
    assert (entry["actor"], entry["reason"]) == ("xzsp_window", reason)
    assert desk.town.query("SELECT key FROM registry.ticket") == []
    assert not [one for one in desk.town.events() if one["event"] == "case.opened"]
    said = json.dumps(desk.town.events(), ensure_ascii=False) + answer.text
    assert WANG not in said
    assert LI not in said


def test_a_first_password_is_changed_at_the_platform(desk: Desk) -> None:
    desk.town.change("UPDATE registry.account SET must_change = true WHERE name = 'clerk'")
    assert ticket(desk).json()["reason"] == "clerk_first_password"


def test_only_the_one_window_is_given_tickets(desk: Desk) -> None:
    before = len(desk.town.events())
    wrong = desk.signed("/window/tickets", window_case(user="clerk"), **{"x-signature": "0" * 64})
    assert (wrong.status_code, wrong.json()["reason"]) == (401, "call_not_signed")
    assert len(desk.town.events()) == before  # nobody fills the ledger from outside
    assert ticket(desk).status_code == 200
    replayed = ticket(desk)
    assert (replayed.status_code, replayed.json()["reason"]) == (401, "nonce_used")
    old = str(int((NOW - timedelta(minutes=6)).timestamp() * 1000))
    stale = desk.signed("/window/tickets", window_case(user="clerk"), nonce="n2", at=old)
    assert (stale.status_code, desk.last()["reason"]) == (401, "call_outside_time")


def test_a_guess_is_refused_and_fills_no_ledger(desk: Desk) -> None:
    before = len(desk.town.events())
    answer = desk.client.get("/in?ticket=guess")
    assert (answer.status_code, "没有这张票据" in answer.text) == (401, True)
    assert desk.client.get("/in").status_code == 401
    assert len(desk.town.events()) == before


def test_a_form_of_the_one_window_carries_a_ticket_too(desk: Desk) -> None:
    made = ticket(desk).json()["ticket"]
    assert "W9" in desk.client.post("/in", data={"ticket": made}).text
    assert desk.client.post("/in", data={"ticket": "长" * 99}).status_code == 401
