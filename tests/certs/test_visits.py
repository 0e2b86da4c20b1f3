"""The applicant's pages over a real installation: brought by the app, once, and to one's own."""

from __future__ import annotations

import json
import secrets
from typing import Any

from httpx import Response

from kernel.signers.public import of_p256
from tests.certs import test_refusals
from tests.certs.test_presence import KEY as IDENTITY
from tests.certs.test_presence import result
from tests.certs.test_refusals import FOOD, MEDICAL, Desk, consent_needed
from tests.certs.town import LI, WANG
from tests.portal.visits import TOKEN

desk = test_refusals.desk


def visit(desk: Desk, number: str = WANG, **more: Any) -> Response:
    body = {"holder_kind": "person", "holder_number": number, **more}
    return desk.signed("/window/visits", body, nonce=secrets.token_hex(8))


def come(desk: Desk, number: str = WANG, **more: Any) -> Response:
    desk.client.cookies.clear()
    made = visit(desk, number, **more)
    assert made.status_code == 200, made.text
    answer: Response = desk.client.get(f"/my/in?ticket={made.json()['ticket']}")
    return answer


def send(desk: Desk, path: str, **fields: Any) -> Response:
    found = TOKEN.search(desk.client.get("/my").text)
    assert found
    sent: Response = desk.client.post(path, data=fields | {"form_token": found[1]})
    return sent


def test_a_ticket_is_good_once_and_holds_nobody(desk: Desk) -> None:
    made = visit(desk)
    ticket = made.json()["ticket"]
    assert "url=/my" in desk.client.get(f"/my/in?ticket={ticket}").text
    assert desk.client.get(f"/my/in?ticket={ticket}").status_code == 401
    assert WANG not in str(dict(desk.client.cookies)) + made.text
    assert desk.town.query("SELECT key FROM registry.visit") == []


def test_a_holder_sees_the_own_licences_and_reports_one(desk: Desk) -> None:
    come(desk)
    assert FOOD in desk.client.get("/my/licences").text
    ((key,),) = desk.town.query("SELECT key_hash FROM landing.licence")
    done = send(desk, f"/my/licences/{key}", field="经营场所", why="登记成了别处")
    assert done.headers["location"] == "/my/licences"
    assert "处理中" in desk.client.get("/my/licences").text
    come(desk, LI)
    assert "没有找到登记在您名下的证照" in desk.client.get("/my/licences").text
    assert send(desk, f"/my/licences/{key}", field="经营场所", why="不是我的").status_code == 403
    assert desk.last()["reason"] == "licence_not_found"


def test_who_looked_needs_a_proof_of_the_same_person(desk: Desk) -> None:
    desk.town.house.secrets.put("IDENTITY_KEY_JIANGXI", of_p256(IDENTITY.public_key()).pem())
    assert desk.fetch().status_code == 200
    come(desk)
    assert "须先刷脸核验本人" in desk.client.get("/my/looks").text
    others = visit(desk, presence=result(case="holder", number=LI).decode())
    assert (others.status_code, others.json()["reason"]) == (403, "presence_other_person")
    assert desk.last()["reason"] == "presence_other_person"
    assert visit(desk, presence=result(case="C1").decode()).status_code == 403
    come(desk, presence=result(case="holder", nonce="n7").decode())
    told = desk.client.get("/my/looks").text
    assert "查看了证照" in told
    assert FOOD in told


def test_a_code_of_the_page_gives_consent_and_the_page_takes_it_back(desk: Desk) -> None:
    consent_needed(desk)
    come(desk)
    assert MEDICAL in desk.client.get("/my/code").text
    shown = send(desk, "/my/code", case="C1", types=MEDICAL, purpose="give").text
    code = shown.split('class="shown-code">')[1].split("<")[0].replace(" ", "")
    assert desk.post("clerk", "/cases/C1/codes", code=code).json() == {"types": [MEDICAL]}
    assert desk.fetch(material="M2").status_code == 200
    ((number,),) = desk.town.query("SELECT id FROM certs.consent")
    come(desk, LI)
    assert send(desk, f"/my/consents/{number}").status_code == 403
    assert desk.last()["reason"] == "consent_unknown"
    assert send(desk, "/my/code", case="C1", types=MEDICAL, purpose="give").status_code == 400
    assert desk.fetch(material="M2").status_code == 200
    come(desk)
    assert send(desk, f"/my/consents/{number}").status_code == 303
    assert desk.fetch(material="M2").json()["reason"] == "consent_withdrawn"
    said = json.dumps(desk.town.events(), ensure_ascii=False)
    assert WANG not in said
    assert LI not in said


def test_what_must_i_bring_goes_by_the_published_lists(desk: Desk) -> None:
    told = desk.client.get("/my/needs/FOOD").text
    assert "一份材料都不用带" in told
    assert f"由部门共享的{FOOD}证明" in told
    desk.town.waive(FOOD, state="confirmed")
    told = desk.client.get("/my/needs/FOOD").text
    assert "请带 1 份材料" in told
    assert "还没有公布可以免交" in told
