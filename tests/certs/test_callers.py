"""Calling systems: a signed call by a grant, for one case; each wrong one has a reason code."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import secrets
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from httpx import Response
from PIL import Image

from certs.licences.identifier import make
from certs.licences.publish import publish_system
from connectors.signatures import hmac_sha256, national_signature
from pipeline.gateway import SAME_MOMENT
from pipeline.platform import Platform
from portal.app import create_app
from registry import exchange_services
from registry.tables import account as account_table
from tests.certs.town import LI, NOW, WANG, Town

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

FOOD, MARKET = "食品经营许可证", "市市场监督管理局"
DAY = timedelta(days=1)
CASE = {"user": "clerk", "case_number": "C1", "item_code": "FOOD-1"}
WANTED = {**CASE, "licence_type": FOOD, "purpose": "办理许可"}
STANDARD = {
    "userCode": "clerk", "businessCode": "C1", "itemCode": "FOOD-1", "itemName": "食品经营许可",
    "organisation": MARKET, "holderCode": WANG, "holderTypeCode": "111",
}  # fmt: skip


def application(**over: Any) -> dict[str, Any]:
    return {
        "code": "kiosk", "name": "自助终端", "department": MARKET, "secret": "KIOSK_KEY",
        "operations": ["types", "plan", "answer", "data", "copy", "verify"], "items": ["*"],
        "types": [FOOD], "networks": ["10.36.0.0/16"], "per_minute": 50, "per_day": 1000,
        "begins": NOW.isoformat(), "ends": (NOW + 30 * DAY).isoformat(),
        "document": "赣市数〔2026〕9号", **over,
    }  # fmt: skip


@dataclass
class Line:
    """A calling system's line to the API over a real installation."""

    town: Town
    address: str = "10.36.1.2"
    exchange: bool = False

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        """A client as of the town's clock and settings now."""
        house = self.town.house
        app = create_app(Platform(house), b"k" * 32, clock=house.clock)
        self.sessions = app.state.portal.sessions
        self.client = TestClient(app, raise_server_exceptions=False, client=(self.address, 4000))

    def person(self, who: str, path: str, **body: Any) -> Response:
        _, text = self.sessions.begin(who)
        head = {"authorization": f"Bearer {text}"}
        answer: Response = self.client.post("/api/v1" + path, json=body, headers=head)
        return answer

    def grant(self, **over: Any) -> None:
        made = self.person("officer", "/callers", **application(**over))
        assert made.status_code == 200, made.text
        number = made.json()["number"]
        assert self.person("bureau", f"/callers/{number}/approve").json() == {"code": "kiosk"}

    def call(self, path: str, body: Any, **change: str) -> Response:
        return self.raw(path, json.dumps(body, ensure_ascii=False).encode(), **change)

    def raw(self, path: str, sent: bytes, **change: str) -> Response:
        """A signed call with these bytes."""
        at = change.pop("at", str(int(self.town.house.clock().timestamp() * 1000)))
        nonce = change.pop("nonce", secrets.token_hex(8))
        key = change.pop("key", "a-shared-key")
        whole = change.pop("signed_for", "/api/v1" + path).encode() + b"\n" + sent
        text = f"kiosk{at}{nonce}{hashlib.sha256(whole).hexdigest()}"
        head = {
            "x-app-id": "kiosk", "x-timestamp": at, "x-nonce": nonce,
            "x-signature": hmac_sha256(key, text.encode()), **change,
        }  # fmt: skip
        answer: Response = self.client.post("/api/v1" + path, content=sent, headers=head)
        return answer

    def standard(self, operation: str, **data: Any) -> dict[str, Any]:
        """In Shandong's shape, with a token asked for before."""
        body = {"head": {"accessId": "kiosk", "accessToken": self.token()}, "data": data}
        answer = self.call(f"/gbt36906/{operation}", body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def token(self) -> str:
        return str(self.call("/gbt36906/token", {}).json()["data"]["accessToken"])

    def last(self) -> dict[str, Any]:
        return self.town.events()[-1]


@pytest.fixture
def line(city: Town) -> Line:
    """WANG's published food licence, which FOOD asks for, the case C1, and the kiosks' grant."""
    city.material("M1", [FOOD])
    city.licence("k1")
    publish_system(city.house, "sc_food", "r1")
    for name, role, department in (("officer", "officer", MARKET), ("bureau", "bureau", None)):
        about = {"name": name, "display": name, "role": role, "posts": [], "password": ""}
        city._write(account_table, {**about, "department": department, "demo": True})
    city.house.secrets.put("KIOSK_KEY", "a-shared-key")
    made = Line(city)
    made.grant()
    return made


def test_a_system_gets_the_plan_an_answer_data_and_a_copy_for_a_case(line: Line) -> None:
    plan = line.call("/calls/plan", CASE)
    assert plan.status_code == 200, plan.text
    assert WANG not in plan.text
    said = line.call("/calls/answer", {**CASE, "question": f"holds_valid:{FOOD}"}).json()
    assert said["answer"] is True
    data = line.call("/calls/data", {**WANTED, "fields": ["经营项目"]}).json()
    assert data["fields"] == ["经营项目"]
    assert data["document"]["KZ_经营项目"] == "热食类食品制售"
    assert "KZ_经营场所" not in data["document"]
    entry = line.last()
    assert (entry["event"], entry["actor"], entry["case"]) == ("look.granted", "clerk", "C1")
    admitted = line.town.events()[-2]
    assert (admitted["event"], admitted["actor"]) == ("call.admitted", "kiosk")
    copy = line.call("/calls/copy", WANTED)
    assert copy.content.startswith(b"%PDF")
    looked = line.town.query("SELECT reader, case_number FROM certs.looked")
    assert looked == [("clerk", "C1")] * 2  # alarms watch over data as over copies
    sheet = base64.b64encode(copy.content).decode()
    assert line.call("/calls/verify", {"file": sheet}).json()["untouched"] is True
    assert [one["name"] for one in line.call("/calls/types", {}).json()["types"]] == [FOOD]


def test_the_operations_of_the_standard_answer_in_its_shape(line: Line) -> None:
    wanted = {**STANDARD, "certTypeCode": FOOD, "useCause": "办理许可"}
    assert line.standard("typeList")["data"]["types"][0]["name"] == FOOD
    assert line.standard("queryCertInfoByHolderCode", **STANDARD)["head"]["status"] == "0"
    assert line.standard("queryCertInfo", **wanted)["data"]["licence_type"] == FOOD
    file = line.standard("downloadFile", **wanted, fileType="pdf")["data"]["fileData"]
    assert base64.b64decode(file).startswith(b"%PDF")
    assert line.standard("verifyFile", fileData=file)["data"]["untouched"] is True
    info = line.standard("verifyCertInfo", **STANDARD, certTypeCode=FOOD)
    assert info["data"]["answer"] is True


def test_a_number_picks_among_the_licences_of_the_case(line: Line) -> None:
    given = make("11100000MB0143028R099", "11430000006122244L", "20230000403", 1)
    line.town.licence("k2", identifier=given, details={"经营项目": "预包装食品销售"})
    publish_system(line.town.house, "sc_food", "r2")
    wanted = {**STANDARD, "useCause": "办理许可", "certTypeCode": FOOD}
    for names, project in (
        ({"certNo": "JY1360702k1"}, "热食类食品制售"),
        ({"certNo": " jy1360702K2"}, "预包装食品销售"),
        ({"certIdentifier": given.lower()}, "预包装食品销售"),
    ):
        found = line.standard("queryCertInfo", **wanted, **names)
        assert found["data"]["document"]["KZ_经营项目"] == project
    assert line.standard("downloadFile", **wanted, certNo="JY1360702k2")["head"]["status"] == "0"
    line.town.licence("k3", LI)
    publish_system(line.town.house, "sc_food", "r3")
    for number in ("JY1360702k3", "JY1360702k4"):  # another's, and one that there is not
        other = line.standard("queryCertInfo", **wanted, certNo=number)
        assert (other["head"]["status"], other["head"]["reason"]) == ("100", "licence_not_found")
    assert line.last()["reason"] == "licence_not_found"
    both = line.standard("queryCertInfo", **wanted, certNo="JY1360702k1", certIdentifier=given)
    assert both["head"]["status"] == "400"
    assert "JY1360702" not in json.dumps(line.town.events())


def test_an_identifier_names_its_type(line: Line) -> None:
    business = make("11100000MB0143028R001", "11430000006122244L", "20230000403", 1)
    wanted = {**STANDARD, "useCause": "办理许可"}
    other = line.standard("queryCertInfo", **wanted, certIdentifier=business)
    assert other["head"]["reason"] == "caller_other_type"  # 营业执照: the grant is for food
    none = line.standard("queryCertInfo", **wanted, certIdentifier="none")
    assert none["head"]["status"] == "400"


def test_a_thumbnail_is_the_copys_first_page_and_on_record_as_one(line: Line) -> None:
    wanted = {**STANDARD, "certTypeCode": FOOD, "useCause": "办理许可", "fileType": "png"}
    made = line.standard("downloadFile", **wanted)["data"]
    with Image.open(io.BytesIO(base64.b64decode(made["fileData"]))) as picture:
        assert (picture.format, max(picture.size)) == ("PNG", 640)
        assert len(set(picture.convert("L").tobytes())) > 50  # something is drawn
    assert made["fileName"].endswith(".png")
    assert line.town.query("SELECT count(*) FROM certs.copy") == [(1,)]
    assert line.standard("downloadFile", **{**wanted, "fileType": "ofd"})["head"]["status"] == "400"


def test_shanghais_flat_fields_are_the_same_call(line: Line) -> None:
    body = {
        "accessId": "kiosk", "accessToken": line.token(), "catMainCode": FOOD, "identNo": WANG,
        "type": "0", "UseFor": "办理许可", "itemCode": "FOOD-1", "itemName": "食品经营许可",
        "caseCode": "C1", "userId": "clerk", "organisation": MARKET,
    }  # fmt: skip
    found = line.call("/gbt36906/queryCertInfo", body).json()
    assert found["head"] == {"status": "0", "message": "成功", "reason": ""}
    assert found["data"]["document"]["CZZT"]


@pytest.mark.parametrize(
    ("change", "status", "reason"),
    [
        ({"holderTypeCode": "999"}, "103", "holder_kind"),
        ({"holderCode": LI}, "100", "holder_not_applicant"),
        ({"businessCode": "nothing"}, "100", "case_unknown"),
        ({"userCode": "nobody"}, "100", "account_disabled"),
        ({"certTypeCode": "营业执照"}, "100", "caller_other_type"),
        ({"certTypeCode": "没有的"}, "400", "fields"),
        ({"useCause": "长" * 201}, "400", "fields"),
        ({"useCause": None}, "400", "fields"),
        ({"more": "x"}, "400", "fields"),
        ({"businessCode": ["C1"]}, "400", "fields"),
        ({"fields": ["法定代表人"]}, "100", "fields_beyond_use"),
    ],
)
def test_the_standards_codes_are_answered(
    line: Line, change: dict[str, Any], status: str, reason: str
) -> None:
    wanted = {**STANDARD, "certTypeCode": FOOD, "useCause": "办理许可", **change}
    answer = line.standard("queryCertInfo", **wanted)
    assert (answer["head"]["status"], answer["head"]["reason"]) == (status, reason)
    assert answer["data"] is None
    assert WANG not in json.dumps(line.town.events())


def test_a_token_of_another_or_too_old_is_answered_with_11(line: Line) -> None:
    body = {"head": {"accessId": "kiosk", "accessToken": "1.2"}, "data": {}}
    assert line.call("/gbt36906/typeList", body).json()["head"]["status"] == "11"
    body["head"]["accessToken"] = line.token()
    assert line.call("/gbt36906/typeList", body).json()["head"]["status"] == "0"
    line.town.at(NOW + timedelta(minutes=31))
    line.open()
    assert line.call("/gbt36906/typeList", body).json()["head"]["status"] == "11"


Act = Callable[[Line], Response]


def regranted(**over: Any) -> Act:
    def act(line: Line) -> Response:
        line.grant(**over)
        return line.call("/calls/data", WANTED)

    return act


def data(**over: Any) -> Act:
    return lambda line: line.call("/calls/data", {**WANTED, **over})


def late(line: Line) -> Response:
    line.town.at(NOW + 31 * DAY)
    line.open()
    return line.call("/calls/data", WANTED)


def paused(line: Line) -> Response:
    assert line.person("bureau", "/callers/kiosk/pause", why="核查").status_code == 200
    return line.call("/calls/data", WANTED)


def elsewhere(line: Line) -> Response:
    line.address = "192.0.2.7"
    line.open()
    return line.call("/calls/data", WANTED)


def twice(line: Line) -> Response:
    line.call("/calls/data", WANTED, nonce="n1")
    return line.call("/calls/data", WANTED, nonce="n1")


def often(line: Line) -> Response:
    line.grant(per_minute=2)
    return [line.call("/calls/types", {}) for _ in range(3)][-1]


def daily(line: Line) -> Response:
    line.grant(per_day=1)
    return [line.call("/calls/types", {}) for _ in range(2)][-1]


def hour_ahead(line: Line) -> Response:
    at = str(int((NOW + timedelta(hours=1)).timestamp() * 1000))
    return line.call("/calls/data", WANTED, at=at)


def closed(line: Line) -> Response:
    line.town.case("C1", state="granted")
    return line.call("/calls/data", WANTED)


WRONG: list[tuple[str, int, Act]] = [
    ("caller_grant_over", 403, late),
    ("caller_grant_not_yet", 403, regranted(begins=(NOW + DAY).isoformat())),
    ("caller_paused", 403, paused),
    ("caller_other_network", 403, elsewhere),
    ("caller_other_operation", 403, regranted(operations=["plan"])),
    ("caller_other_item", 403, regranted(items=["OTHER"])),
    ("caller_other_type", 403, regranted(types=["营业执照"])),
    ("caller_over_minute", 403, often),
    ("caller_over_day", 403, daily),
    ("nonce_used", 401, twice),
    ("call_outside_time", 401, hour_ahead),
    ("item_not_of_case", 403, data(item_code="OTHER")),
    ("holder_not_applicant", 403, data(holder={"kind": "person", "number": LI})),
    ("fields_beyond_use", 403, data(fields=["法定代表人"])),
    ("account_disabled", 403, data(user="nobody")),
    ("case_not_assigned", 403, data(user="clerk2")),
    ("case_unknown", 403, data(case_number="C9")),
    ("case_closed", 403, closed),
]


@pytest.mark.parametrize(("reason", "status", "act"), WRONG, ids=[one[0] for one in WRONG])
def test_a_wrong_call_has_a_reason_and_an_entry(
    line: Line, reason: str, status: int, act: Act
) -> None:
    answer = act(line)
    assert (answer.status_code, answer.json()["reason"]) == (status, reason), answer.text
    assert line.last()["reason"] == reason
    assert WANG not in json.dumps(line.town.events())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"key": "another"}, "call_not_signed"),
        ({"x-app-id": "nobody"}, "caller_unknown"),
        ({"signed_for": "/api/v1/calls/answer"}, "call_not_signed"),
    ],
)
def test_what_is_not_signed_writes_nothing(line: Line, change: dict[str, str], reason: str) -> None:
    before = len(line.town.events())
    answer = line.call("/calls/data", WANTED, **change)
    assert (answer.status_code, answer.json()["reason"]) == (401, reason)
    assert len(line.town.events()) == before


def test_a_body_that_was_changed_on_its_way_is_refused(line: Line) -> None:
    answer = line.call("/calls/data", WANTED)
    body = json.dumps({**WANTED, "case_number": "C2"}).encode()
    head = {k: v for k, v in answer.request.headers.items() if k.startswith("x-")}
    changed = line.client.post("/api/v1/calls/data", content=body, headers=head)
    assert changed.json()["reason"] == "call_not_signed"


def test_a_grant_is_asked_for_by_one_person_and_approved_by_another(line: Line) -> None:
    asked = line.person("bureau", "/callers", **application(code="own"))
    number = asked.json()["number"]
    refused = line.person("bureau", f"/callers/{number}/approve")
    assert refused.json()["reason"] == "caller_same_person"
    assert line.last()["reason"] == "caller_same_person"
    other = line.person("officer", "/callers", **application(department="市公安局"))
    assert other.json()["reason"] == "department"
    # an application changes nothing of the grant in force until it is approved
    line.person("officer", "/callers", **application(types=["营业执照"]))
    assert line.call("/calls/data", WANTED).status_code == 200


@pytest.mark.parametrize(
    "over",
    [
        {"code": "A"}, {"secret": "a key itself"}, {"department": "没有的局"}, {"items": []},
        {"types": ["没有的"]}, {"networks": ["10.0.0.1/8"]}, {"networks": ["somewhere"]},
        {"per_minute": 0}, {"per_day": 10**9}, {"ends": NOW.isoformat()},
        {"ends": (NOW + 800 * DAY).isoformat()}, {"operations": []}, {"document": ""},
        {"operations": ["everything"]}, {"name": "\0"},
    ],
)  # fmt: skip
def test_a_wrong_application_is_refused(line: Line, over: dict[str, Any]) -> None:
    person = "bureau" if "department" in over else "officer"
    assert line.person(person, "/callers", **application(**over)).status_code == 400


def through(line: Line, path: str, body: Any, **change: str) -> Response:
    """The same call as the provincial exchange hands it on."""
    at = str(int(line.town.house.clock().timestamp() * 1000))
    service = change.pop("service", exchange_services.load()[path.rsplit("/", 1)[-1]])
    sign = national_signature(change.pop("secret", "exchange-key"), service, "gz", at)
    head = {
        "gjgxjhpt_rid": "gz", "gjgxjhpt_sid": service, "gjgxjhpt_rtime": at,
        "gjgxjhpt_sign": sign, **change,
    }  # fmt: skip
    return line.call(path, body, **head)


@pytest.fixture
def exchanged(line: Line) -> Line:
    """The same installation in exchange mode."""
    line.town.house.secrets.put("EXCHANGE_ID", "gz")
    line.town.house.secrets.put("EXCHANGE_SECRET", "exchange-key")
    settings = replace(line.town.house.settings, exchange="gateway")
    line.town.house = replace(line.town.house, settings=settings)
    line.open()
    return line


def test_in_exchange_mode_only_calls_by_the_exchange_are_taken(exchanged: Line) -> None:
    direct = exchanged.call("/calls/data", WANTED)
    assert (direct.status_code, direct.json()["reason"]) == (403, "not_through_exchange")
    assert exchanged.last()["reason"] == "not_through_exchange"
    by_it = through(exchanged, "/calls/data", WANTED)
    assert by_it.status_code == 200, by_it.text


@pytest.mark.parametrize(
    "change",
    [
        {"secret": "another"},
        {"service": exchange_services.load()["plan"]},
        {"gjgxjhpt_rid": "other"},
        {"gjgxjhpt_rtime": "1"},
        {"gjgxjhpt_rtime": "x"},
        {"gjgxjhpt_sign": ""},
    ],
)
def test_a_wrong_signature_of_the_exchange_is_refused(
    exchanged: Line, change: dict[str, str]
) -> None:
    answer = through(exchanged, "/calls/data", WANTED, **change)
    assert answer.json()["reason"] == "not_through_exchange"
    assert exchanged.last()["reason"] == "not_through_exchange"


def test_calls_of_one_millisecond_do_not_collide_and_are_few(exchanged: Line) -> None:
    """The clock stands: the exchange's signature is the same on each of them."""
    for _ in range(SAME_MOMENT):
        assert through(exchanged, "/calls/types", {}).status_code == 200
    again = through(exchanged, "/calls/types", {})
    assert again.json()["reason"] == "not_through_exchange"


def test_the_exchange_hands_a_call_on_once(exchanged: Line) -> None:
    first = through(exchanged, "/calls/types", {})
    head = {k: v for k, v in first.request.headers.items() if k.startswith(("x-", "gjgxjhpt"))}
    again = exchanged.client.post("/api/v1/calls/types", content=b"{}", headers=head)
    assert (first.status_code, again.status_code) == (200, 401)
    assert again.json()["reason"] == "nonce_used"
