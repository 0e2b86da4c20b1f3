"""The city's signed calls of the platform, as its one-window and its app make them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests

from city.servers import identity
from city.servers.credentials import Account
from city.servers.push import signature
from city.world.desk import OpenCase

TIMEOUT = (3.0, 30.0)
#: What stands for a case in a result that opens a holder's own pages.
SESSION = "holder"


class NotOpened(Exception):
    """The platform gave no ticket; the text is its own sentence, to be shown."""


@dataclass(frozen=True)
class Door:
    """Where the platform's pages are, and the accounts that sign for the city."""

    portal: str
    window: Account
    identity_key: str

    def clerk(self, case: OpenCase, user: str) -> str:
        """The address at which that clerk goes on with the case. Raises NotOpened."""
        about = {
            "row_id": case.row,
            "case_number": case.number,
            "item_code": case.item_code,
            "post": case.post,
            "applicant_kind": case.kind,
            "applicant_number": case.applicant_number,
            "applicant_name": case.applicant_name,
        }
        made = self._ask("/window/tickets", {**about, "user": user})
        return self.portal + str(made["address"])

    def holder(self, case: OpenCase, face: bool) -> str:
        """The address at which a case's applicant goes on. `face`: the camera was looked into.
        Raises NotOpened."""
        about = {"holder_kind": case.kind, "holder_number": case.applicant_number}
        if face and case.kind == "person":
            about["presence"] = identity.seen(self.identity_key, SESSION, case.applicant_number)
        made = self._ask("/window/visits", about)
        return f"{self.portal}/my/in?ticket={quote(str(made['ticket']), safe='')}"

    def _ask(self, path: str, about: dict[str, str]) -> dict[str, Any]:
        if not self.portal:
            raise NotOpened("这个沙盒城市启动时没有给出中台页面的地址（--portal）。")
        body = json.dumps(about, ensure_ascii=False).encode()
        try:
            with requests.Session() as session:
                session.trust_env = False
                answer = session.post(
                    f"{self.portal}/api/v1{path}",
                    data=body,
                    headers=signature(self.window, body),
                    timeout=TIMEOUT,
                    allow_redirects=False,
                )
        except requests.RequestException:
            raise NotOpened("中台没有应答，请稍后再试。") from None
        said = _json(answer)
        if answer.status_code != 200:
            raise NotOpened(str(said.get("message") or f"中台的答复是 HTTP {answer.status_code}。"))
        return said


def _json(answer: requests.Response) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
