"""The API of the catalogue over a real installation: who may do what, and what it answers."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest

from catalog.exchange.snapshot import read_json
from kernel.house import House
from pipeline.cataloguing import Cataloguing
from pipeline.exchanging import Exchanging
from portal.api_catalog import router
from registry import accounts
from registry.accounts import Account
from tests.catalog import town
from tests.catalog.town import FOOD, XINFENG
from tests.portal.fake import MARKET, FakePlatform
from tests.portal.visits import Visitor, signed_in

API = "/api/v1/catalog"
#: Every route that shows something; `tests/portal/test_roles.py` leaves them to this file.
GETS = sorted(
    str(getattr(route, "path", ""))
    for route in router.routes
    if "GET" in (getattr(route, "methods", None) or ())
)


@pytest.fixture
def platform(house: House) -> FakePlatform:
    """A published catalogue behind the API, and the accounts that change it."""
    town.start(house)
    with house.engine.begin() as conn:
        for role in get_args(accounts.Role):
            department = MARKET if role == "officer" else None
            account = Account(role, role, role, department, ())
            accounts.save_account(conn, account, "a password")
    made = FakePlatform()
    made.cataloguing, made.exchanging = Cataloguing(house), Exchanging(house)
    return made


class Caller:
    """Someone who signed in, calling the API."""

    def __init__(self, name: str, platform: FakePlatform) -> None:
        self.visitor: Visitor = signed_in(name, platform)
        page = {"officer": "/dept/register", "clerk": "/clerk"}.get(name, f"/{name}")
        self.head = {"x-form-token": self.visitor.token(page)}

    def get(self, path: str, **query: Any) -> Any:
        answer = self.visitor.client.get(API + path, params=query)
        return answer.json() if answer.status_code == 200 else answer.status_code

    def post(self, path: str, **sent: Any) -> Any:
        answer = self.visitor.client.post(API + path, json=sent, headers=self.head)
        return answer.json() if answer.status_code == 200 else answer.status_code


DELTA = {
    "item_id": FOOD, "field": "promise_days", "value": "5", "division": "信丰县",
    "begins": "2026-01-01", "basis": "条例第二十条",
}  # fmt: skip


def test_a_department_proposes_and_the_bureau_decides(platform: FakePlatform, house: House) -> None:
    officer, bureau, ops = (Caller(one, platform) for one in ("officer", "bureau", "ops"))
    assert officer.post("/deviations", rows=[DELTA], why="提速") == {"numbers": [1]}
    other = {**DELTA, "item_id": town.WATER}
    assert officer.post("/deviations", rows=[other], why="提速") == 403
    assert ops.post("/deviations", rows=[DELTA], why="提速") == 403
    decision = {"state": "accepted", "why": "同意", "document": "赣市审改办发〔2026〕9号"}
    assert officer.post("/deviations/1/decision", **decision) == 403
    assert bureau.post("/deviations/1/decision", **decision) == {"numbers": [1]}
    town.again(house)
    flow = officer.get(f"/items/{XINFENG}/flow", day="2026-11-23")["flow"]
    found = {one["field"]: one for one in flow}["promise_days"]
    assert (found["value"], found["shown"]) == (5, "5个工作日")
    assert found["said"].startswith("信丰县差异第1号")
    assert [one["state"] for one in officer.get("/deviations", item=FOOD)] == ["accepted"]
    compared = officer.get(f"/items/{FOOD}/compare", division="信丰县")["counties"]
    assert [one["local_code"] for one in compared] == [XINFENG]


def test_who_decides_is_the_bureaus_word(platform: FakePlatform) -> None:
    officer, bureau = Caller("officer", platform), Caller("bureau", platform)
    row = {
        "item_id": FOOD, "manner": "transferred", "department": "市行政审批局",
        "begins": "2026-12-01", "document": "赣市府字〔2026〕12号",
    }  # fmt: skip
    assert officer.post("/deciding", rows=[row], why="改革") == 403
    assert bureau.post("/deciding", rows=[{**row, "begins": "soon"}], why="改革") == 400
    assert bureau.post("/deciding", rows=[row], why="改革") == {"numbers": [3]}
    found = officer.get(f"/items/{FOOD}/deciding")
    assert [(one["origin"], one["begins"]) for one in found] == [
        ("source", None), ("bureau", "2026-12-01"),
    ]  # fmt: skip
    assert bureau.post("/deciding/3/withdraw", why="文件废止") == {"numbers": []}
    assert bureau.post("/deciding/3/withdraw", why="文件废止") == 400


def test_versions_are_told_apart_gone_back_to_and_let_go(
    platform: FakePlatform, house: House
) -> None:
    officer, bureau = Caller("officer", platform), Caller("bureau", platform)
    town.change(house, "UPDATE landing.item SET name = '取水许可' WHERE code = :c", c=town.WATER)
    assert town.again(house) == 2
    assert [one["kind"] for one in officer.get("/diff", old=1, new=2)] == ["item_renamed"]
    assert officer.post("/versions/1/rollback", why="改错") == 403
    assert bureau.post("/versions/1/rollback", why="改错") == {"numbers": [3]}
    assert [one["number"] for one in officer.get("/versions")] == [3, 2, 1]
    assert bureau.post("/release", why="已改正") == {"numbers": []}
    assert officer.get("/diff", division="上海") == 400


def test_exports_come_as_files(platform: FakePlatform) -> None:
    officer = Caller("officer", platform)
    assert read_json(json.dumps(officer.get("/versions/1/export"), ensure_ascii=False))
    client = officer.visitor.client
    sheet = client.get(f"{API}/versions/1/export", params={"as": "gb39554"})
    assert sheet.content.decode("utf-8-sig").startswith("基本编码,")
    assert "catalogue-1.csv" in sheet.headers["content-disposition"]
    assert client.get(f"{API}/versions/1/export", params={"as": "xlsx"}).content[:2] == b"PK"
    assert officer.get("/versions/1/export", **{"as": "pdf"}) == 400
    assert officer.get("/versions/9/export") == 400


def test_faults_come_in_and_are_settled(
    platform: FakePlatform, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ops, officer = Caller("ops", platform), Caller("officer", platform)
    monkeypatch.setenv("UP_URL", house.engine.url.render_as_string(hide_password=False))
    sent = ops.post("/exchange", secret="UP_URL")
    assert sent["operations"]["I"] > 0
    assert ops.post("/exchange", secret="NO_SUCH_SECRET") == 503  # a person must put it there
    rows = (
        "row_guid,table_sql_name,table_row_guid,err_type,remark\nf1,up_task_general_basic,x,E1,错\n"
    )
    answer = ops.visitor.client.post(
        f"{API}/faults", files={"file": ("dn.csv", rows.encode("gb18030"))}, headers=ops.head
    )
    assert answer.json() == {"read": 1, "new": 1, "of_ours": 0}
    assert [one["fault"] for one in officer.get("/faults")] == ["错"]
    assert officer.post("/faults/1/settle", why="不是我们的") == 403
    assert ops.post("/faults/1/settle", why="不是我们的") == {"numbers": [1]}
    assert officer.get("/faults") == []
    assert [one["closed_by"] for one in officer.get("/faults", closed=True)] == ["ops"]


def test_clerks_and_strangers_see_nothing_of_it(platform: FakePlatform) -> None:
    clerk = Caller("clerk", platform)
    paths = [path.format(number=1, item=FOOD).removeprefix(API) for path in GETS]
    assert len(paths) == 8
    for path in paths:
        assert clerk.get(path) == 403, path
        assert Visitor(platform).client.get(API + path).status_code == 401, path
        for name in ("officer", "ops", "bureau"):
            answer = signed_in(name, platform).client.get(API + path)
            assert answer.status_code == 200, (path, name)
