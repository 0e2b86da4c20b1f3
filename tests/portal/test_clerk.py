"""The clerk's pages."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, cast

import pytest

from certs.waivers.lines import Verdict
from kernel.errors import Stop
from portal.pages_clerk import group
from portal.port import Account, CaseRow
from tests.portal.fake import FIRM, NAME, PERSON, FakePlatform, plan_of
from tests.portal.fake_rights import FakeRights
from tests.portal.visits import Visitor, signed_in

CASE = "/clerk/cases/3607002611201000"
WHOLE = {"item_text": "公司设立登记", "item_code": "000125002000", "item_for": "公司设立登记"}
WHO = {"applicant_number": FIRM, "applicant_name": NAME}


def opened(visitor: Visitor) -> list[Any]:
    """The calls that opened a case."""
    return [call for call in visitor.platform.calls if call[0] == "open_case"]


def test_a_case_opens_and_leads_to_its_plan() -> None:
    visitor = signed_in("clerk")
    answer = visitor.post("/clerk", "/clerk/cases", **WHOLE, **WHO)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/clerk/cases/YS360700261120001"
    assert opened(visitor) == [("open_case", "000125002000", "organisation", FIRM, NAME)]


def test_the_kind_of_applicant_follows_from_the_number() -> None:
    visitor = signed_in("clerk")
    visitor.post("/clerk", "/clerk/cases", **WHOLE, applicant_number=PERSON, applicant_name=NAME)
    assert opened(visitor)[0][2] == "person"


@pytest.mark.parametrize(
    ("number", "kind", "sentence"),
    [
        ("", "", "请填写申请人的证件号码"),
        (FIRM[:-1] + "1", "", "没有通过校验"),
        (PERSON[:-1] + "1", "person", "不是有效的身份证号码"),
        (FIRM, "person", "这是统一社会信用代码"),
        (PERSON, "organisation", "这是身份证号码"),
        (PERSON, "dog", "没有通过校验"),
    ],
)
def test_a_wrong_number_is_named_before_anything_is_asked(
    number: str, kind: str, sentence: str
) -> None:
    visitor = signed_in("clerk")
    who = {"applicant_number": number, "applicant_kind": kind, "applicant_name": NAME}
    answer = visitor.post("/clerk", "/clerk/cases", **WHOLE, **who)
    assert answer.status_code == 400
    assert sentence in answer.text
    assert 'href="#applicant_number"' in answer.text
    assert opened(visitor) == []


def test_an_item_is_never_guessed() -> None:
    visitor = signed_in("clerk")
    several = visitor.post("/clerk", "/clerk/cases", item_text="设立登记", **WHO)
    assert "请从下面选一个" in several.text
    assert several.text.count('name="item_pick"') == 2
    assert 'value="000125002001"' in several.text
    unknown = visitor.post("/clerk", "/clerk/cases", item_text="造飞机", **WHO)
    assert "没有找到这个事项" in unknown.text
    typed_on = WHOLE | {"item_text": "设立登记"}
    assert visitor.post("/clerk", "/clerk/cases", **typed_on, **WHO).status_code == 400
    assert opened(visitor) == []


def test_without_script_the_item_is_picked_from_the_list() -> None:
    visitor = signed_in("clerk")
    picked = {"item_text": "设立登记", "item_for": "设立登记", "item_pick": "000125002001"}
    again = visitor.post("/clerk", "/clerk/cases", **picked, applicant_number=FIRM)
    assert 'value="000125002001" checked' in again.text
    assert visitor.post("/clerk", "/clerk/cases", **picked, **WHO).status_code == 303
    assert opened(visitor)[0][1] == "000125002001"


def test_the_only_item_that_fits_needs_no_picking() -> None:
    visitor = signed_in("clerk")
    assert visitor.post("/clerk", "/clerk/cases", item_text="最低生活", **WHO).status_code == 303
    assert opened(visitor)[0][1] == "000111009000"


def test_a_personal_number_is_in_no_address_header_or_log(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG")
    visitor = signed_in("clerk")
    seen = []
    visitor.client.event_hooks["request"].append(lambda r: seen.append(str(r.url)))
    visitor.client.event_hooks["response"].append(lambda r: seen.append(str(r.headers)))
    for number in (PERSON, FIRM):
        who = {"applicant_number": number, "applicant_name": NAME}
        visitor.post("/clerk", "/clerk/cases", **WHOLE, **who)
        visitor.post("/clerk", "/clerk/cases", **who)
        visitor.post("/clerk", "/clerk/items", item_text=number)
        visitor.client.post("/api/v1/cases", json={"applicant_number": number})
        visitor.platform.away = True
        visitor.post("/verify", "/clerk/cases", **WHOLE, **who)
        visitor.platform.away = False
    printed = capfd.readouterr()
    everywhere = "\n".join([*seen, caplog.text, printed.out, printed.err])
    everywhere += visitor.get("/metrics").text
    for secret in (PERSON, FIRM, NAME):
        assert secret not in everywhere


def test_a_refused_field_of_the_api_is_named_and_never_repeated() -> None:
    visitor = signed_in("clerk")
    visitor.client.headers["x-form-token"] = visitor.token("/clerk")
    answer = visitor.client.post("/api/v1/cases", json={"applicant_number": {"x": PERSON}})
    assert answer.status_code == 400
    assert "applicant_number" in answer.json()["message"]
    assert PERSON not in answer.text
    broken = visitor.client.post("/api/v1/cases", content=f'{{"n": "{PERSON}'.encode())
    assert broken.status_code == 400
    assert PERSON not in broken.text


def test_the_plan_tells_what_need_not_be_brought_and_why() -> None:
    text = signed_in("clerk").get(CASE).text
    assert "7 份材料，3 份不用交，4 份请带来。" in text
    for line in plan_of("1").lines:
        assert line.name in text
        assert line.why in text
    for words in ("江西省企业登记网络服务平台", "12 分钟前", "2046年3月1日", "委托制证"):
        assert words in text
    assert text.count('class="fetch main') == 3
    assert "办理食品经营许可新办（办件 3607002611201000）" in text


def test_facts_from_data_only_are_never_called_a_licence() -> None:
    text = signed_in("clerk").get(CASE).text
    only = text[text.index("法定代表人身份证明") : text.index("食品安全管理人员")]
    assert "数据核验结果" in only
    assert "电子证照" not in only


def test_the_applicants_view_shows_no_reference_to_data_and_no_way_to_fetch() -> None:
    text = signed_in("clerk").get(f"{CASE}?show=applicant").text
    assert "这些不用交" in text
    assert "formaction" not in text
    assert "尚未发文确认在本事项中免交" in text  # why it is to be brought all the same


def test_a_receiving_post_is_offered_no_fetch() -> None:
    text = signed_in("window").get(CASE).text
    assert "formaction" not in text
    assert "由审批岗位调取" in text


def test_both_spouses_have_a_copy_each() -> None:
    visitor = signed_in("clerk")
    text = visitor.get("/clerk/cases/family").text
    assert text.count('class="fetch main') == 2
    assert "（申请人）" in text
    assert "（配偶）" in text
    visitor.post("/clerk/cases/family", "/clerk/cases/family/materials/m01/fetch?whose=spouse",
                 purpose="办理")  # fmt: skip
    assert visitor.platform.calls[-1] == ("fetch", "family", "m01", "办理", "spouse")


def test_a_guardian_is_named_where_a_material_is_of_somebody_else() -> None:
    visitor = signed_in("clerk")
    assert "/relatives" not in visitor.get(CASE).text
    assert "/clerk/cases/family/relatives" in visitor.get("/clerk/cases/family").text
    sent = {"role": "guardian", "relative": f" {PERSON} "}
    answer = visitor.post("/clerk/cases/family", "/clerk/cases/family/relatives", **sent)
    assert answer.headers["location"] == "/clerk/cases/family"
    rights = cast(FakeRights, visitor.platform.rights)
    assert rights.named == [("clerk", "family", "guardian", PERSON)]


def test_a_plan_with_an_unknown_verdict_stops() -> None:
    plan = plan_of("1")
    with pytest.raises(Stop):
        group(replace(plan, lines=(replace(plan.lines[0], verdict=cast(Verdict, "maybe")),)))


def test_a_copy_comes_as_a_pdf_named_by_its_id_only() -> None:
    visitor = signed_in("clerk")
    answer = visitor.post(CASE, f"{CASE}/materials/m01/fetch", purpose=" 办理 ")
    assert answer.content.startswith(b"%PDF")
    assert answer.headers["content-disposition"] == 'inline; filename="c-01Xy.pdf"'
    assert answer.headers["cache-control"] == "no-store"
    assert visitor.platform.calls[-1] == ("fetch", "3607002611201000", "m01", "办理")


def test_a_refusal_says_what_to_do_next() -> None:
    visitor = signed_in("window")
    token = visitor.token("/clerk")
    answer = visitor.client.post(
        f"{CASE}/materials/m01/fetch",
        data={"purpose": "p", "form_token": token},
        headers={"accept": "application/pdf, application/json"},
    )
    assert answer.status_code == 403
    said = answer.json()
    assert said["reason"] == "receive_only"
    assert "只有收件权" in said["message"]
    assert said["next"] == "请交由审批岗位调取。"


def test_a_source_that_rests_is_a_reason_to_come_back() -> None:
    visitor = signed_in("clerk")
    answer = visitor.post(CASE, f"{CASE}/materials/m02/fetch", purpose="p")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert "容缺受理" in answer.text


def test_a_refused_case_is_a_page_with_reason_and_next_step() -> None:
    visitor = signed_in("clerk")
    closed = visitor.get("/clerk/cases/closed")
    assert closed.status_code == 403
    assert "该办件已办结" in closed.text
    assert "查档程序" in closed.text
    odd = visitor.get("/clerk/cases/odd")
    assert odd.status_code == 403
    assert "系统说明" in odd.text


def test_a_clerk_without_cases_is_told_what_to_do() -> None:
    class Idle(FakePlatform):
        def my_cases(self, account: Account) -> list[CaseRow]:
            return []

    assert "您的岗位现在没有办件" in signed_in("clerk", Idle()).get("/clerk").text


@pytest.mark.parametrize(
    "hostile",
    ["<script>alert(1)</script>", "'\"><img src=x>", "{{ 7*7 }}", "\x00\x1b[31m", "𠮷" * 1000],
)
def test_hostile_input_stays_text(hostile: str) -> None:
    visitor = signed_in("clerk")
    who = {"applicant_number": hostile, "applicant_name": hostile, "applicant_kind": hostile}
    answer = visitor.post("/clerk", "/clerk/cases", item_text=hostile, **who)
    assert answer.status_code == 400
    scripts = re.findall(r"<script[^>]*>", answer.text)
    assert all('src="/static/' in script for script in scripts)
    assert "<img" not in answer.text
    assert ">49<" not in answer.text
    assert visitor.get("/clerk/cases/%3Cscript%3E").status_code == 200
    assert "<script>" not in visitor.get("/clerk/cases/%3Cscript%3E").text
