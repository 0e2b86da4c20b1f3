"""Forms over the API and on pages: a case's, filled in; proposed and decided."""

from __future__ import annotations

from tests.portal.fake import FakePlatform
from tests.portal.test_asking import bearer
from tests.portal.visits import Visitor, signed_in

CSV = b"item_id,name,type,required\n"


def upload(visitor: Visitor, data: bytes, why: str) -> tuple[int, str]:
    """Hand a form in on the page."""
    sent = {"form_token": visitor.token("/catalog/forms"), "why": why}
    files = {"file": ("forms.csv", data, "text/csv")}
    answer = visitor.client.post("/catalog/forms", data=sent, files=files)
    return answer.status_code, answer.headers.get("location") or answer.text


def test_a_cases_form_is_structured_over_the_api() -> None:
    visitor = signed_in("clerk")
    form = visitor.get("/api/v1/cases/3607/form").json()
    home = next(one for one in form["fields"] if one["name"] == "住所")
    assert (home["source"], home["licence_type"], home["required"]) == ("licence", "营业执照", True)
    assert next(one for one in form["fields"] if one["name"] == "联系电话")["value"] is None
    joined = visitor.get("/api/v1/one-form?case=1&case=2").json()
    assert (joined["asked"], joined["typed"], len(joined["fields"])) == (10, 3, 5)
    assert visitor.get("/api/v1/one-form").status_code == 400
    assert visitor.get("/api/v1/cases/closed/form").json()["reason"] == "case_closed"


def test_the_clerks_page_shows_values_to_copy_their_source_and_why_others_are_asked() -> None:
    page = signed_in("clerk").get("/clerk/cases/3607/form").text
    assert "5 项，2 项已由数据填好，3 项请申请人填写。" in page
    assert "江西省企业登记网络服务平台（营业执照）" in page
    assert page.count("data-copy=") == 2
    assert "该证照已过有效期。请申请人填写。" in page
    assert "表单上的名称：经营地址" in page
    assert "/clerk/cases/3607/form" in signed_in("clerk").get("/clerk/cases/3607").text


def test_a_receiving_post_sees_no_value_of_a_licence() -> None:
    page = signed_in("window").get("/clerk/cases/3607/form").text
    assert "收件岗位看不到内容" in page
    assert "章贡区某某路" not in page


def test_a_form_that_nobody_registered_and_a_case_that_is_closed_say_so() -> None:
    visitor = signed_in("clerk")
    assert "还没有登记表单填写项" in visitor.get("/clerk/cases/bare/form").text
    refused = visitor.get("/clerk/cases/closed/form")
    assert refused.status_code == 403
    assert "该办件已办结" in refused.text


def test_an_officer_proposes_and_sees_what_waits_without_deciding() -> None:
    visitor = signed_in("officer")
    page = visitor.get("/catalog/forms").text
    assert "增加“从业人数”（数字，选填）" in page
    assert 'name="number"' not in page
    assert upload(visitor, CSV, "新版") == (303, "/catalog/forms?done=1")
    assert visitor.platform.calls[-1] == ("propose_form", CSV, "officer", "新版")
    assert "已提出 1 个事项的表单" in visitor.get("/catalog/forms?done=1").text
    status, text = upload(visitor, b"nonsense", "新版")
    assert (status, "列应为 item_id" in text) == (400, True)
    status, text = upload(visitor, b"", "新版")
    assert (status, "请先选择表单文件" in text) == (400, True)
    answer = visitor.post("/catalog/forms", "/catalog/forms/decision", number="2", state="accepted")
    assert answer.status_code == 403


def test_the_bureau_decides_on_what_it_ticks() -> None:
    visitor = signed_in("bureau")
    sent = {"number": "2", "state": "accepted", "why": "同意"}
    assert visitor.post("/catalog/forms", "/catalog/forms/decision", **sent).status_code == 303
    assert visitor.platform.calls[-1] == ("decide_form", (2,), "accepted", "bureau", "同意")
    none = visitor.post("/catalog/forms", "/catalog/forms/decision", state="accepted", why="同意")
    assert (none.status_code, "请先勾选" in none.text) == (400, True)
    bare = visitor.post("/catalog/forms", "/catalog/forms/decision", **{**sent, "why": ""})
    assert (bare.status_code, "请写明理由" in bare.text) == (400, True)


def test_nothing_waits_and_nothing_was_decided() -> None:
    platform = FakePlatform()
    platform.forms.empty = True
    page = signed_in("bureau", platform).get("/catalog/forms").text
    assert "没有等待决定的表单" in page
    assert "还没有决定过表单" in page


def test_forms_are_proposed_and_decided_over_the_api() -> None:
    visitor, head = bearer("officer")
    files = {"file": ("fields.csv", CSV)}
    sent = {"why": "新版"}
    answer = visitor.client.post("/api/v1/catalog/fields", files=files, data=sent, headers=head)
    assert answer.json() == {"numbers": [3]}
    decision = {"numbers": [3], "state": "accepted", "why": "同意"}
    path = "/api/v1/catalog/forms/decision"
    assert visitor.client.post(path, json=decision, headers=head).status_code == 403
    other, head = bearer("bureau")
    decided = other.client.post(path, json=decision, headers=head).json()
    assert [(one["id"], one["state"]) for one in decided] == [(3, "accepted")]
    rows = other.client.get("/api/v1/catalog/forms?state=proposed", headers=head).json()
    assert rows[0]["differs"][0] == "增加“从业人数”（数字，选填）"
