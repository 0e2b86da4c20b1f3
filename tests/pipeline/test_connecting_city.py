"""A system that the platform has never seen, from the form to its first sync, by pages alone.

Three persons in three browsers over HTTP: the department's officer, an engineer, the bureau. The
source is the city's PostgreSQL system of school enrolment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import func, select

from kernel.clock import system_clock
from kernel.house import House
from landing.tables import licence, run
from ledger.tables import entry
from pipeline.platform import Platform
from pipeline.registering import Registering
from registry import accounts, sketches
from registry.accounts import Account
from registry.tables import sketch
from tests.e2e.browser import PASSWORD, Browser
from tests.pipeline.sources import on_disk
from tests.portal.serving import serving
from tests.running import RunningCity

CODE = "jy_enrolment"
AT = f"/connect/{CODE}"
FORM = {
    "name": "市新生入学服务平台",
    "code": CODE,
    "level": "市级",
    "about": "新生入学报名和学籍证明",
    "basis": "《赣州市政务数据共享目录》（沙盒示例）",
    "share": "有条件共享",
    "letter": "赣市数授〔2026〕28号（沙盒示例）",
    "until": "2028-12-31",
    "contact": "市教育局数据联络员",
    "complete_since": "2009-01-01",
    "changes": "每小时",
    "copies": "可以提供数据副本",
}
STATUS = {"01": "valid", "02": "suspended", "03": "revoked", "04": "expired"}


class Three:
    """Three persons, each with a browser of their own."""

    def __init__(self, url: str) -> None:
        self.people = {name: Browser(url) for name in ("officer", "ops", "ops2", "bureau")}
        for name, browser in self.people.items():
            answer = browser.post("/login", "/login", name=name, password=PASSWORD)
            assert answer.status_code == 303, answer.text

    def page(self, name: str, path: str, status: int = 200) -> str:
        """What somebody reads."""
        answer = self.people[name].get(path)
        assert answer.status_code == status, answer.text
        return answer.text

    def send(self, name: str, page: str, path: str, status: int = 303, /, **fields: str) -> str:
        """Send a form; where it leads, or the page that comes back."""
        answer = self.people[name].post(page, path, **fields)
        assert answer.status_code == status, answer.text
        return answer.headers["location"] if status == 303 else answer.text


@pytest.fixture
def three(
    house: House, servers: dict[str, str | int], tmp_path: Path
) -> Iterator[tuple[Three, House]]:
    """The real platform without any system, served over HTTP, its contracts in a folder."""
    on_disk(house, servers)
    roles: dict[str, tuple[accounts.Role, str | None]] = {
        "officer": ("officer", "市教育局"),
        "ops": ("ops", None),
        "ops2": ("ops", None),
        "bureau": ("bureau", None),
    }
    with house.engine.begin() as conn:
        for name, (role, department) in roles.items():
            accounts.save_account(conn, Account(name, name, role, department, ()), PASSWORD)
    platform = Platform(house)
    (tmp_path / "contracts").mkdir()
    platform.registering = Registering(house, tmp_path / "contracts")
    with serving(platform, system_clock) as url:
        yield Three(url), house


def fields(text: str) -> dict[str, str]:
    """The form of a stream's page as a browser would send it: what is chosen and typed there."""
    found: dict[str, str] = {}
    for name, body in re.findall(
        r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', text, re.DOTALL
    ):
        chosen = re.findall(r'<option value="([^"]*)" selected', body)
        found[unescape(name)] = unescape(chosen[0]) if chosen else ""
    for tag in re.findall(r"<input [^>]*>", text):
        said = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        ticked = said.get("type") != "checkbox" or " checked" in tag
        if "name" in said and said["name"] != "form_token" and ticked:
            found[unescape(said["name"])] = unescape(said.get("value", ""))
    return found


def registered(three: Three) -> None:
    """The form is handed in and the authorisation has come."""
    assert three.send("officer", "/dept/register", "/dept/register/typed", **FORM).endswith(CODE)
    assert "等待数据局" in three.page("ops", "/connect")
    assert three.page("officer", "/connect", 403)
    moved = {"state": "authorised", "why": "收到授权文件"}
    assert three.send("bureau", AT, f"{AT}/move", **moved) == f"{AT}?done=moved"


def connected(three: Three, city: RunningCity) -> None:
    """A way of signing in is kept and asks for its secrets; without one nothing is asked for. The
    address is kept unseen, a wrong one told in Chinese; the tables are there."""
    chosen = f"{AT}/source?done=chosen"
    assert three.send("ops", f"{AT}/source", f"{AT}/source", auth="bearer") == chosen
    assert f"{CODE.upper()}_TOKEN" in three.page("ops", chosen)
    again = three.send("ops", f"{AT}/source", f"{AT}/source", 400, auth="bearer")
    assert f"密钥 {CODE.upper()}_URL 还没有填写" in again
    address = city.secret("JY_ENROLMENT_URL")
    wrong = re.sub(r":[^:@/]+@", ":no-such-word@", address, count=1)
    text = three.send("ops", f"{AT}/source", f"{AT}/source", 400, **{"secret-address": wrong})
    assert f"{CODE} 的数据库不认我们的账号" in text
    assert "refuses our database account" in text
    assert "no-such-word" not in text
    right = {"secret-address": address}
    assert three.send("ops", f"{AT}/source", f"{AT}/source", **right) == f"{AT}/tables"
    assert address.split("@")[1] not in three.page("ops", f"{AT}/source")
    assert "已加密保存" in three.page("ops", f"{AT}/source")


def mapped(three: Three) -> None:
    """Both views are looked at; what is open is filled in, until the check says nothing."""
    tables = three.page("ops", f"{AT}/tables")
    assert "v_enrolment_licence" in tables
    again = three.send("ops", f"{AT}/tables", f"{AT}/tables", 400)
    assert "请至少选一个" in again
    sent = {"path": "v_enrolment_licence"}
    assert three.send("ops", f"{AT}/tables", f"{AT}/tables", **sent) == f"{AT}/mapping?done=looked"
    at = f"{AT}/streams/licence"
    page = three.page("ops", at)
    assert "共享目录编码：还没有填写" in page
    assert f'href="{at}#q-catalogue"' in page
    assert "样值（已遮盖）" in page
    said = fields(page) | {"catalogue": "3607JY02801", "longest_age": "26h", "sign": "reconcile"}
    said |= {f"value:status:{n}": value for n, value in enumerate(STATUS, start=1)}
    said |= {f"means:status:{n}": means for n, means in enumerate(STATUS.values(), start=1)}
    assert said["use:czrzjh"] == "field:holder_number"
    assert three.send("ops", at, at, **said) == f"{at}?done=kept"
    assert "还有" not in three.page("ops", at)


def tried(three: Three) -> None:
    """Not handed on before a dry run; the dry run counts, and names no person."""
    text = three.page("ops", f"{AT}/check")
    assert "各项都填好了" in text
    assert "试跑通过后才能交出" in text
    early = three.send("ops", f"{AT}/check", f"{AT}/hand-on", 400)
    assert "交出之前请先试跑" in early
    text = three.send("ops", f"{AT}/check", f"{AT}/check", 200)
    assert re.search(r"<dt>读取</dt><dd>[1-9]", text)
    assert "这是第一版" in text or "<code>streams.licence" in text


def approved(three: Three) -> None:
    """Who made it cannot approve it; another sends it back with a reason, then approves."""
    assert three.send("ops", f"{AT}/check", f"{AT}/hand-on") == f"{AT}?done=submitted"
    draft = f"{AT}/drafts/1"
    assert "须由另一人批准" in three.page("ops", draft)
    own = three.send("ops", draft, draft, 403, answer="approve")
    assert "须由另一人批准" in own
    assert "请写明原因" in three.send("bureau", draft, draft, 400, answer="send_back", why="")
    back = {"answer": "send_back", "why": "联系岗位要写到科室"}
    assert three.send("bureau", draft, draft, **back) == f"{AT}?done=sent_back"
    assert "bureau 已退回：联系岗位要写到科室" in three.page("ops", f"{AT}/check")
    contact = fields(three.page("ops", f"{AT}/mapping")) | {"contact": "市教育局基教科数据岗"}
    three.send("ops", f"{AT}/mapping", f"{AT}/mapping", **contact)
    assert "之后内容改过" in three.page("ops", f"{AT}/check")
    three.send("ops", f"{AT}/check", f"{AT}/check", 200)
    three.send("ops", f"{AT}/check", f"{AT}/hand-on")
    assert "查看并决定" in three.page("bureau", "/connect")
    assert three.send("bureau", draft, draft, answer="approve") == f"{AT}?done=approved"


def confirmed(three: Three) -> None:
    """It is tested, its officer reads it in Chinese with rows, sends it back, then confirms it."""
    early = three.send("ops", AT, f"{AT}/move", 400, state="live", why="上线")
    assert "不能这样移动" in early
    three.send("ops", AT, f"{AT}/move", state="testing", why="联调")
    no = three.send("ops", AT, f"{AT}/move", 400, state="live", why="上线")
    assert "还缺部门数据专员的确认" in no
    confirm = f"/dept/systems/{CODE}/confirm"
    text = three.page("officer", confirm)
    assert "学籍证明" in text
    digest = re.findall(r'name="digest" value="([0-9a-f]{64})"', text)[0]
    three.send("officer", confirm, confirm, digest=digest, answer="confirmed", reason="")
    assert "已上线" in three.page("ops", AT)


def test_from_nothing_to_the_first_sync_by_pages(
    three: tuple[Three, House], city: RunningCity
) -> None:
    people, house = three
    registered(people)
    connected(people, city)
    mapped(people)
    with house.engine.connect() as conn:
        kept = bytes(conn.execute(select(sketch.c.seen)).scalar_one())
        assert b"v_enrolment_licence" not in kept
        opened = sketches.load(house, conn, CODE)
    assert opened is not None
    shown = str(opened.seen)
    assert not [number for number in city.truth("/personal-numbers") if number in shown]
    tried(people)
    approved(people)
    with house.engine.connect() as conn:
        assert conn.execute(select(func.count()).select_from(sketch)).scalar_one() == 0
    confirmed(people)
    started = people.send("ops", f"/ops/systems/{CODE}", f"/ops/systems/{CODE}/sync")
    assert started == f"/ops/systems/{CODE}?done=started#runs"
    _wait_for_the_run(house)
    with house.engine.connect() as conn:
        stored = conn.execute(
            select(func.count()).select_from(licence).where(licence.c.system == CODE)
        ).scalar_one()
        said = "\n".join(conn.execute(select(entry.c.body)).scalars())
    assert stored > 0
    assert f"{stored:,}" in people.page("ops", f"/ops/systems/{CODE}")
    for event in ("secret.set", "system.submitted", "system.draft_sent_back", "system.approved"):
        assert f'"{event}"' in said
    text = people.page("bureau", f"{AT}/versions")
    assert "第 1 版" in text


def _wait_for_the_run(house: House) -> None:
    """Until the process that the page started has ended its run."""
    import time

    end = time.monotonic() + 60
    while time.monotonic() < end:
        with house.engine.connect() as conn:
            states = conn.execute(select(run.c.state).where(run.c.system == CODE)).scalars().all()
        if states and "running" not in states:
            assert set(states) == {"done"}
            return
        time.sleep(0.1)
    raise AssertionError("the run did not end")
