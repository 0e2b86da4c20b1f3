"""What is wrong is said at the head of its page, in the reader's language, and leads to its field.

Each line sends a form with a mistake in it. Where the rest is tested over real rooms, the line is
for the fake platform, which says the rooms' own sentences.
"""

from __future__ import annotations

import re

import pytest

from kernel.errors import BadInput
from portal.port import Account
from portal.port_papers import Outcome
from tests.portal.fake import PERSON, FakePlatform
from tests.portal.test_my import brought
from tests.portal.visits import Visitor, signed_in

HEAD = re.compile(r'<div class="errors.*?</div>', re.DOTALL)
FIELD = re.compile(r'<a href="#([^"]+)">(.*?)</a>')
PLAN = "/clerk/cases/family"
FOOD = "/ops/systems/sc_food"
ACCOUNTS = "/admin/accounts"
WAIVERS = "/catalog/waivers"
COMPLAINTS = "/bureau/complaints"
Sent = dict[str, str]
#: Who, the page, where its form goes, what is sent, the field, a word of the sentence.
FORMS: tuple[tuple[str, str, str, Sent, str, str], ...] = (
    ("", "/login", "/login", {"name": "clerk", "password": "no"}, "password", "账号或密码不对"),
    ("clerk", "/clerk", "/clerk/cases", {"item_text": "造飞机"}, "item_text", "没有找到这个事项"),
    ("clerk", PLAN, f"{PLAN}/relatives", {"role": "guardian", "relative": "1"}, "relative",
     "身份证"),
    ("clerk", PLAN, f"{PLAN}/materials/m01/report", {"field": "住所", "why": "错"}, "why-m01",
     "请写明哪里不对"),
    ("clerk", PLAN, f"{PLAN}/materials/m01/demand", {"reason": "none"}, "d-m01", "请选择原因"),
    ("officer", "/dept/corrections", "/dept/corrections/3", {"why": "与档案一致"}, "why-3",
     "请选择：属实已更正"),
    ("officer", "/dept/systems/sc_food/confirm", "/dept/systems/sc_food/confirm",
     {"answer": "sent_back", "digest": "d" * 64}, "reason", "退回原因不能为空"),
    ("officer", "/catalog/forms", "/catalog/forms", {"why": "新版"}, "file", "请先选择表单文件"),
    ("bureau", WAIVERS, WAIVERS, {"step": "publish", "document": "文一号"}, "publish-types",
     "请先勾选证照"),
    ("bureau", WAIVERS, WAIVERS,
     {"step": "publish", "licence_type": "营业执照", "document": "文一号", "dated": "明天"},
     "publish-dated", "2026-07-01"),
    ("officer", WAIVERS, WAIVERS, {"step": "gone"}, "types", "请先勾选证照"),
    ("ops", FOOD, f"{FOOD}/pause", {"why": " "}, "why", "请写明原因"),
    ("ops", FOOD, f"{FOOD}/backfill", {"first": "2026-11-03", "last": "2026-11-01"}, "first",
     "日期"),
    ("ops", FOOD, f"{FOOD}/findings/1", {"why": ""}, "f-1", "请写明原因，会留存"),
    ("bureau", "/catalog/forms", "/catalog/forms/decision", {"state": "accepted"}, "waiting",
     "请先勾选"),
    ("bureau", "/catalog/forms", "/catalog/forms/decision", {"number": "2", "state": "accepted"},
     "why", "请写明理由"),
    ("bureau", COMPLAINTS, f"{COMPLAINTS}/1", {"outcome": "window", "why": "好"}, "w-1",
     "请写明怎样处理"),
    ("sysadmin", ACCOUNTS, ACCOUNTS, {"name": "A!", "display": "x", "person": "GZ-1"}, "name",
     "账号"),
    ("sysadmin", ACCOUNTS, ACCOUNTS, {"name": "clerk", "display": "x", "person": "GZ-1"}, "name",
     "已有账号 clerk，请换一个账号名"),
    ("secadmin", ACCOUNTS, f"{ACCOUNTS}/new/grant", {"role": "king"}, "role-new", "角色"),
    ("secadmin", ACCOUNTS, f"{ACCOUNTS}/new/grant", {"role": "officer"}, "department-new", "部门"),
    ("secadmin", ACCOUNTS, f"{ACCOUNTS}/new/grant", {"role": "clerk"}, "posts-new", "岗位"),
    ("officer", "/account/password", "/account/password", {"old": "wrong", "new": "b"}, "old",
     "原密码不对"),
    ("holder", "/my/code", "/my/code", {"purpose": "give"}, "c-", "至少选一份证照"),
    ("holder", "/my/licences", "/my/licences/l1", {"field": "经营场所"}, "why-l1",
     "请写明哪里不对"),
    ("holder", "/my/needs", "/my/needs", {"words": "造飞机"}, "words", "换个说法"),
)  # fmt: skip
#: Who, an address whose question is wrong, the field, a word.
ADDRESSES = (
    ("ops", "/ops/report?day=2026-02-30", "day", "日期"),
    ("ops", f"{FOOD}/letter?since=2026-11-09&until=2026-11-01", "since", "开始日期"),
    ("bureau", "/bureau?begin=2026-12-01&end=2026-11-01", "begin", "开始日期不能晚于"),
    ("bureau", "/bureau/letter?month=x", "month", "月份"),
    ("bureau", "/catalog/ask/unused?years=many", "years", "1 至 30"),
)


def visitor_of(who: str, platform: FakePlatform | None = None) -> Visitor:
    if who == "holder":
        return brought()
    return signed_in(who, platform) if who else Visitor(platform)


def leads(text: str) -> tuple[str, str]:
    """The field that the head of a page leads to, and what it says; the field is on the page."""
    head = HEAD.search(text)
    assert head, "nothing is said"
    assert 'role="alert" tabindex="-1"' in head[0]  # read out, and focused
    found = FIELD.search(head[0])
    assert found, head[0]
    assert len(re.findall(f'id="{re.escape(found[1])}"', text)) == 1, found[1]
    return found[1], found[2]


@pytest.mark.parametrize(
    ("who", "page", "path", "sent", "field", "word"), FORMS, ids=lambda one: str(one)[:40]
)
def test_a_mistake_in_a_form_leads_to_its_field(
    who: str, page: str, path: str, sent: Sent, field: str, word: str
) -> None:
    sent = {**sent, "case": brought_case()} if path == "/my/code" else sent
    answer = visitor_of(who).post(page, path, **sent)
    assert 400 <= answer.status_code < 500
    found, said = leads(answer.text)
    assert found.startswith(field)
    assert word in said


def brought_case() -> str:
    """A case of the holder."""
    found = re.search(r'name="case" value="([^"]+)"', brought().get("/my/code").text)
    assert found
    return found[1]


@pytest.mark.parametrize(("who", "path", "field", "word"), ADDRESSES)
def test_a_wrong_question_leads_to_its_field(who: str, path: str, field: str, word: str) -> None:
    answer = visitor_of(who).get(path)
    assert answer.status_code == 400
    found, said = leads(answer.text)
    assert (found, word in said) == (field, True)


def test_what_was_typed_stays_except_a_persons_number() -> None:
    sent = {"step": "publish", "licence_type": "营业执照", "document": "赣市监函〔2026〕12号"}
    text = signed_in("bureau").post(WAIVERS, WAIVERS, **sent, dated="明天").text
    assert 'value="赣市监函〔2026〕12号"' in text
    assert 'value="营业执照" checked' in text
    sent = {"name": "clerk", "display": "钱某", "person": "GZ-1"}
    text = signed_in("sysadmin").post(ACCOUNTS, ACCOUNTS, **sent).text
    assert 'value="钱某"' in text
    officer = signed_in("officer")
    text = officer.post("/dept/corrections", "/dept/corrections/3", why="与档案一致").text
    assert 'value="与档案一致"' in text
    wrong = PERSON[:-1] + "1"
    text = signed_in("clerk").post(PLAN, f"{PLAN}/relatives", role="guardian", relative=wrong).text
    assert wrong not in text


def test_what_somebody_else_answered_meanwhile_is_said_and_nothing_is_asked_again() -> None:
    platform = FakePlatform()
    visitor = signed_in("officer", platform)
    token = visitor.token("/dept/corrections")

    def gone(account: Account, number: int, outcome: Outcome, why: str) -> None:
        raise BadInput(f"no open correction {number}")  # as the room says it

    platform.papers.answer = gone  # type: ignore[method-assign]
    sent = {"form_token": token, "outcome": "refused", "why": "与档案一致"}
    answer = visitor.client.post("/dept/corrections/9", data=sent)
    assert answer.status_code == 400
    assert "第 9 号校核已经有人答复过了，请看最新的列表" in answer.text
    bureau = signed_in("bureau")
    text = bureau.post(COMPLAINTS, f"{COMPLAINTS}/99", outcome="window", why="好").text
    head = HEAD.search(text)
    assert head
    assert "href" not in head[0]  # it is not in the list any more


def test_a_page_of_what_went_wrong_speaks_the_readers_language_too() -> None:
    visitor = signed_in("clerk")
    text = visitor.post("/clerk", "/clerk/messages/99").text
    assert "您的岗位没有编号为 99 的未读消息" in text
