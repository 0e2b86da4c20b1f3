"""A clerk's page of who acts in a case and of consent, over a real installation."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from certs.rights.acting import Mandate
from kernel.signers.public import of_p256
from pipeline.rights import Rights
from tests.certs import test_refusals
from tests.certs.signed import Signed
from tests.certs.test_presence import KEY, result
from tests.certs.test_refusals import MEDICAL, Desk, code_for, consent_needed
from tests.certs.town import LI, NOW, WANG

desk = test_refusals.desk
PAGE = "/clerk/cases/C1/people"


class Clerk(Signed):
    """The clerk's forms of that page."""

    def __init__(self, desk: Desk, who: str = "clerk") -> None:
        super().__init__(desk, who)

    def shown(self) -> str:
        return self.text(PAGE)

    def send(self, path: str, **fields: Any) -> Any:
        return self.post(PAGE, f"{PAGE}/{path}", **fields)


AGENT = {"kind": "person", "agent": LI, "document": "委托书一号", "until": "2026-12-31"}


def test_an_agent_is_recorded_with_the_mandate_and_the_plan_goes_on(desk: Desk) -> None:
    clerk = Clerk(desk)
    assert "申请人本人" in clerk.shown()
    bare = clerk.send("agent", kind="person", agent=LI)
    assert bare.headers["location"] == f"{PAGE}?done=agent"
    led = clerk.client.get("/clerk/cases/C1")
    assert (led.status_code, led.headers["location"]) == (303, PAGE)
    assert "没有有效的授权委托" in clerk.shown()
    assert clerk.send("agent", **AGENT).status_code == 303
    text = clerk.shown()
    assert "有有效的授权委托" in text
    assert "委托书一号" in text
    assert LI not in text
    assert desk.fetch().status_code == 200
    (number,) = desk.town.query("SELECT id FROM certs.mandate")[0]
    none = clerk.send(f"mandates/{number}/revoke", why=" ")
    assert (none.status_code, f'href="#why-{number}"' in none.text) == (400, True)
    assert clerk.send(f"mandates/{number}/revoke", why="申请人来电").status_code == 303
    assert desk.fetch().json()["reason"] == "mandate_over"
    assert clerk.send("came").status_code == 303
    assert desk.fetch().status_code == 200


@pytest.fixture
def nobody_comes(desk: Desk) -> Iterator[None]:
    """The database refuses whoever came: the second row that the agent's form writes."""
    begin = desk.town.house.engine.begin
    with begin() as conn:
        conn.execute(text("ALTER TABLE certs.presenter ADD CONSTRAINT no CHECK (false) NOT VALID"))
    yield
    with begin() as conn:
        conn.execute(text("ALTER TABLE certs.presenter DROP CONSTRAINT no"))


@pytest.mark.usefixtures("nobody_comes")
def test_an_agent_who_could_not_be_recorded_leaves_no_mandate(desk: Desk) -> None:
    before = desk.town.events()
    with pytest.raises(IntegrityError):
        Clerk(desk).send("agent", **AGENT)
    assert desk.town.query("SELECT 1 FROM certs.mandate") == []
    assert desk.town.events() == before


def test_the_same_form_sent_again_records_no_second_mandate(desk: Desk) -> None:
    clerk = Clerk(desk)
    for _ in range(2):
        assert clerk.send("agent", **AGENT).headers["location"] == f"{PAGE}?done=agent"
    numbers = desk.town.query("SELECT id FROM certs.mandate")
    kinds = [one.get("kind") for one in desk.town.events() if one["event"] == "right.recorded"]
    assert (len(numbers), kinds.count("mandate"), kinds.count("presenter")) == (1, 1, 2)
    other = clerk.send("agent", **{**AGENT, "document": "委托书二号"})
    assert (other.status_code, '<a href="#document">' in other.text) == (400, True)
    assert "已按另一份文书登记" in other.text
    for over in ({"items": "*"}, {"until": "2027-01-31"}, {"begins": "2026-11-20"}):
        assert clerk.send("agent", **{**AGENT, **over}).status_code == 303
    assert len(desk.town.query("SELECT id FROM certs.mandate")) == 4


def test_a_mandate_that_was_revoked_is_recorded_anew(desk: Desk) -> None:
    clerk = Clerk(desk)
    clerk.send("agent", **AGENT)
    ((first,),) = desk.town.query("SELECT id FROM certs.mandate")
    assert clerk.send(f"mandates/{first}/revoke", why="申请人来电").status_code == 303
    assert clerk.send("agent", **AGENT).status_code == 303
    assert len(desk.town.query("SELECT id FROM certs.mandate")) == 2


def test_one_form_sent_many_times_at_once_is_one_mandate(desk: Desk) -> None:
    rights, day = Rights(desk.town.house), NOW.date()
    one = Mandate(("FOOD", "X1"), day, day, "委托书一号")
    turned = Mandate(("X1", "FOOD"), day, day, "委托书一号")

    def send(said: Mandate) -> int:
        return rights.let_act(desk.town.account(), "C1", ("person", LI), said)

    with ThreadPoolExecutor(4) as pool:
        numbers = set(pool.map(send, [one, turned] * 4))
    assert {number for (number,) in desk.town.query("SELECT id FROM certs.mandate")} == numbers
    assert len(numbers) == 1


@pytest.mark.parametrize(
    ("over", "field", "said"),
    [
        ({"agent": "360702"}, "agent", "号码不对"),
        ({"agent": WANG}, "agent", "申请人不能委托自己"),
        ({"until": ""}, "until", "请填写起止日期"),
        ({"until": "2026-01-01"}, "until", "委托的结束日期"),
        ({"document": f"委托 {LI}"}, "document", "像是有个人号码"),
    ],
)
def test_what_is_wrong_with_an_agent_leads_to_its_field(
    desk: Desk, over: dict[str, str], field: str, said: str
) -> None:
    answer = Clerk(desk).send("agent", **{**AGENT, **over})
    assert answer.status_code == 400
    assert f'<a href="#{field}">' in answer.text
    assert said in answer.text
    assert LI not in answer.text
    assert desk.town.query("SELECT 1 FROM certs.mandate") == []
    assert desk.town.query("SELECT 1 FROM certs.presenter") == []


def test_consent_is_given_on_paper_taken_back_and_given_by_a_code(desk: Desk) -> None:
    clerk = Clerk(desk)
    assert "没有须经同意才能查看的证照" in clerk.shown()
    consent_needed(desk)
    assert desk.fetch(material="M2").json()["reason"] == "consent_missing"
    empty = clerk.send("consents", types=MEDICAL, paper="")
    assert (empty.status_code, '<a href="#paper">' in empty.text) == (400, True)
    assert clerk.send("consents", types=MEDICAL, paper="同意书一号").status_code == 303
    assert "同意书一号" in clerk.shown()
    assert desk.fetch(material="M2").status_code == 200
    assert clerk.send("consents/withdraw", types=MEDICAL).status_code == 303
    assert desk.fetch(material="M2").json()["reason"] == "consent_withdrawn"
    code = code_for(desk, "give", "n1")
    typed = f"{code[:4].lower()} {code[4:]}"
    assert clerk.send("codes", code=typed).headers["location"] == f"{PAGE}?done=code"
    assert desk.fetch(material="M2").status_code == 200
    used = clerk.send("codes", code=code)
    assert (used.status_code, '<a href="#code">' in used.text) == (403, True)
    assert "请本人重新出示" in used.text
    assert code not in used.text


def test_a_code_that_an_agent_brought_counts_with_the_identity_services_result(desk: Desk) -> None:
    consent_needed(desk)
    key = of_p256(KEY.public_key()).pem()
    desk.town.house.secrets.put("IDENTITY_KEY_JIANGXI", key)
    clerk = Clerk(desk)
    assert "本人实名核验" not in clerk.shown()
    clerk.send("agent", **AGENT)
    assert "本人实名核验" in clerk.shown()
    clerk.send("codes", code=code_for(desk, "give", "n1"))
    assert desk.fetch(material="M2").json()["reason"] == "presence_missing"
    for wrong, says, status in (
        (b"{}", "核验结果不完整", 400),
        (result(case="C2"), "不是为这个办件出具的", 403),
        (result(level=2), "核验方式或等级不够", 403),
    ):
        answer = clerk.send("presence", result=wrong.decode())
        assert (answer.status_code, '<a href="#result">' in answer.text) == (status, True)
        assert says in answer.text
        assert WANG not in answer.text
    said = clerk.send("presence", result=result().decode())
    assert said.headers["location"] == f"{PAGE}?done=proved"
    assert desk.fetch(material="M2").status_code == 200


def test_another_posts_case_is_refused_with_its_reason_and_an_entry(desk: Desk) -> None:
    answer = Clerk(desk, "clerk2").client.get(PAGE)
    assert answer.status_code == 403
    assert "没有分配到您的岗位" in answer.text
    assert (desk.last()["event"], desk.last()["reason"]) == ("right.refused", "case_not_assigned")
