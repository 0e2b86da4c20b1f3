"""Every wrong case over the API is refused with a reason code and an entry; none is a fault."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from httpx import Response

from certs.licences.publish import publish_system
from certs.rights import alarms
from connectors.signatures import hmac_sha256
from ledger import views
from pipeline.platform import Platform
from portal.app import create_app
from registry.tables import account as account_table
from tests.certs.town import FIRM, LI, NAMES, NOW, WANG, Town

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

KEY = b"k" * 32
FOOD, MEDICAL = "食品经营许可证", "医疗保障电子凭证"
MARKET = "市市场监督管理局"
DAY = timedelta(days=1)
PEOPLE: tuple[tuple[str, str, list[str], str | None], ...] = (
    ("officer", "officer", [], MARKET),
    ("police", "officer", [], "市公安局"),
    ("bureau", "bureau", [], None),
    ("bureau2", "bureau", [], None),
    ("ops", "ops", [], None),
    ("county", "clerk", ["xzsp-01"], None),
)


@dataclass
class Desk:
    """The API over a real installation, and who calls it."""

    town: Town
    client: TestClient
    sessions: Any

    def call(self, who: str | None, method: str, path: str, body: Any = None) -> Response:
        head = {}
        if who is not None:
            _, text = self.sessions.begin(who)
            head = {"authorization": f"Bearer {text}"}
        answer: Response = self.client.request(method, "/api/v1" + path, json=body, headers=head)
        return answer

    def post(self, who: str, path: str, **body: Any) -> Response:
        return self.call(who, "POST", path, body)

    def fetch(self, who: str = "clerk", case: str = "C1", material: str = "M1", **body: Any) -> Any:
        return self.post(
            who, f"/cases/{case}/materials/{material}/fetch", **{"purpose": "办理许可", **body}
        )

    def signed(self, path: str, body: dict[str, Any], **change: str) -> Response:
        """A call of the one-window."""
        sent = json.dumps(body, ensure_ascii=False).encode()
        at = change.pop("at", str(int(self.town.house.clock().timestamp() * 1000)))
        nonce = change.pop("nonce", hashlib.sha256(sent).hexdigest())
        text = f"window{at}{nonce}{hashlib.sha256(sent).hexdigest()}"
        head = {
            "x-app-id": "window", "x-timestamp": at, "x-nonce": nonce,
            "x-signature": hmac_sha256("secret", text.encode()), **change,
        }  # fmt: skip
        answer: Response = self.client.post("/api/v1" + path, content=sent, headers=head)
        return answer

    def last(self) -> dict[str, Any]:
        return self.town.events()[-1]


@pytest.fixture
def desk(city: Town) -> Desk:
    """One published food licence of WANG, which FOOD asks for, and its case C1."""
    city.material("M1", [FOOD])
    city.licence("k1")
    publish_system(city.house, "sc_food", "r1")
    for name, role, posts, department in PEOPLE:
        about = {"name": name, "display": name, "role": role, "posts": posts}
        city._write(
            account_table, {**about, "department": department, "password": "", "demo": True}
        )
    city.house.secrets.put("WINDOW_ID", "window")
    city.house.secrets.put("WINDOW_SECRET", "secret")
    app = create_app(Platform(city.house), KEY, clock=city.house.clock)
    client = TestClient(app, follow_redirects=False, raise_server_exceptions=False)
    return Desk(city, client, app.state.portal.sessions)


def mandate(**over: Any) -> dict[str, Any]:
    return {
        "agent": {"kind": "person", "number": LI},
        "items": ["FOOD"],
        "begins": "2026-11-23",
        "until": "2026-12-23",
        "document": "委托书一号",
        **over,
    }


def elsewhere(desk: Desk, **over: Any) -> Response:
    """Give C1 to the receiving window of another office."""
    body = {
        "post": "xzsp-01", "rights": ["receive"], "mode": "several_places", "place": "章贡区",
        "document": "跨域通办一号", "begins": NOW.isoformat(), **over,
    }  # fmt: skip
    return desk.post("bureau", "/cases/C1/assignments", **body)


def agent_came(desk: Desk) -> Response:
    return desk.post("clerk", "/cases/C1/presenter", agent={"kind": "person", "number": LI})


Act = Callable[[Desk], Any]


def both(first: Act, then: Act) -> Act:
    """One after the other; the last answer counts."""

    def act(desk: Desk) -> Any:
        first(desk)
        return then(desk)

    return act


def changed(**over: Any) -> Act:
    return lambda desk: desk.town.case("C1", **over)


def licence(**over: Any) -> Act:
    return lambda desk: desk.town.licence("k1", **over)


def replayed(desk: Desk) -> Response:
    body = window_case()
    assert desk.signed("/window/cases", body).status_code == 200
    return desk.signed("/window/cases", body)


def window_case(**over: Any) -> dict[str, Any]:
    return {
        "row_id": "r9", "case_number": "W9", "item_code": "FOOD-1", "post": "sc-02",
        "applicant_kind": "person", "applicant_number": WANG, "applicant_name": NAMES[WANG], **over,
    }  # fmt: skip


def granted_until(desk: Desk) -> Any:
    """The source's authorisation ends in 2028."""
    desk.town.complete("sc_food", NOW.replace(year=2029))
    desk.town.licence("k1", valid_to=None)
    publish_system(desk.town.house, "sc_food", "r2")
    desk.town.at(NOW.replace(year=2029))
    moved = create_app(Platform(desk.town.house), KEY, clock=desk.town.house.clock)
    desk.client = TestClient(moved, raise_server_exceptions=False)
    desk.sessions = moved.state.portal.sessions
    return desk.fetch()


def consent_needed(desk: Desk) -> None:
    """M2 asks for a type that needs consent."""
    desk.town.waive(MEDICAL)
    desk.town.material("M2", [MEDICAL])
    desk.town.licence("m1", WANG, type=MEDICAL, system="yb_insurance")
    desk.town.complete("yb_insurance")
    publish_system(desk.town.house, "yb_insurance", "r1")


def order(desk: Desk, **over: Any) -> Response:
    body = {
        "kind": "court", "document": "（2026）赣01执1号", "types": [FOOD],
        "subjects": [{"kind": "person", "number": WANG}], "begins": NOW.isoformat(),
        "ends": (NOW + DAY).isoformat(), "withheld_until": (NOW + 30 * DAY).isoformat(), **over,
    }  # fmt: skip
    return desk.post("bureau", "/orders", **body)


def ordered(desk: Desk, who: str = "bureau2", number: str = WANG, kind: str = FOOD) -> Response:
    (found,) = desk.call("bureau", "GET", "/orders").json()
    body = {"person": {"kind": "person", "number": number}, "licence_type": kind}
    return desk.post(who, f"/orders/{found['id']}/look", **body)


def confirm(who: str) -> Act:
    def act(desk: Desk) -> Response:
        (found,) = desk.call("bureau", "GET", "/orders").json()
        return desk.post(who, f"/orders/{found['id']}/confirm")

    return act


def use(who: str, step: str = "", **over: Any) -> Act:
    pair = {"item": "FOOD", "licence_type": FOOD}

    def act(desk: Desk) -> Response:
        if step:
            return desk.post(who, f"/uses/{step}", **pair, **over)
        return desk.post(who, "/uses", uses=[pair], **over)

    return act


def reported(desk: Desk) -> Response:
    """The clerk says that the licence of M1 is wrong."""
    path = "/cases/C1/materials/M1/report"
    return desk.post("clerk", path, field="经营场所", why="登记成了别处")


FETCH: Act = lambda desk: desk.fetch()  # noqa: E731
REFUSE = use("officer", state="refused", why="与职责无关")
WRONG: list[tuple[str, str, Act]] = [
    # the case
    ("other post", "case_not_assigned", lambda d: d.fetch("clerk2")),
    ("other post plans", "case_not_assigned", lambda d: d.call("clerk2", "GET", "/cases/C1/plan")),
    ("other department's item", "item_not_of_post", both(changed(post="mz-02"), FETCH)),
    ("closed case", "case_closed", both(changed(state="granted"), FETCH)),
    ("closed case, plan", "case_closed", both(
        changed(state="granted"), lambda d: d.call("clerk", "GET", "/cases/C1/plan"))),
    ("no case", "case_unknown", lambda d: d.fetch(case="nothing")),
    ("future time", "case_in_future", both(changed(opened=NOW + DAY), FETCH)),
    ("yesterday's provisional", "case_provisional_over", both(
        changed(opened=NOW - DAY, provisional=True), FETCH)),
    ("not on duty", "not_on_duty", both(
        lambda d: d.town.change("DELETE FROM registry.duty"), FETCH)),
    ("receives only", "receive_only", both(
        changed(post="sc-01"), lambda d: d.fetch("window"))),
    ("an office elsewhere wants data", "receive_only", both(
        elsewhere, lambda d: d.fetch("county"))),
    ("an assignment that ended", "case_not_assigned", both(
        lambda d: elsewhere(d, begins=(NOW - 2 * DAY).isoformat(), ends=(NOW - DAY).isoformat()),
        lambda d: d.call("county", "GET", "/cases/C1/plan"))),
    # who came
    ("an agent without a mandate", "mandate_missing", both(agent_came, FETCH)),
    ("a mandate for another item", "mandate_over", both(
        lambda d: (agent_came(d), d.post("clerk", "/cases/C1/mandates", **mandate(items=["X1"]))),
        FETCH)),
    ("a mandate of next month", "mandate_over", both(
        lambda d: (agent_came(d), d.post("clerk", "/cases/C1/mandates",
                                         **mandate(begins="2026-12-01"))), FETCH)),
    # the material and the licence
    ("not asked", "material_not_asked", lambda d: d.fetch(material="M9")),
    ("no purpose", "purpose_not_given", lambda d: d.fetch(purpose="")),
    ("other holder", "licence_not_found", both(changed(applicant=LI), FETCH)),
    ("revoked", "licence_not_valid", both(licence(status="revoked"), FETCH)),
    ("expired grant", "grant_expired", granted_until),
    ("reported wrong", "under_correction", both(reported, FETCH)),
    ("reported wrong, the issuer's file", "under_correction", both(reported, lambda d: d.post(
        "clerk", "/cases/C1/materials/M1/original", purpose="办理许可"))),
    ("stretched fields", "fields_beyond_use", lambda d: d.fetch(fields=["经营项目", "法定代表人"])),
    ("use waits", "use_not_approved", both(
        lambda d: d.town.approve("FOOD", FOOD, state="requested"), FETCH)),
    ("use refused", "use_refused", both(REFUSE, FETCH)),
    ("a spouse's, not proved", "role_not_applicant", both(
        lambda d: d.town.material("M1", [FOOD], role="spouse"), FETCH)),
    ("no consent", "consent_missing", both(consent_needed, lambda d: d.fetch(material="M2"))),
    # yes or no
    ("a question of another post", "case_not_assigned", lambda d: d.post(
        "clerk2", "/cases/C1/answers", question="is_adult")),
    ("a question of what is not asked", "material_not_asked", lambda d: d.post(
        "clerk", "/cases/C1/answers", question="holds_valid:营业执照")),
    # codes
    ("a wrong code", "code_wrong", lambda d: d.post("clerk", "/cases/C1/codes", code="ABCDEFGH")),
    ("too many codes", "code_throttled", both(
        lambda d: [d.post("clerk", "/cases/C1/codes", code="ABCDEFGH") for _ in range(5)],
        lambda d: d.post("clerk", "/cases/C1/codes", code="ABCDEFGH"))),
    ("another post's code", "case_not_assigned", lambda d: d.post(
        "clerk2", "/cases/C1/codes", code="ABCDEFGH")),
    # what is recorded
    ("assigns what is not theirs", "case_not_assigned", lambda d: d.post(
        "clerk2", "/cases/C1/assignments", post="ga-02", rights=["decide"], mode="on_behalf",
        place="章贡区", document="一", begins=NOW.isoformat())),
    ("names a guardian at another's case", "case_not_assigned", lambda d: d.post(
        "clerk2", "/cases/C1/relatives", role="guardian", number=LI)),
    ("a mandate at another's case", "case_not_assigned", lambda d: d.post(
        "clerk2", "/cases/C1/mandates", **mandate())),
    ("consent at another's case", "case_not_assigned", lambda d: d.post(
        "clerk2", "/cases/C1/consents", types=[MEDICAL], document="同意书")),
    # uses
    ("decides another's", "other_department", use("police", state="approved")),
    ("disputes its own", "own_decision", both(REFUSE, use("officer", "dispute", why="为什么"))),
    # orders
    ("confirms their own", "order_same_person", both(order, confirm("bureau"))),
    ("looks before it is confirmed", "order_not_confirmed", both(order, ordered)),
    ("looks at another person", "order_other_subject", both(
        both(order, confirm("bureau2")), lambda d: ordered(d, number=LI))),
    ("looks at another type", "order_other_type", both(
        both(order, confirm("bureau2")), lambda d: ordered(d, kind="结婚证"))),
    ("no such order", "order_unknown", lambda d: d.post(
        "bureau", "/orders/9/look", person={"kind": "person", "number": WANG}, licence_type=FOOD)),
    # signed calls
    ("replayed nonce", "nonce_used", replayed),
    ("an old call", "call_outside_time", lambda d: d.signed(
        "/window/cases", window_case(), at=str(int((NOW - DAY).timestamp() * 1000)))),
    ("an unpublished item", "item_not_in_catalogue", lambda d: d.signed(
        "/window/cases", window_case(item_code="X1"))),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "act"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
def test_a_wrong_case_is_refused_with_a_reason_and_an_entry(
    desk: Desk, reason: str, act: Act
) -> None:
    before = len(desk.town.events())
    answer = act(desk)
    assert answer.status_code in (401, 403)
    assert answer.json()["reason"] == reason
    entry = desk.last()
    assert len(desk.town.events()) > before
    assert entry["event"].endswith(".refused")
    detail = entry["reason"]
    assert detail == reason or (reason == "licence_not_valid" and detail.startswith("licence_"))
    said = json.dumps(desk.town.events(), ensure_ascii=False) + answer.text
    assert WANG not in said
    assert LI not in said


def calls(desk: Desk) -> list[tuple[str, str]]:
    """Every call of the API that an account makes, by method and path."""
    document = desk.client.get("/openapi.json").json()
    return [
        (method.upper(), path.removeprefix("/api/v1"))
        for path, methods in document["paths"].items()
        for method in methods
        if path.startswith("/api/v1")
    ]


@pytest.mark.parametrize("who", ["clerk", "officer", "ops", "bureau"])
def test_every_call_of_every_role_is_answered_without_a_fault(desk: Desk, who: str) -> None:
    """With nothing and with nonsense: allowed, refused with reason and entry, or bad input."""
    for method, path in calls(desk):
        filled = path.replace("{number}", "7").replace("{mandate}", "7").replace("{version}", "7")
        for part in ("{code}", "{material_id}", "{licence_type}", "{item}", "{question}", "{key}"):
            filled = filled.replace(part, "nothing")
        filled = filled.split("{", maxsplit=1)[0]
        for body in (None, {}, {"why": "\x00", "question": "\x00", "code": "\x00"}):
            before = len(desk.town.events())
            answer = desk.call(who, method, filled, body)
            assert answer.status_code != 500, (method, filled, answer.text)
            if answer.status_code == 403 and answer.json()["reason"] == "role":
                entries = desk.town.events()[before:]
                assert [one["reason"] for one in entries] == ["role"], (method, filled)


def test_who_is_not_signed_in_gets_nothing(desk: Desk) -> None:
    open_calls = {"/session", "/verify", "/catalog/needs"}
    window = (
        "/window/cases",
        "/window/codes",
        "/window/licences",
        "/window/offers",
        "/window/corrections",
        "/window/looks",
        "/window/presences",
        "/window/tickets",
        "/window/visits",
    )
    callers = {"/calls/copy", "/calls/{operation}", "/gbt36906/{operation}"}
    signed = {*window, *callers, "/ingest/{system}/{stream}"}
    for method, path in calls(desk):
        if path not in open_calls | signed:
            assert desk.call(None, method, path).status_code == 401, path
    for path in (*window, "/calls/copy", "/calls/plan"):
        assert desk.client.post("/api/v1" + path, content=b"{}").status_code == 401


# what goes right, over the same calls


def test_an_office_elsewhere_plans_and_the_deciding_office_fetches(desk: Desk) -> None:
    assert elsewhere(desk).status_code == 200
    plan = desk.call("county", "GET", "/cases/C1/plan").json()
    assert [line["verdict"] for line in plan["lines"]] == ["waived"]
    assert plan["lines"][0]["licence"] is None
    assert [one["number"] for one in desk.call("county", "GET", "/cases").json()] == ["C1"]
    assert desk.fetch().status_code == 200


@pytest.mark.parametrize("mode", ["whole_online", "on_behalf", "several_places"])
@pytest.mark.parametrize("place", ["章贡区", "广东省"])
def test_an_office_of_another_county_or_province_receives_in_each_way(
    desk: Desk, mode: str, place: str
) -> None:
    assert elsewhere(desk, mode=mode, place=place).status_code == 200
    assert desk.call("county", "GET", "/cases/C1/plan").status_code == 200
    assert desk.fetch("county").json()["reason"] == "receive_only"
    said = next(one for one in desk.town.events() if one["event"] == "right.recorded")
    assert (said["mode"], said["place"]) == (mode, place)


def test_a_place_that_is_neither_is_refused(desk: Desk) -> None:
    assert elsewhere(desk, place="某地").status_code == 400


def test_an_agent_acts_under_a_mandate_until_it_is_revoked(desk: Desk) -> None:
    agent_came(desk)
    number = desk.post("clerk", "/cases/C1/mandates", **mandate()).json()["number"]
    assert desk.fetch().status_code == 200
    ended = desk.post("clerk", f"/cases/C1/mandates/{number}/revoke", why="申请人来电")
    assert ended.status_code == 200
    assert desk.fetch().json()["reason"] == "mandate_over"
    desk.post("clerk", "/cases/C1/presenter")
    assert desk.fetch().status_code == 200


def test_a_case_of_the_one_windows_signed_call_counts_at_once_and_until_midnight(
    desk: Desk,
) -> None:
    assert desk.signed("/window/cases", window_case()).json() == {"number": "W9"}
    assert desk.fetch(case="W9").status_code == 200
    entry = next(one for one in desk.town.events() if one["event"] == "case.opened")
    assert (entry["actor"], entry["case"], entry["provisional"]) == ("xzsp_window", "W9", True)


def code_for(desk: Desk, purpose: str, nonce: str, case: str = "C1") -> str:
    body = {
        "case_number": case, "holder_kind": "person", "holder_number": WANG,
        "types": [MEDICAL], "purpose": purpose,
    }  # fmt: skip
    made = desk.signed("/window/codes", body, nonce=nonce)
    assert made.status_code == 200, made.text
    return str(made.json()["code"])


def test_consent_comes_and_goes_by_a_code_that_the_holder_shows_once(desk: Desk) -> None:
    consent_needed(desk)
    code = code_for(desk, "give", "n1")
    assert len(code) == 8
    assert code not in json.dumps(desk.town.query("SELECT * FROM certs.show_code"), default=str)
    assert desk.post("clerk", "/cases/C1/codes", code=code.lower()).json() == {"types": [MEDICAL]}
    assert desk.post("clerk", "/cases/C1/codes", code=code).json()["reason"] == "code_wrong"
    assert desk.fetch(material="M2").status_code == 200
    desk.post("clerk", "/cases/C1/codes", code=code_for(desk, "withdraw", "n2"))
    assert desk.fetch(material="M2").json()["reason"] == "consent_withdrawn"
    again = desk.post("clerk", "/cases/C1/consents", types=[MEDICAL], document="同意书二号")
    assert again.status_code == 200
    assert desk.fetch(material="M2").status_code == 200


def test_a_code_is_for_its_case_and_for_five_minutes(desk: Desk) -> None:
    consent_needed(desk)
    desk.town.case("C2")
    code = code_for(desk, "give", "n1")
    assert desk.post("clerk", "/cases/C2/codes", code=code).json()["reason"] == "code_wrong"
    desk.town.change("UPDATE certs.show_code SET ends = ends - interval '5 minutes'")
    assert desk.post("clerk", "/cases/C1/codes", code=code).json()["reason"] == "code_wrong"


def of_holder(desk: Desk, number: str = WANG, **more: str) -> Response:
    """A signed call of the app for a holder: their licences, or a report of one."""
    body = {"holder_kind": "person", "holder_number": number, **more}
    path = "/window/corrections" if more else "/window/licences"
    return desk.signed(path, body, nonce=f"n{len(desk.town.events())}-{len(more)}")


def test_a_holder_reports_an_own_licence_and_sees_how_it_stands(desk: Desk) -> None:
    (mine,) = of_holder(desk).json()
    assert (mine["licence_type"], mine["corrections"]) == (FOOD, [])
    assert mine["standing"] == "data only"  # no page may call it a licence
    said = {"licence": mine["licence"], "field": "经营场所", "why": "登记成了别处"}
    assert of_holder(desk, LI).json() == []
    assert of_holder(desk, LI, **said).json()["reason"] == "licence_not_found"
    made = of_holder(desk, **said)
    assert made.status_code == 200, made.text
    assert desk.fetch().json()["reason"] == "under_correction"
    (told,) = of_holder(desk).json()[0]["corrections"]
    assert told["number"] == made.json()["number"]
    assert (told["due"], told["overdue_days"], told["answer"]) == ("2026-11-30", 0, None)
    assert WANG not in str(desk.town.events()) + str(told)


def test_a_holders_own_list_says_that_a_last_day_is_over(desk: Desk) -> None:
    (mine,) = of_holder(desk).json()
    assert mine["status"] == "valid"
    desk.town.licence("k1", valid_to=date(2026, 11, 22))  # the source still calls it valid
    (mine,) = of_holder(desk).json()
    assert mine["status"] == "expired"


def test_a_late_correction_shows_whose_and_how_late_to_department_and_operations(
    desk: Desk,
) -> None:
    reported(desk)
    assert desk.call("officer", "GET", "/corrections").json()[0]["overdue_days"] == 0
    desk.town.at(NOW + 9 * DAY)  # Wednesday; it was due on Monday
    later = create_app(Platform(desk.town.house), KEY, clock=desk.town.house.clock)
    desk.client = TestClient(later, raise_server_exceptions=False)
    desk.sessions = later.state.portal.sessions
    assert desk.call("officer", "GET", "/corrections").json()[0]["overdue_days"] == 2
    alarms.sweep(desk.town.house)
    told = [one for one in desk.call("ops", "GET", "/alarms").json()
            if one["kind"] == "late_correction"]  # fmt: skip
    assert [one["detail"] for one in told] == [
        f"{MARKET}应于2026-11-30前答复食品经营许可证的校核，已逾期 2 个工作日"
    ]


def test_yes_no_and_cannot_be_told_hand_nothing_over(desk: Desk) -> None:
    desk.town.case("C1", post="sc-01")

    def ask(question: str) -> tuple[Any, Any]:
        made = desk.post("window", "/cases/C1/answers", question=question).json()
        return made["answer"], made["reason"]

    assert ask("is_adult") == (True, None)
    assert ask("holds_valid:" + FOOD) == (True, None)
    entry = desk.last()
    assert (entry["event"], entry["question"]) == ("answer.given", "holds_valid:" + FOOD)
    assert "answer" not in entry
    desk.town.licence("k1", status="revoked")
    assert ask("holds_valid:" + FOOD) == (False, "licence_revoked")
    desk.town.licence("k1")
    desk.town.case("C1")
    reported(desk)
    desk.town.case("C1", post="sc-01")
    assert ask("holds_valid:" + FOOD) == (None, "under_correction")
    desk.town.licence("k1", deleted_at=NOW)
    assert ask("holds_valid:" + FOOD) == (None, "licence_withdrawn")
    desk.town.complete("sc_food", NOW - 3 * DAY)
    desk.town.licence("k1")
    assert ask("holds_valid:" + FOOD)[0] is None
    other = desk.post("window", "/cases/C1/answers", question="holds_valid:X")
    assert other.status_code == 400


def test_a_firm_is_no_adult(desk: Desk) -> None:
    desk.town.case("F1", FIRM, applicant_kind="organisation")
    assert desk.post("clerk", "/cases/F1/answers", question="is_adult").status_code == 400


def test_an_order_of_two_persons_is_loud_inside_and_withheld_outside(desk: Desk) -> None:
    order(desk)
    confirm("bureau2")(desk)
    (given,) = ordered(desk).json()
    assert given["document"]["CZZT"] == NAMES[WANG]
    entries = desk.town.events()
    looked = next(n for n, one in enumerate(entries) if one["event"] == "order.looked")
    assert entries[looked]["holder"] == desk.town.holder(WANG)
    rows = desk.town.query("SELECT seq, withheld_until FROM ledger.withheld")
    steps = {n for n, one in enumerate(entries) if one["event"].startswith("order.")}
    assert {number for number, _ in rows} == steps
    assert {until for _, until in rows} == {NOW + 30 * DAY}
    for at, shown in ((NOW, False), (NOW + 31 * DAY, True)):
        with desk.town.house.engine.begin() as conn:
            seen = views.of_holder(conn, [desk.town.holder(WANG)], at)
        assert ("order.looked" in [one.event for one in seen]) == shown
    kinds = {one["kind"] for one in desk.call("ops", "GET", "/alarms").json()}
    assert kinds == {"order", "order_look"}
    assert WANG not in json.dumps(entries)


def test_an_order_sees_what_is_under_correction_and_that_it_is(desk: Desk) -> None:
    order(desk)
    confirm("bureau2")(desk)
    (given,) = ordered(desk).json()
    assert given["under_correction"] is False
    reported(desk)
    (given,) = ordered(desk).json()
    assert given["under_correction"] is True
    looked = [one for one in desk.town.events() if one["event"] == "order.looked"]
    assert [one.get("outcome") for one in looked] == [None, "under_correction"]


def test_an_order_that_is_not_withheld_stays_in_the_holders_view(desk: Desk) -> None:
    order(desk, withheld_until=None)
    confirm("bureau2")(desk)
    assert ordered(desk, "bureau").status_code == 200
    assert desk.town.query("SELECT 1 FROM ledger.withheld") == []
    with desk.town.house.engine.begin() as conn:
        seen = views.of_holder(conn, [desk.town.holder(WANG)], NOW)
    assert "order.looked" in [one.event for one in seen]


def test_a_use_is_refused_disputed_and_ruled_on(desk: Desk) -> None:
    assert REFUSE(desk).json()[0]["state"] == "refused"
    assert use("police", "dispute", why="法律要求核验")(desk).json()["state"] == "disputed"
    assert desk.fetch().json()["reason"] == "use_disputed"
    ruled = use("bureau", "rule", state="approved", why="依据文件", fields=["经营项目"])(desk)
    assert (ruled.json()["state"], ruled.json()["final"]) == ("approved", True)
    assert REFUSE(desk).json()["reason"] == "use_final"
    assert desk.fetch().status_code == 200
    assert desk.last()["fields"] == ["经营项目"]
    told = desk.call("officer", "GET", f"/uses/FOOD/{FOOD}").json()
    assert [one["state"] for one in told] == ["approved", "disputed", "refused", "approved"]


def test_a_use_that_waits_too_long_is_shown_as_late(desk: Desk) -> None:
    desk.town.approve("FOOD", FOOD, state="requested", due=date(2026, 11, 19))
    late = desk.call("officer", "GET", "/uses?overdue=true")
    assert late.status_code == 200, late.text
    (row,) = late.json()
    assert (row["item"], row["overdue_days"]) == ("食品经营许可（变更）", 2)
    assert desk.call("police", "GET", "/uses").json() == []


def test_the_roster_takes_a_post_on_and_off_an_item(desk: Desk) -> None:
    line = {"post": "sc-02", "item": "OTHER", "begins": "2026-11-01", "document": "排班一号"}
    desk.town.change("DELETE FROM registry.duty WHERE post = 'sc-02'")
    number = desk.post("bureau", "/roster", **line).json()["number"]
    assert desk.fetch().json()["reason"] == "not_on_duty"
    desk.post("bureau", "/roster", **{**line, "item": "FOOD"})
    assert desk.fetch().status_code == 200
    assert desk.post("bureau", f"/roster/{number}/end", until="2026-11-02").status_code == 200
    shown = desk.call("ops", "GET", "/roster").json()
    assert {one["until"] for one in shown if one["item"] == "OTHER"} == {"2026-11-02"}
    assert desk.post("bureau", "/roster", **{**line, "post": "zz-09"}).status_code == 400


def test_a_nul_in_a_call_of_the_window_is_told_by_its_field(desk: Desk) -> None:
    body = {"holder_kind": "person", "holder_number": WANG, "types": [FOOD], "purpose": "give"}
    answer = desk.signed("/window/codes", {**body, "case_number": "C1\0"}, nonce="nul")
    assert answer.status_code == 400
    assert "case_number" in answer.json()["detail"]
