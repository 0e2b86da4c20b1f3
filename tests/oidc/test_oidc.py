"""Signing in by OpenID Connect at a certified provider that runs here (npm: oidc-provider)."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from kernel.errors import BadInput
from kernel.house import House
from pipeline.platform import Platform
from portal.app import create_app
from registry import oidc
from tests.certs.town import Town
from tests.pipeline.test_signing import Office
from tests.portal.serving import KEY
from tests.portal.visits import TOKEN
from tests.ports import free_ports

with warnings.catch_warnings():  # starlette would rather have httpx2, which is young
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

pytestmark = [pytest.mark.needs("node"), pytest.mark.needs("npm")]
HERE = Path(__file__).parent
PORTAL = "http://127.0.0.1:8600"
ROLES = {"window": "clerk", "data": "officer", "run": "ops", "security": "secadmin"}


def person(number: str, job: Any, **more: Any) -> dict[str, Any]:
    """A person at the provider."""
    return {"name": f"人员{number}", "preferred_username": f"p{number}",
            "staff_no": f"GZ-9{number}", "job": job, **more}  # fmt: skip


PEOPLE = {
    "s1": person("1", "run"),
    "s2": person("2", ["window", "something of theirs"], posts=["sc-02"]),
    "s3": person("3", "data", department="市市场监督管理局"),
    "s4": person("4", "king"),
    "s5": person("5", ["run", "data"]),
    "s6": person("6", "run") | {"preferred_username": "wang"},  # a local account's name
    "s7": person("7", "security") | {"staff_no": "GZ-1"},  # the local system administrator
    "s8": person("8", "window"),
    "s9": person("9", "run") | {"staff_no": 9},
}


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The issuer of a running provider."""
    folder = tmp_path_factory.mktemp("oidc")
    for name in ("package.json", "package-lock.json", "provider.mjs", ".npmrc"):
        shutil.copy(HERE / name, folder)
    install = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(install, cwd=folder, check=True, timeout=120)
    port = free_ports(1)
    command = ["node", "provider.mjs", str(port), f"{PORTAL}/login/oidc/back", json.dumps(PEOPLE)]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=log, text=True
        ) as running,
    ):
        assert running.stdout is not None
        try:
            assert running.stdout.readline() == "ready\n"
            yield f"http://127.0.0.1:{port}"
        finally:
            running.kill()


@dataclass
class Desk:
    """A portal over a real installation that knows the provider."""

    office: Office
    client: TestClient
    browser: requests.Session = field(default_factory=requests.Session)  # its cookies there

    def there(self, subject: str, back: str = "") -> tuple[str, str]:
        """Sign in at the provider as its pages ask; the code and state that it sends back."""
        asked = self.client.get("/login/oidc" + (f"?next={back}" if back else ""))
        assert asked.status_code == 303
        session = self.browser = requests.Session()
        answer = session.get(asked.headers["location"], allow_redirects=False, timeout=10)
        for _ in range(12):
            where = answer.headers.get("location", "")
            if where.startswith(PORTAL):
                found = parse_qs(urlsplit(where).query)
                return found["code"][0], found["state"][0]
            if answer.is_redirect:
                url = requests.compat.urljoin(answer.url, where)
                answer = session.get(url, allow_redirects=False, timeout=10)
                continue
            prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
            assert prompt, answer.text[:300]
            form = {"prompt": prompt[1], "login": subject, "password": "x"}
            action = re.search(r'action="([^"]+)"', answer.text)
            assert action
            url = requests.compat.urljoin(answer.url, action[1])
            answer = session.post(url, data=form, allow_redirects=False, timeout=10)
        raise AssertionError("the provider does not come to an end")

    def enter(self, subject: str, back: str = "") -> Any:
        """There and back."""
        code, state = self.there(subject, back)
        return self.client.get("/login/oidc/back", params={"code": code, "state": state})


@pytest.fixture
def desk(house: House, provider: str) -> Desk:
    said = {
        "issuer": provider, "client": "zhongtai", "name": "preferred_username", "display": "name",
        "person": "staff_no", "role": "job", "department": "department", "posts": "posts",
        "roles": ROLES,
    }  # fmt: skip
    (house.settings.home / oidc.FILE).write_text(json.dumps(said), "utf-8")
    house.secrets.put(oidc.SECRET, "a-secret-of-the-tests")
    office = Office(replace(house, settings=replace(house.settings, portal_url=PORTAL)))
    office.house = replace(office.house, clock=house.clock)  # tokens are of now
    app = create_app(Platform(office.house), KEY, clock=house.clock)
    return Desk(office, TestClient(app, base_url=PORTAL, follow_redirects=False))


def test_role_department_and_posts_come_from_the_claims(desk: Desk) -> None:
    assert "用统一身份认证登录" in desk.client.get("/login").text
    entered = desk.enter("s1", "/ops")
    assert 'content="0;url=/ops"' in entered.text
    cookie = entered.headers["set-cookie"].lower()
    assert "samesite=strict" in cookie
    assert "httponly" in cookie
    assert "运维人员" in desk.client.get("/account/password").text
    made = desk.office.who("p1")
    assert (made.role, made.display, made.must_change) == ("ops", "人员1", False)
    assert 'content="0;url=/clerk"' in desk.enter("s2", "//evil.example").text
    assert [one.code for one in desk.office.who("p2").posts] == ["sc-02"]
    assert 'content="0;url=/dept"' in desk.enter("s3").text
    assert desk.office.who("p3").department == "市市场监督管理局"
    entry = [one for one in Town(desk.office.house).events() if one["event"] == "account.signed_in"]
    assert [(one["actor"], one["mode"]) for one in entry] == [
        ("p1", "oidc"), ("p2", "oidc"), ("p3", "oidc"),
    ]  # fmt: skip
    assert desk.office.platform.sign_in("p1", "") is None  # no password here
    with pytest.raises(BadInput, match="has no password here"):
        desk.office.staff.new_password(desk.office.who("wang"), "p1")


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("s4", "exactly one role"),
        ("s5", "exactly one role"),
        ("s6", "已是本地账号"),
        ("s7", "holds no second one"),
        ("s8", "窗口人员至少有一个岗位"),
        ("s9", "claim staff_no"),
    ],
)
def test_claims_that_do_not_fit_let_nobody_in(desk: Desk, subject: str, said: str) -> None:
    answer = desk.enter(subject)
    assert answer.status_code == 401
    assert said in answer.text.replace("&#39;", "'")
    assert desk.client.get("/").headers["location"] == "/login"
    rows = Town(desk.office.house).query("SELECT name FROM registry.account WHERE subject <> ''")
    assert rows == []


def test_a_code_of_another_browser_or_used_twice_is_nothing(desk: Desk) -> None:
    code, state = desk.there("s1")
    other = TestClient(desk.client.app, base_url=PORTAL, follow_redirects=False)
    assert other.get("/login/oidc/back", params={"code": code, "state": state}).status_code == 401
    wrong = desk.client.get("/login/oidc/back", params={"code": code, "state": state + "x"})
    assert (wrong.status_code, "重新登录" in wrong.text) == (401, True)
    cookie = desk.client.cookies["zhongtai_oidc"]
    good = desk.client.get("/login/oidc/back", params={"code": code, "state": state})
    assert good.status_code == 200
    desk.client.cookies.set("zhongtai_oidc", cookie, path="/login/oidc")
    again = desk.client.get("/login/oidc/back", params={"code": code, "state": state})
    assert (again.status_code, "refused this sign-in" in again.text) == (401, True)


def test_a_token_of_another_sign_in_is_refused(desk: Desk) -> None:
    begun = desk.office.platform.elsewhere.begin()
    code, _ = desk.there("s1")
    cookie = json.loads(_decoded(desk.client.cookies["zhongtai_oidc"]))
    with pytest.raises(Exception, match="another sign-in"):
        desk.office.platform.elsewhere.finish(code, begun.nonce, cookie["verifier"])


def test_who_is_disabled_here_stays_out_and_a_new_role_ends_the_old_session(desk: Desk) -> None:
    desk.enter("s1", "/ops")
    house = desk.office.house
    provider = json.loads((house.settings.home / oidc.FILE).read_text("utf-8"))
    changed = provider | {"roles": ROLES | {"run": "bureau"}}
    (house.settings.home / oidc.FILE).write_text(json.dumps(changed), "utf-8")
    before = desk.client.cookies["zhongtai_session"]
    assert 'content="0;url=/bureau"' in desk.enter("s1").text
    old = TestClient(desk.client.app, base_url=PORTAL, follow_redirects=False)
    assert old.get("/ops", headers={"cookie": f"zhongtai_session={before}"}).status_code == 303
    desk.office.staff.disable(desk.office.who("wang"), "p1")
    answer = desk.enter("s1")
    assert (answer.status_code, "已停用" in answer.text) == (401, True)


def signed_out(desk: Desk) -> Any:
    """Press the sign-out; its answer."""
    token = TOKEN.search(desk.client.get("/account/password").text)
    assert token
    return desk.client.post("/logout", data={"form_token": token[1]})


def test_the_way_out_leads_by_the_provider_and_ends_its_session_too(desk: Desk) -> None:
    assert desk.enter("s1").status_code == 200
    answer = signed_out(desk)
    assert answer.status_code == 200
    assert desk.client.get("/ops").headers["location"].startswith("/login")
    where = re.search(r'class="button" href="([^"]+)"', answer.text)
    assert where
    asked = desk.browser.get(unescape(where[1]), timeout=10)
    xsrf = re.search(r'name="xsrf" value="([^"]+)"', asked.text)
    action = re.search(r'action="([^"]+)"', asked.text)
    assert xsrf
    assert action
    sent = {"xsrf": xsrf[1], "logout": "yes"}
    left = desk.browser.post(action[1], data=sent, allow_redirects=False, timeout=10)
    assert left.headers["location"] == f"{PORTAL}/login"
    again = desk.client.get("/login/oidc").headers["location"]  # the provider knows nobody now
    assert 'name="login"' in desk.browser.get(again, timeout=10).text


def test_a_provider_that_is_away_is_said_and_local_accounts_go_on(desk: Desk) -> None:
    file = desk.office.house.settings.home / oidc.FILE
    gone = json.loads(file.read_text("utf-8")) | {"issuer": f"http://127.0.0.1:{free_ports(1)}"}
    file.write_text(json.dumps(gone), "utf-8")
    answer = desk.client.get("/login/oidc")
    assert answer.status_code == 503
    assert desk.office.platform.sign_in("wang", desk.office.first["wang"]) is not None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"more": "x"}, "holds exactly"),
        ({"issuer": "http://id.example"}, "by https"),
        ({"client": ""}, "client must be a text"),
        ({"roles": {"x": "king"}}, "roles maps"),
    ],
)
def test_a_wrong_file_is_told_in_one_sentence(
    house: House, change: dict[str, Any], said: str
) -> None:
    good = {
        "issuer": "https://id.example", "client": "c", "name": "n", "display": "d", "person": "p",
        "role": "r", "department": "d", "posts": "p", "roles": ROLES,
    }  # fmt: skip
    file = house.settings.home / oidc.FILE
    file.write_text(json.dumps(good), "utf-8")
    assert oidc.load(house.settings.home) is not None
    file.write_text(json.dumps(good | change), "utf-8")
    with pytest.raises(BadInput, match=said):
        oidc.load(house.settings.home)


def _decoded(text: str) -> str:
    import base64

    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
