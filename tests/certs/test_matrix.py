"""Bad input, whole: every route of the API × role, and every route of a case × wrong case.

The tables name every route there is: a new one without a row fails here.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from httpx import Response

from tests.certs import test_refusals
from tests.certs.test_refusals import DAY, MEDICAL, Act, Desk, calls, changed, mandate
from tests.certs.town import LI, NOW, WANG

desk = test_refusals.desk  # the fixture: an installation with case C1 of WANG, and its API
ROLES = ("clerk", "officer", "ops", "bureau")
#: Who may come where; `open`: anybody, `signed`: by signature only.
ALLOWED = {
    "open": "POST /session, POST /verify, GET /catalog/needs",
    "signed": """POST /ingest/{system}/{stream}, POST /window/cases, POST /window/codes,
        POST /window/licences, POST /window/corrections, POST /window/looks,
        POST /window/offers, POST /window/presences, POST /window/tickets, POST /window/visits,
        POST /calls/copy, POST /calls/{operation}, POST /gbt36906/{operation}""",
    "clerk": """GET /cases, POST /cases, GET /plans, GET /messages, POST /messages/{number}/read,
        GET /promises, POST /scans/{scan_id}/withdraw, GET /cases/{number}/plan,
        POST /cases/{number}/plan, POST /cases/{number}/materials/{material_id}/fetch,
        POST /cases/{number}/materials/{material_id}/report,
        POST /cases/{number}/materials/{material_id}/original, GET /cases/{number}/looks,
        GET /cases/{number}/package, POST /cases/{number}/scans, POST /cases/{number}/answers,
        POST /cases/{number}/presenter, POST /cases/{number}/relatives,
        POST /cases/{number}/mandates, POST /cases/{number}/mandates/{mandate}/revoke,
        POST /cases/{number}/consents, POST /cases/{number}/consents/withdraw,
        POST /cases/{number}/codes, GET /cases/{number}/form, GET /one-form,
        GET /cases/{case}/references/{number}, POST /cases/{number}/outside,
        POST /cases/{number}/presence,
        POST /cases/{number}/materials/{material_id}/demand""",
    "clerk bureau": """POST /cases/{number}/assignments,
        POST /cases/{number}/assignments/{assignment}/end""",
    "clerk officer": "GET /corrections",
    "officer": """POST /systems/{code}/confirmation, POST /uses, POST /corrections/{number}/answer,
        POST /licences/{licence_id}/file""",
    "officer bureau": """POST /catalog/fields, POST /waivers, GET /catalog/questions,
        GET /catalog/questions/{key}, GET /catalog/judgements, POST /catalog/judgements,
        POST /catalog/judgements/{number}/decision, POST /catalog/judgements/{number}/undo,
        GET /catalog/contradictions, GET /catalog/wishes, POST /catalog/wishes,
        GET /catalog/wishes.xlsx, POST /catalog/wishes/{number}/state, POST /uses/dispute,
        POST /callers, GET /catalog/forms""",
    "officer ops bureau": """GET /systems, GET /waivers, GET /waivers/{licence_type},
        GET /waiver-lists, GET /states, GET /forms/blank, POST /forms, POST /forms/typed,
        GET /systems/{code}/summary, GET /catalog/versions, GET /catalog/diff,
        GET /catalog/versions/{number}/export, GET /catalog/items/{item}/flow,
        GET /catalog/items/{item}/compare, GET /catalog/items/{item}/deciding,
        GET /catalog/deviations, POST /catalog/deviations, GET /catalog/faults, GET /uses,
        GET /uses/{item}/{licence_type}, GET /licences/{licence_id}/states, GET /callers,
        GET /receivers, POST /receivers, POST /receivers/{number}/end,
        GET /receivers/{number}/letters""",
    "ops": "POST /discover, POST /systems/{code}/replay",
    "ops bureau": """GET /systems/{code}, GET /status, GET /catalog/ask/{question},
        POST /systems/{code}/state, GET /systems/{code}/history, POST /drafts,
        POST /systems/{code}/versions/{version}/approve,
        POST /systems/{code}/versions/{version}/rollback, GET /systems/{code}/versions,
        GET /systems/{code}/diff, POST /catalog/exchange, POST /catalog/faults,
        POST /catalog/faults/{number}/settle, GET /roster, GET /alarms,
        POST /alarms/{number}/close, GET /issuer-lists, POST /issuer-lists,
        POST /receivers/{number}/replay, POST /callers/{code}/pause,
        POST /callers/{code}/resume""",
    "bureau": """GET /sums, GET /tally, GET /complaints, POST /complaints,
        POST /complaints/{number}/answer, POST /waiver-lists,
        POST /catalog/versions/{number}/rollback,
        POST /catalog/release, POST /catalog/deciding, POST /catalog/deciding/{number}/withdraw,
        POST /catalog/deviations/{number}/decision, POST /uses/rule, POST /roster,
        POST /roster/{number}/end, GET /orders, POST /orders, POST /orders/{number}/confirm,
        POST /orders/{number}/end, POST /orders/{number}/look, POST /catalog/publish,
        POST /catalog/forms/decision, POST /callers/{number}/approve,
        GET /receivers/{number}/addresses, POST /receivers/{number}/approve""",
}
ROWS = {route.strip(): roles for roles, said in ALLOWED.items() for route in said.split(",")}
#: A right body for each route of a case, so that only the case is wrong.
WORDS = {"why": "登记成了别处"}
CASE_ROUTES: dict[str, dict[str, Any] | None] = {
    "GET /cases/{number}/plan": None,
    "POST /cases/{number}/plan": {"answers": {}},
    "GET /cases/{number}/form": None,
    "GET /cases/{number}/looks": None,
    "GET /cases/{number}/package": None,
    "POST /cases/{number}/scans": {"licence_type": "食品经营许可证"},
    "POST /cases/{number}/outside": {"licence_type": "食品经营许可证"},
    "POST /cases/{number}/presence": {},
    "POST /cases/{number}/materials/{material_id}/fetch": {"purpose": "办理许可"},
    "POST /cases/{number}/materials/{material_id}/original": {"purpose": "办理许可"},
    "POST /cases/{number}/materials/{material_id}/report": {"field": "状态", **WORDS},
    "POST /cases/{number}/materials/{material_id}/demand": {"reason": "law_asks"},
    "POST /cases/{number}/answers": {"question": "is_adult"},
    "POST /cases/{number}/assignments/{assignment}/end": {},
    "POST /cases/{number}/assignments": {
        "post": "ga-02", "rights": ["receive"], "mode": "on_behalf", "place": "章贡区",
        "document": "代收一号", "begins": NOW.isoformat(),
    },
    "POST /cases/{number}/presenter": {"agent": {"kind": "person", "number": LI}},
    "POST /cases/{number}/relatives": {"role": "guardian", "number": LI},
    "POST /cases/{number}/mandates": mandate(),
    "POST /cases/{number}/mandates/{mandate}/revoke": {"why": "申请人来电"},
    "POST /cases/{number}/consents": {"types": [MEDICAL], "document": "同意书一号"},
    "POST /cases/{number}/consents/withdraw": {"types": [MEDICAL]},
    "POST /cases/{number}/codes": {"code": "ABCDEFGH"},
}  # fmt: skip
NOTHING: Act = lambda _: None  # noqa: E731
#: What is wrong, who calls, for which case, how the case is made so, and the reason.
WRONG_CASES: dict[str, tuple[str, str, Act, str]] = {
    "other post": ("clerk2", "C1", NOTHING, "case_not_assigned"),
    "other department's item": ("clerk", "C1", changed(post="mz-02"), "item_not_of_post"),
    "closed case": ("clerk", "C1", changed(state="granted"), "case_closed"),
    "future time": ("clerk", "C1", changed(opened=NOW + DAY), "case_in_future"),
    "yesterday's provisional": (
        "clerk", "C1", changed(opened=NOW - DAY, provisional=True), "case_provisional_over",
    ),
    "no such case": ("clerk", "C404", NOTHING, "case_unknown"),
}  # fmt: skip
#: A case's package is for the file room: the case may be closed.
MAY = {("GET /cases/{number}/package", "closed case")}


def filled(path: str, case: str = "7") -> str:
    """A path with something in each place."""
    path = re.sub(r"\{(assignment|mandate|version)\}", "7", path).replace("{number}", case)
    return re.sub(r"\{[^}]*\}", "M1", path)


def test_the_tables_name_every_route(desk: Desk) -> None:
    found = {f"{method} {path}" for method, path in calls(desk)}
    assert set(ROWS) == found
    assert set(CASE_ROUTES) == {one for one in found if " /cases/{number}" in one}


@pytest.mark.parametrize("who", ROLES)
def test_every_route_refuses_a_role_that_it_is_not_for_with_reason_and_entry(
    desk: Desk, who: str
) -> None:
    for route, roles in ROWS.items():
        method, path = route.split(" ")
        before = len(desk.town.events())
        answer = desk.call(who, method, filled(path))
        assert answer.status_code != 500, (route, answer.text)
        refused = answer.status_code == 403 and answer.json()["reason"] == "role"
        assert refused == (who not in roles and roles not in ("open", "signed")), route
        if refused:
            entries = desk.town.events()[before:]
            assert [one["reason"] for one in entries] == ["role"], route


@pytest.mark.parametrize("wrong", WRONG_CASES)
@pytest.mark.parametrize("route", CASE_ROUTES)
def test_every_route_of_a_case_refuses_every_wrong_case(desk: Desk, route: str, wrong: str) -> None:
    who, case, make, reason = WRONG_CASES[wrong]
    may = (route, wrong) in MAY
    assert not may or desk.fetch().status_code == 200
    make(desk)
    before = len(desk.town.events())
    answer = sent(desk, who, route, case)
    if may:
        assert answer.status_code == 200, answer.text
        return
    assert (answer.status_code, answer.json()["reason"]) == (403, reason), answer.text
    entries = desk.town.events()[before:]
    assert entries[-1]["event"].endswith(".refused")
    assert entries[-1]["reason"] == reason
    assert not {WANG, LI} & set(re.findall(r"\d{17}[\dX]", str(entries) + answer.text))


def sent(desk: Desk, who: str, route: str, case: str) -> Response:
    """The route's call with its right body."""
    method, path = route.split(" ")
    body = CASE_ROUTES[route]
    if not path.endswith(("/scans", "/outside")):
        return desk.call(who, method, filled(path, case), body)
    _, text = desk.sessions.begin(who)
    head = {"authorization": f"Bearer {text}"}
    file = {"file": ("a.pdf", b"%PDF-1.4 a scan")}
    answer: Response = desk.client.post(
        "/api/v1" + filled(path, case), data=body, files=file, headers=head
    )
    return answer
