"""The city's one-window: it accepts an application and answers with a case number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests

from catalog.forms.table import ANSWERS, FormField
from catalog.versions import read as catalogue
from catalog.versions.bodies import deciding_body
from catalog.versions.read import PublishedItem
from connectors.auth import Signed
from connectors.signatures import hmac_sha256
from kernel.clock import CITY_TIME
from kernel.errors import NotAuthorised, RetryLater
from kernel.house import House

SYSTEM, STREAM = "xzsp_window", "case"
SECONDS = 15


@dataclass(frozen=True)
class Accepted:
    """The window's answer: the case number, and the key of its row in the window's own data."""

    case_number: str
    row_id: str


@dataclass(frozen=True)
class Handled:
    """A published item, and who decides it today. `exempted`: nobody does, it needs no case."""

    item: PublishedItem
    department: str | None
    exempted: bool


def item(house: House, code: str) -> Handled | None:
    """The published item of a code; None where it is not published."""
    with house.engine.connect() as conn:
        version = catalogue.current_version(conn)
        found = catalogue.item_of_code(conn, version, code)
        if found is None:
            return None
        today = house.clock().astimezone(CITY_TIME).date()
        body = deciding_body(conn, version, found.item_id, found.division, today)
        if body is None:
            return Handled(found, found.department, exempted=False)
        return Handled(found, body.department, exempted=body.department is None)


def accept(house: House, item_code: str, kind: str, number: str, name: str, post: str) -> Accepted:
    """Hand an application in; the number is only in the body. Raises RetryLater, NotAuthorised."""
    body = {
        "item_code": item_code,
        "applicant_kind": kind,
        "applicant_number": number,
        "applicant_name": name,
        "post": post,
    }
    data = _ask(house, "/accept", body)
    return Accepted(str(data["case_number"]), str(data["row_id"]))


def forms(house: House) -> list[FormField]:
    """The fields of the items' forms as the one-window has them. Raises as `accept` does."""
    return [
        FormField(one["item_id"], one["name"], one["type"], ANSWERS[one["required"]])
        for one in _ask(house, "/forms", {})
    ]


def _ask(house: House, path: str, body: dict[str, str]) -> Any:
    """The `data` of a signed call's answer."""
    secret = house.secrets.get("WINDOW_SECRET")
    signer = Signed(
        house.secrets.get("WINDOW_ID"), lambda text: hmac_sha256(secret, text), house.clock
    )
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(
                house.secrets.get("WINDOW_URL") + path,
                json=body,
                headers=signer.headers(),
                timeout=SECONDS,
                allow_redirects=False,
            )
    except requests.RequestException:
        raise RetryLater("一窗受理平台暂时没有应答，请稍后再试。") from None
    if answer.status_code in (401, 403):
        raise NotAuthorised("一窗受理平台没有接受本平台的签名。")
    if answer.status_code != 200:
        raise RetryLater(f"一窗受理平台没有收下（HTTP {answer.status_code}），请稍后再试。")
    return answer.json()["data"]
