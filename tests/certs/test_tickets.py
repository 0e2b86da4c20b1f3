"""A clerk comes in out of the one-window by a ticket: once, at once, and with no right added."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from httpx import Response

from connectors.signatures import hmac_sha256
from pipeline.platform import Platform
from portal.app import create_app
from portal.render import SESSION_COOKIE
from portal.sessions import Sessions
from registry import tickets
from tests.certs.town import NAMES, NOW, WANG, Town

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

CASE = {
    "row_id": "r9", "case_number": "W9", "item_code": "FOOD-1", "post": "sc-02",
    "applicant_kind": "person", "applicant_number": WANG, "applicant_name": NAMES[WANG],
    "clerk": "clerk",
}  # fmt: skip


@pytest.fixture
def town(city: Town) -> Town:
    city.house.secrets.put("WINDOW_ID", "window")
    city.house.secrets.put("WINDOW_SECRET", "secret")
    return city


def browser(town: Town, session: str = "") -> TestClient:
    """The portal at the town's time."""
    made = create_app(Platform(town.house), b"k" * 32, clock=town.house.clock)
    cookies = {SESSION_COOKIE: session} if session else {}
    return TestClient(made, raise_server_exceptions=False, cookies=cookies)


def call(town: Town, key: str = "secret", **over: Any) -> Response:
    sent = json.dumps({**CASE, **over}, ensure_ascii=False).encode()
    at, digest = str(int(town.house.clock().timestamp() * 1000)), hashlib.sha256(sent).hexdigest()
    head = {
        "x-app-id": "window", "x-timestamp": at, "x-nonce": digest,
        "x-signature": hmac_sha256(key, f"window{at}{digest}{digest}".encode()),
    }  # fmt: skip
    made: Response = browser(town).post("/api/v1/window/tickets", content=sent, headers=head)
    return made


def way_in(made: Response) -> str:
    assert made.status_code == 200, made.text
    parts = urlsplit(made.json()["address"])
    return f"{parts.path}?{parts.query}"


def of_account(town: Town) -> list[Mapping[str, Any]]:
    return [one for one in town.events() if one["event"].startswith("account.")]


def test_the_clerk_is_in_without_typing(town: Town) -> None:
    made = call(town)
    assert WANG not in made.text
    window = browser(town)
    entered = window.get(way_in(made))
    assert entered.status_code == 200
    assert 'content="0;url=/clerk/cases/W9"' in entered.text
    plan = window.get("/clerk/cases/W9")
    assert plan.status_code == 200
    assert "食品经营许可（变更）" in plan.text
    (entry,) = of_account(town)
    assert (entry["event"], entry["actor"]) == ("account.signed_in", "clerk")
    assert (entry["mode"], entry["case"]) == ("window", "W9")


def test_a_ticket_is_good_once(town: Town) -> None:
    where = way_in(call(town))
    assert browser(town).get(where).status_code == 200
    again = browser(town).get(where)
    assert again.status_code == 401
    assert "已经用过" in again.text
    assert SESSION_COOKIE not in again.cookies
    assert of_account(town)[-1]["reason"] == "ticket_used"


def test_a_ticket_lasts_a_minute(town: Town) -> None:
    where = way_in(call(town))
    town.at(NOW + tickets.LASTS)
    late = browser(town).get(where)
    assert (late.status_code, SESSION_COOKIE in late.cookies) == (401, False)
    assert "超过一分钟" in late.text
    assert of_account(town)[-1]["reason"] == "ticket_late"


@pytest.mark.parametrize("text", ["", "nothing", "x" * 300, "票", "a\0b"])
def test_what_was_never_a_ticket_opens_nothing(town: Town, text: str) -> None:
    found = browser(town).get("/in", params={"ticket": text})
    assert (found.status_code, SESSION_COOKIE in found.cookies) == (401, False)
    assert of_account(town) == []


def test_who_was_signed_in_here_is_signed_out(town: Town) -> None:
    _, text = Sessions(b"k" * 32, town.house.clock).begin("clerk2", idles=True)
    one = browser(town, text)
    assert one.get("/clerk").status_code == 200
    one.get(way_in(call(town)))
    assert one.get("/clerk/cases/W9").status_code == 200
    assert browser(town, text).get("/clerk", follow_redirects=False).status_code == 303


@pytest.mark.parametrize(
    ("reason", "over"),
    [
        ("no_clerk", {"clerk": "nobody"}),
        ("no_clerk", {"clerk": "officer"}),
        ("post_not_held", {"post": "ga-02"}),
        ("post_not_held", {"clerk": "clerk2"}),
        ("item_not_in_catalogue", {"item_code": "NONE"}),
    ],
)
def test_the_window_cannot_vouch_for_that(town: Town, reason: str, over: dict[str, str]) -> None:
    made = call(town, **over)
    assert (made.status_code, made.json()["reason"]) == (403, reason)
    assert town.events()[-1]["reason"] == reason
    assert town.query("SELECT count(*) FROM registry.ticket") == [(0,)]


def test_a_clerk_who_was_disabled_meanwhile_stays_out(town: Town) -> None:
    where = way_in(call(town))
    town.change("UPDATE registry.account SET disabled_at = now() WHERE name = 'clerk'")
    assert "已停用" in browser(town).get(where).text
    assert of_account(town)[-1]["reason"] == "disabled"


def test_another_signature_makes_no_ticket(town: Town) -> None:
    made = call(town, key="other")
    assert (made.status_code, made.json()["reason"]) == (401, "call_not_signed")
    assert call(town, clerk=7).status_code == 400


def test_a_ticket_adds_no_right(town: Town) -> None:
    """The case is another post's by now: the clerk is in, and sees nothing."""
    where = way_in(call(town))
    town.change("UPDATE landing.\"case\" SET post = 'mz-02' WHERE case_number = 'W9'")
    window = browser(town)
    assert window.get(where).status_code == 200
    refused = window.get("/clerk/cases/W9")
    assert refused.status_code == 403
    assert NAMES[WANG] not in refused.text


def test_old_tickets_are_forgotten(town: Town) -> None:
    call(town)
    town.at(NOW + timedelta(days=2))
    call(town, case_number="W10", row_id="r10")
    assert town.query("SELECT count(*) FROM registry.ticket") == [(1,)]
