"""Receivers, lists and results over the API: roles, refusals, and no fault on hostile values."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import pytest
from httpx import Response

from certs.licences.publish import publish_system
from pipeline.events import Events
from pipeline.platform import Platform
from portal.app import create_app
from registry.tables import account as account_table
from tests.certs.receiver import SECRET, receiving
from tests.certs.town import NOW, Town

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

KEY = b"k" * 32
MARKET = "市市场监督管理局"
PEOPLE = (("bureau", "bureau", None), ("ops", "ops", None), ("market", "officer", MARKET))


@dataclass
class Desk:
    """The API over a real installation, and who calls it."""

    town: Town
    client: TestClient
    sessions: Any

    def call(self, who: str, method: str, path: str, body: Any = None) -> Response:
        _, text = self.sessions.begin(who)
        head = {"authorization": f"Bearer {text}"}
        sent = {"content": body} if isinstance(body, bytes) else {"json": body}
        answer: Response = self.client.request(
            method, "/api/v1" + path, headers=head, **sent if body is not None else {}
        )
        return answer


@pytest.fixture
def desk(city: Town) -> Desk:
    for name, role, department in PEOPLE:
        about = {"name": name, "display": name, "role": role, "posts": [], "password": ""}
        city._write(account_table, {**about, "department": department, "demo": True})
    city.house.secrets.put("HOOK", SECRET)
    app = create_app(Platform(city.house), KEY, clock=city.house.clock)
    client = TestClient(app, follow_redirects=False, raise_server_exceptions=False)
    return Desk(city, client, app.state.portal.sessions)


def receiver(**over: Any) -> dict[str, Any]:
    return {
        "name": "一件事", "department": MARKET, "url": "http://127.0.0.1:1/x", "secret": "HOOK",
        "kinds": ["licence.issued"], **over,
    }  # fmt: skip


def test_a_receiver_from_its_proposal_to_its_first_event(desk: Desk) -> None:
    with receiving() as there:
        new = desk.call("market", "POST", "/receivers", receiver(url=there.url))
        number = new.json()["number"]
        found = desk.call("bureau", "GET", f"/receivers/{number}/addresses").json()
        assert found == {"addresses": ["127.0.0.1"]}
        done = desk.call("bureau", "POST", f"/receivers/{number}/approve", found)
        assert done.json() == {"number": number}
        desk.town.licence("a")
        publish_system(desk.town.house, "sc_food", "r1")
        assert Events(desk.town.house).deliver().taken == 1
        (shown,) = desk.call("market", "GET", "/receivers").json()
        assert (shown["state"], shown["secret"], shown["waiting"]) == ("active", "HOOK", 0)
        again = desk.call("ops", "POST", f"/receivers/{number}/replay", {"entry": 0})
        assert again.json() == {"entry": 0}
        assert Events(desk.town.house).deliver().taken == 1
        (holder,) = there.got[0]["data"]["holders"]
        mine = desk.call("clerk", "GET", f"/cases/C1/references/{number}")
        assert mine.json() == {"reference": holder}
        other = desk.call("clerk2", "GET", f"/cases/C1/references/{number}")
        assert (other.status_code, other.json()["reason"]) == (403, "case_not_assigned")
        assert desk.call("market", "POST", f"/receivers/{number}/end").status_code == 200


HUGE = "9" * 30
HOSTILE: list[tuple[str, str, str, Any]] = [
    ("ops", "POST", "/receivers", receiver(name="\x00")),
    ("ops", "POST", "/receivers", receiver(url="http://\x00/")),
    ("ops", "POST", "/receivers", receiver(url="http://[::1")),
    ("ops", "POST", "/receivers", receiver(kinds=["\x00"])),
    ("ops", "POST", "/receivers", receiver(secret="\x00")),
    ("ops", "POST", "/receivers", receiver(since="0001-01-01T00:00:00+08:00")),
    ("ops", "POST", "/receivers", receiver(since="9999-12-31T23:59:59-08:00")),
    ("ops", "GET", f"/receivers/{HUGE}/letters", None),
    ("bureau", "GET", f"/receivers/{HUGE}/addresses", None),
    ("bureau", "POST", f"/receivers/{HUGE}/approve", {"addresses": ["\x00"]}),
    ("bureau", "POST", "/receivers/1/approve", {"addresses": ["::ffff:1.2.3.4%x"]}),
    ("bureau", "POST", f"/receivers/-{HUGE}/end", None),
    ("ops", "POST", "/receivers/1/replay", {"entry": int(HUGE)}),
    ("ops", "POST", "/receivers/1/replay", {"entry": -1}),
    ("ops", "POST", "/receivers/1/replay", {}),
    ("ops", "POST", "/receivers/1/replay", {"entry": 0, "time": NOW.isoformat()}),
    ("ops", "POST", "/receivers/1/replay", {"time": "0001-01-01T00:00:00+08:00"}),
    ("ops", "POST", "/receivers/1/replay", {"time": "9999-12-31T23:59:59-08:00"}),
    ("clerk", "GET", f"/cases/C1/references/{HUGE}", None),
    ("clerk", "GET", "/cases/%00/references/1", None),
    ("ops", "POST", "/issuer-lists", b"\xff\xfe{\x00"),
    ("ops", "POST", "/issuer-lists", b'{"authority": "national", "signature": "\xff"}'),
    ("clerk", "POST", "/cases/C1/presence", b"\xff\xfe"),
    ("clerk", "POST", "/cases/C1/presence", b'{"case": "\\ud800"}'),
    ("clerk", "POST", "/cases/C1/presence", b""),
]


@pytest.mark.parametrize(("who", "method", "path", "body"), HOSTILE)
def test_a_hostile_value_is_refused_without_a_fault(
    desk: Desk, who: str, method: str, path: str, body: Any
) -> None:
    number = desk.call("ops", "POST", "/receivers", receiver(name="有的")).json()["number"]
    approved = {"addresses": ["127.0.0.1"]}
    assert desk.call("bureau", "POST", f"/receivers/{number}/approve", approved).status_code == 200
    filled = path.replace("/1/", f"/{number}/") if "/1/" in path else path
    answer = desk.call(who, method, filled, body)
    assert 400 <= answer.status_code < 500, answer.text
    assert "\x00" not in answer.text


OTHERS: list[tuple[str, str, str, Any]] = [
    ("clerk", "GET", "/receivers", None),
    ("clerk", "POST", "/receivers", receiver()),
    ("market", "POST", "/receivers", receiver(department="市公安局")),
    ("ops", "POST", "/receivers/1/approve", {"addresses": ["127.0.0.1"]}),
    ("market", "POST", "/receivers/1/replay", {"entry": 0}),
    ("market", "POST", "/issuer-lists", b"{}"),
    ("ops", "POST", "/cases/C1/presence", b"{}"),
]


@pytest.mark.parametrize(("who", "method", "path", "body"), OTHERS)
def test_another_role_is_refused_and_on_record(
    desk: Desk, who: str, method: str, path: str, body: Any
) -> None:
    before = len(desk.town.events())
    answer = desk.call(who, method, path, body)
    assert answer.status_code == 403
    entries = desk.town.events()[before:]
    assert [one["reason"] for one in entries] == [answer.json()["reason"]]
