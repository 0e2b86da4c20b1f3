"""Who may come where: every page and call against every role."""

from __future__ import annotations

import pytest

from portal.app import create_app
from tests.portal.fake import PASSWORD, FakePlatform
from tests.portal.serving import KEY
from tests.portal.test_catalog import API, GETS
from tests.portal.test_judging import GETS as JUDGING
from tests.portal.visits import Visitor, signed_in

PAGES = {
    "/clerk": {"clerk", "window"},
    "/clerk/cases/3607": {"clerk", "window"},
    "/clerk/cases/3607/package": {"clerk", "window"},
    "/clerk/cases/3607/people": {"clerk", "window"},
    "/clerk/cases/3607/posts": {"clerk", "window"},
    "/clerk/cases/3607/outside": {"clerk", "window"},
    "/dept": {"officer"},
    "/dept/corrections": {"officer"},
    "/dept/systems/sc_food": {"officer"},
    "/dept/systems/sc_food/refused.xlsx": {"officer"},
    "/dept/looks": {"officer"},
    "/dept/looks.csv": {"officer"},
    "/dept/register": {"officer"},
    "/dept/form.xlsx": {"officer"},
    "/dept/systems/sc_food/confirm": {"officer"},
    "/rights/callers": {"bureau", "secadmin"},
    "/rights/receivers": {"bureau", "secadmin"},
    "/rights/receivers/1": {"bureau", "secadmin"},
    "/rights/roster": {"bureau", "secadmin"},
    "/rights/orders": {"bureau"},
    "/rights/alarms": {"bureau", "ops"},
    "/connect": {"ops", "bureau"},
    "/connect/sc_food": {"ops", "bureau"},
    "/connect/sc_food/drafts/2": {"ops", "bureau"},
    "/connect/sc_food/versions": {"ops", "bureau"},
    "/connect/sc_food/source": {"ops"},
    "/connect/sc_food/tables": {"ops"},
    "/connect/sc_food/mapping": {"ops"},
    "/connect/sc_food/streams/licence": {"ops"},
    "/connect/sc_food/check": {"ops"},
    "/ops": {"ops"},
    "/ops/tiles": {"ops"},
    "/ops/alarms": {"ops"},
    "/ops/report": {"ops"},
    "/ops/systems/sc_food/letter": {"ops"},
    "/ops/systems/sc_food": {"ops"},
    "/dept/letter": {"officer"},
    "/bureau": {"bureau"},
    "/bureau/rows": {"bureau"},
    "/bureau/rows.csv": {"bureau"},
    "/bureau/coverage": {"bureau"},
    "/bureau/reasons": {"bureau"},
    "/bureau/complaints": {"bureau"},
    "/bureau/letter": {"bureau"},
    "/bureau/overview": {"bureau"},
    "/bureau/screen": {"bureau"},
    "/bureau/screen/part": {"bureau"},
    "/clerk/cases/3607/form": {"clerk", "window"},
    "/catalog/forms": {"officer", "bureau"},
    "/catalog/forms/current.csv": {"officer", "bureau"},
    "/catalog/uses": {"officer", "bureau"},
    "/catalog/waivers": {"officer", "bureau", "ops"},
    "/catalog/waivers/xkz": {"officer", "bureau", "ops"},
    "/catalog/ask": {"bureau", "ops"},
    "/catalog/ask/unused": {"bureau", "ops"},
    "/admin/accounts": {"sysadmin", "secadmin"},
    "/admin/signins": {"secadmin", "auditor"},
}
CALLS = {
    "/api/v1/cases": {"clerk", "window"},
    "/api/v1/cases/3607/plan": {"clerk", "window"},
    "/api/v1/cases/3607/looks": {"clerk", "window"},
    "/api/v1/cases/3607/package": {"clerk", "window"},
    "/api/v1/messages": {"clerk", "window"},
    "/api/v1/plans?case=3607": {"clerk", "window"},
    "/api/v1/cases/3607/form": {"clerk", "window"},
    "/api/v1/one-form?case=3607": {"clerk", "window"},
    "/api/v1/catalog/forms": {"bureau", "officer"},
    "/api/v1/promises": {"clerk", "window"},
    "/api/v1/corrections": {"clerk", "window", "officer"},
    "/api/v1/licences/L1/states": {"ops", "bureau", "officer"},
    "/api/v1/systems": {"ops", "bureau", "officer"},
    "/api/v1/systems/sc_food": {"ops", "bureau"},
    "/api/v1/states": {"ops", "bureau", "officer"},
    "/api/v1/forms/blank": {"ops", "bureau", "officer"},
    "/api/v1/systems/sc_food/summary": {"ops", "bureau", "officer"},
    "/api/v1/systems/sc_food/history": {"ops", "bureau"},
    "/api/v1/systems/sc_food/versions": {"ops", "bureau"},
    "/api/v1/systems/sc_food/diff": {"ops", "bureau"},
    "/api/v1/status": {"ops", "bureau"},
    "/api/v1/catalog/ask/unused": {"ops", "bureau"},
    "/api/v1/waivers": {"ops", "bureau", "officer"},
    "/api/v1/waivers/xkz": {"ops", "bureau", "officer"},
    "/api/v1/waiver-lists": {"ops", "bureau", "officer"},
    "/api/v1/uses": {"ops", "bureau", "officer"},
    "/api/v1/uses/B01/xkz": {"ops", "bureau", "officer"},
    "/api/v1/roster": {"ops", "bureau"},
    "/api/v1/orders": {"bureau"},
    "/api/v1/receivers": {"ops", "bureau", "officer"},
    "/api/v1/receivers/11/addresses": {"bureau"},
    "/api/v1/receivers/11/letters": {"ops", "bureau", "officer"},
    "/api/v1/cases/C9/references/11": {"clerk", "window"},
    "/api/v1/issuer-lists": {"ops", "bureau"},
    "/api/v1/alarms": {"ops", "bureau"},
    "/api/v1/sums": {"bureau"},
    "/api/v1/tally": {"bureau"},
    "/api/v1/complaints": {"bureau"},
    "/api/v1/callers": {"ops", "bureau", "officer"},
}
PARTS = {
    "3607": "{number}",
    "sc_food": "{code}",
    "unused": "{question}",
    "xkz": "{licence_type}",
    "B01": "{item}",
    "L1": "{licence_id}",
    "11": "{number}",
    "C9": "{case}",
    "1": "{number}",
    "2": "{version}",
    "licence": "{stream}",
}
OPEN = {
    "/",
    "/in",  # with a ticket of the one-window: test_tickets.py
    "/my",  # for a holder whom the city's app brought: test_my.py
    "/my/in",
    "/my/looks",
    "/my/consents",
    "/my/code",
    "/my/licences",
    "/my/needs",  # about nobody
    "/my/needs/{code}",
    "/login",
    "/login/bind",  # behind the right password only: test_admin.py
    "/login/code",
    "/login/oidc",  # over a real provider: tests/oidc
    "/login/oidc/back",
    "/language/{to}",  # the switch: test_language.py
    "/account/password",  # for everybody who is signed in
    "/verify",
    "/verify/{copy_id}",
    "/api",
    "/health",
    "/metrics",
    "/api/v1/catalog/needs",  # published, and about nobody
    "/favicon.ico",
    "/wallet/{code}",  # whoever has the code; the number beside it is the app's
    "/wallet/statuses/{number}",
    "/.well-known/openid-credential-issuer",
    "/.well-known/oauth-authorization-server",
}
#: Over real rooms: `test_judging_pages.py`, `test_catalog_pages.py`; a stream: `test_live.py`.
ELSEWHERE = {
    "/rights",  # leads on: test_sharing.py
    "/clerk/together",  # with cases only: test_papers.py
    "/ops/live",
    "/catalog",
    "/catalog/names",
    "/catalog/names/waiting",
    "/catalog/names/contradictions",
    "/catalog/uses/{licence_type}",  # test_use_pages.py
    "/catalog/items",
    "/catalog/items/{item}",
    "/catalog/wishes",
    "/catalog/wishes/export",
    "/catalog/faults",
    "/catalog/versions",
    "/catalog/versions/{number}",
    "/catalog/versions/{number}/export",
}
NAMES = (
    "clerk", "window", "officer", "ops", "bureau", "sysadmin", "secadmin", "auditor",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_page_opens_for_its_roles_and_says_why_for_others(name: str) -> None:
    visitor = signed_in(name)
    for path, allowed in PAGES.items():
        answer = visitor.get(path)
        assert answer.status_code == (200 if name in allowed else 403), path
        if name not in allowed:
            assert "给其他岗位用" in answer.text


@pytest.mark.parametrize("name", NAMES)
def test_a_call_answers_its_roles_only(name: str) -> None:
    visitor = signed_in(name)
    for path, allowed in CALLS.items():
        answer = visitor.get(path)
        assert answer.status_code == (200 if name in allowed else 403), path
        if name not in allowed:
            assert answer.json()["reason"] == "role"


def test_nobody_is_led_to_the_sign_in_or_told_by_the_api() -> None:
    visitor = Visitor()
    for path in PAGES:
        assert visitor.get(path).headers["location"] == f"/login?next={path}"
    for path in CALLS:
        answer = visitor.get(path)
        assert answer.status_code == 401
        assert answer.json()["error"] == "sign_in"
    assert [call for call in visitor.platform.calls if call[0] != "sign_in"] == []


def test_every_get_route_is_either_open_or_in_the_table_above() -> None:
    app = create_app(FakePlatform(), KEY)
    found = {
        getattr(route, "path", "")
        for route in app.routes
        if "GET" in (getattr(route, "methods", None) or ())
    }
    known = {
        "/".join(PARTS.get(one, one) for one in p.partition("?")[0].split("/"))
        for p in {**PAGES, **CALLS}
    }
    judged = {API + path.replace("W1", "{key}") for path in JUDGING}
    assert found == known | OPEN | ELSEWHERE | {"/openapi.json"} | set(GETS) | judged


def test_another_departments_system_shows_no_row() -> None:
    visitor = signed_in("officer")
    answer = visitor.get("/dept/systems/ga_vehicle")
    assert answer.status_code == 403
    assert "属于别的部门" in answer.text
    assert not [call for call in visitor.platform.calls if call[0] == "quarantine"]


def test_a_bearer_token_serves_the_api_and_needs_no_form_token() -> None:
    visitor = Visitor()
    sent = {"name": "clerk", "password": PASSWORD}
    made = visitor.client.post("/api/v1/session", json=sent).json()
    visitor.client.cookies.clear()
    head = {"authorization": f"Bearer {made['token']}"}
    new = {"item_code": "1", "applicant_kind": "person", "applicant_number": "x"}
    new["applicant_name"] = "某"
    answer = visitor.client.post("/api/v1/cases", json=new, headers=head)
    assert answer.json() == {"number": "YS360700261120001"}


def test_the_cookie_alone_changes_nothing_over_the_api() -> None:
    visitor = Visitor()
    sent = {"name": "clerk", "password": PASSWORD}
    made = visitor.client.post("/api/v1/session", json=sent).json()
    path = "/api/v1/cases/3607/materials/m01/fetch"
    assert visitor.client.post(path, json={"purpose": "p"}).status_code == 403
    head = {"x-form-token": made["form_token"]}
    answer = visitor.client.post(path, json={"purpose": "p"}, headers=head)
    assert answer.headers["content-type"] == "application/pdf"


def test_the_api_throttles_sign_ins_like_the_page() -> None:
    visitor = Visitor()
    for _ in range(5):
        sent = {"name": "ops", "password": "no"}
        assert visitor.client.post("/api/v1/session", json=sent).status_code == 401
    assert visitor.sign_in("ops").status_code == 429


@pytest.mark.parametrize("name", NAMES)
def test_discovery_over_the_api_is_for_operations_and_takes_no_address(name: str) -> None:
    visitor = signed_in(name)
    sent = {"name": name, "password": "zhongtai-demo"}
    token = visitor.client.post("/api/v1/session", json=sent).json()["token"]
    head = {"Authorization": f"Bearer {token}"}
    for body, status in (
        ({"secret": "SC_FOOD_URL", "auth": "bearer", "paths": ["/licences"]}, 200),
        ({"url": "http://127.0.0.1/"}, 400),
    ):
        answer = visitor.client.post("/api/v1/discover", json=body, headers=head)
        assert answer.status_code == (status if name == "ops" else 403)
