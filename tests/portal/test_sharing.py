"""Pages of callers, receivers, roster and orders over the real rooms: two persons, on record."""

from __future__ import annotations

import base64

import pytest
from sqlalchemy import select

from kernel.house import House
from ledger.tables import entry
from pipeline.callers import Callers
from pipeline.events import Events, Wanted
from pipeline.rights import Rights
from registry import accounts
from registry.accounts import Account
from tests.pipeline.permits import citizen
from tests.portal.fake import MARKET, FakePlatform
from tests.portal.visits import Visitor, signed_in

GRANT = {
    "code": "kiosk_hall",
    "name": "大厅自助终端",
    "department": MARKET,
    "secret": "KIOSK_KEY",
    "operations": "plan",
    "items": "*",
    "types": "食品经营许可证",
    "networks": "10.36.0.0/16",
    "per_minute": "60",
    "per_day": "5000",
    "begins": "2026-11-01",
    "ends": "2027-10-31",
    "document": "赣市数字〔2026〕9号",
}
OFFICER = Account("officer", "officer", "officer", MARKET, ())


class Both(FakePlatform):
    """The portal over the real rooms, where `first` and `bureau` are two of the bureau."""

    def __init__(self, house: House) -> None:
        super().__init__()
        self.callers, self.events, self.rights = Callers(house), Events(house), Rights(house)
        self.first = Account("first", "第一人", "bureau", None, ())


@pytest.fixture
def platform(house: House) -> Both:
    made = Both(house)
    with house.engine.begin() as conn:
        accounts.make_posts(conn)
        for one in (made.first, OFFICER, Account("bureau", "bureau", "bureau", None, ())):
            accounts.save_account(conn, one, "a password")
    return made


def done(visitor: Visitor, page: str, path: str, **sent: str) -> str:
    """Where a form that did something leads."""
    answer = visitor.post(page, path, **sent)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_a_grant_is_asked_for_approved_by_another_paused_and_resumed(platform: Both) -> None:
    visitor = signed_in("bureau", platform)
    assert visitor.get("/rights").headers["location"] == "/rights/callers"
    at = "/rights/callers"
    assert "还没有调用系统" in visitor.get(at).text
    wrong = visitor.post(at, at, **{**GRANT, "networks": "大厅"})
    assert wrong.status_code == 400
    assert '<a href="#networks">网段应为 10.36.0.0/16 这样的地址范围</a>' in wrong.text
    assert 'value="大厅自助终端"' in wrong.text
    assert done(visitor, at, at, **GRANT) == f"{at}?done=applied"
    text = visitor.get(at).text
    assert "您提出的，须由另一人批准" in text
    number = platform.callers.listed()[0].id
    own = visitor.post(at, f"{at}/{number}/approve")
    assert own.status_code == 403
    assert "您提出的须由另一人批准" in own.text
    platform.callers.approve(platform.first, number)
    no = visitor.post(at, f"{at}/kiosk_hall/pause", why=" ")
    assert no.status_code == 400
    assert done(visitor, at, f"{at}/kiosk_hall/pause", why="密钥外泄") == f"{at}?done=paused"
    assert "密钥外泄" in visitor.get(at).text
    assert done(visitor, at, f"{at}/kiosk_hall/resume") == f"{at}?done=resumed"
    assert "至 2027年10月31日" in visitor.get(at).text


def test_a_line_of_the_roster_begins_and_ends(platform: Both) -> None:
    visitor = signed_in("bureau", platform)
    at = "/rights/roster"
    line = {"post": "sc-02", "item": "*", "begins": "2026-11-20", "document": "三定方案"}
    early = visitor.post(at, at, **{**line, "until": "2026-11-01"})
    assert early.status_code == 400
    assert '<a href="#until">结束日期不能早于开始日期</a>' in early.text
    none = visitor.post(at, at, **{**line, "begins": ""})
    assert '<a href="#begins">请填写起止日期</a>' in none.text
    assert done(visitor, at, at, **line) == f"{at}?done=recorded"
    number = max(one.id for one in platform.rights.roster())
    assert done(visitor, at, f"{at}/{number}/end", until="2026-12-31") == f"{at}?done=ended"
    assert "2026年12月31日" in visitor.get(at).text


def test_an_order_needs_two_and_shows_nobodys_number(platform: Both, house: House) -> None:
    visitor = signed_in("bureau", platform)
    at = "/rights/orders"
    subject = citizen(7)
    order = {
        "kind": "court",
        "document": "（2026）赣01执7号",
        "types": "食品经营许可证",
        "begins": "2026-11-20",
        "ends": "2027-01-31",
        "persons": subject,
    }
    wrong = visitor.post(at, at, **{**order, "persons": subject[:-1] + "a"})
    assert wrong.status_code == 400
    assert '<a href="#persons">有一个号码不对' in wrong.text
    assert subject[:-1] not in wrong.text
    assert done(visitor, at, at, **order) == f"{at}?done=recorded"
    number = platform.rights.orders(platform.first)[0].id
    assert visitor.post(at, f"{at}/{number}/confirm").status_code == 403
    platform.rights.confirm_order(platform.first, number)
    text = visitor.get(at).text
    assert "（2026）赣01执7号" in text
    assert subject not in text
    assert done(visitor, at, f"{at}/{number}/end") == f"{at}?done=ended"
    with house.engine.connect() as conn:
        said = "\n".join(conn.execute(select(entry.c.body)).scalars())
    assert "order.confirmed" in said
    assert subject not in said


def test_a_receiver_is_approved_at_the_addresses_that_were_shown(
    platform: Both, house: House
) -> None:
    wanted = Wanted(
        "一件事专区", MARKET, "http://127.0.0.1:9/hook", ["licence.issued"], [], [], "ONE_THING"
    )
    number = platform.events.propose(OFFICER, wanted)
    visitor = signed_in("bureau", platform)
    at = f"/rights/receivers/{number}"
    assert "一件事专区" in visitor.get("/rights/receivers").text
    assert "127.0.0.1" in visitor.get(at).text
    none = visitor.post(at, f"{at}/approve")
    assert none.status_code == 400
    assert "请勾选它现在解析出的全部地址：127.0.0.1" in none.text
    keyless = visitor.post(at, f"{at}/approve", address="127.0.0.1")
    assert (keyless.status_code, "密钥 ONE_THING 还没有填写" in keyless.text) == (400, True)
    house.secrets.put("ONE_THING", "whsec_" + base64.b64encode(b"k" * 32).decode())
    assert done(visitor, at, f"{at}/approve", address="127.0.0.1").endswith("done=approved")
    assert done(visitor, at, f"{at}/end").endswith("done=ended")
    assert "已结束" in visitor.get(at).text
    assert visitor.get("/rights/receivers/9999999").status_code == 400


def test_the_security_administrator_reads_and_changes_nothing(platform: Both) -> None:
    visitor = signed_in("secadmin", platform)
    for page in ("callers", "receivers", "roster"):
        text = visitor.get(f"/rights/{page}").text
        assert f'action="/rights/{page}' not in text
        assert "调取文书" not in text
    token = visitor.token("/rights/callers")
    for path in ("callers", "roster", "orders", "callers/1/approve"):
        answer = visitor.client.post(f"/rights/{path}", data={"form_token": token})
        assert answer.status_code == 403, path


def test_before_anything_was_entered_each_page_says_what_will_stand_there(platform: Both) -> None:
    visitor = signed_in("bureau", platform)
    for page, what, then in (
        ("callers", "还没有调用系统", "申请"),
        ("receivers", "还没有事件接收方", "可以通过接口提出"),
        ("orders", "没有登记过调取文书", "由另一人确认后生效"),
    ):
        text = visitor.get(f"/rights/{page}").text
        assert what in text
        assert then in text


def test_what_another_person_did_meanwhile_is_said(platform: Both) -> None:
    """The page stood open while somebody else approved, or ended what it shows."""
    visitor = signed_in("bureau", platform)
    token = visitor.token("/rights/callers")
    officer = signed_in("bureau", platform)
    done(officer, "/rights/callers", "/rights/callers", **GRANT)
    number = platform.callers.listed()[0].id
    platform.callers.approve(platform.first, number)
    wanted = Wanted(
        "一件事专区", MARKET, "http://127.0.0.1:9/hook", ["licence.issued"], [], [], "ONE_THING"
    )
    receiver = platform.events.propose(OFFICER, wanted)
    platform.events.end(platform.first, receiver)
    for path, said in (
        (f"callers/{number}/approve", f"第 {number} 号申请已经批准过"),
        (f"receivers/{receiver}/approve", f"没有第 {receiver} 号接收方"),
        ("orders/9999999/confirm", "第 9999999 号文书不在等待确认"),
        ("roster/9999999/end", "分工里没有第 9999999 条"),
    ):
        sent = {"form_token": token, "address": "127.0.0.1", "until": "2026-12-31"}
        answer = visitor.client.post(f"/rights/{path}", data=sent)
        assert answer.status_code == 400, answer.text
        assert said in answer.text, path
