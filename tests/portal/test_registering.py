"""The officer's pages of registering and confirming, and the API of it."""

from __future__ import annotations

from registry.formwrite import write_form
from tests.portal.visits import Visitor, signed_in
from tests.registry.test_form import GOOD

MARKET = {"department": "市市场监督管理局", "code": "sc_extra"}
CONFIRM = "/dept/systems/sc_food/confirm"


def upload(visitor: Visitor, data: bytes) -> tuple[int, str, str]:
    sent = {"form_token": visitor.token("/dept/register")}
    files = {"file": ("form.xlsx", data)}
    answer = visitor.client.post("/dept/register", data=sent, files=files)
    return answer.status_code, answer.text, answer.headers.get("location", "")


def test_the_downloaded_form_filled_in_is_taken() -> None:
    visitor = signed_in("officer")
    assert visitor.get("/dept/form.xlsx").content[:2] == b"PK"
    status, _, location = upload(visitor, write_form(GOOD | MARKET))
    assert (status, location) == (303, "/dept/register?done=sc_extra")


def test_every_mistake_is_on_the_page() -> None:
    status, text, _ = upload(signed_in("officer"), write_form(GOOD | MARKET | {"level": "县级"}))
    assert status == 400
    assert "登记表有 1 处要改" in text
    assert "登记表 B7“系统由谁建设”" in text


TYPED = {key: value for key, value in (GOOD | MARKET).items() if key != "department"}


def test_the_form_is_typed_into_the_page_and_the_department_is_ones_own() -> None:
    visitor = signed_in("officer")
    sent = {**TYPED, "gives": "食品经营许可证", "department": "市民政局"}
    answer = visitor.post("/dept/register", "/dept/register/typed", **sent)
    assert answer.headers["location"] == "/dept/register?done=sc_extra"
    call = ("take_typed", "officer", "市市场监督管理局", ("食品经营许可证",))
    assert call in visitor.platform.calls


def test_a_typed_form_that_is_wrong_loses_nothing_and_leads_to_each_field() -> None:
    visitor = signed_in("officer")
    sent = {**TYPED, "name": "", "until": "明年", "share": "", "gives": "食品经营许可证"}
    answer = visitor.post("/dept/register", "/dept/register/typed", **sent)
    assert answer.status_code == 400
    assert "登记表有 3 处要改" in answer.text
    for key in ("name", "until", "share"):
        assert f'<a href="#q-{key}">' in answer.text
        assert f'id="q-{key}"' in answer.text
        assert f'id="w-{key}"' in answer.text
    for kept in ("《取水许可管理办法》第五条", "明年", "2015-01-01"):
        assert f'value="{kept}"' in answer.text
    assert 'value="食品经营许可证" checked' in answer.text
    assert 'value="国家级" checked' in answer.text
    assert not [call for call in visitor.platform.calls if call[0] == "take_typed"]


def test_a_code_of_another_department_is_said_at_the_field() -> None:
    visitor = signed_in("officer")
    sent = {**TYPED, "code": "mz_funeral"}
    answer = visitor.post("/dept/register", "/dept/register/typed", **sent)
    assert answer.status_code == 400
    assert '<a href="#q-code">系统代号：系统代号 mz_funeral 已经属于市民政局' in answer.text


def test_a_registered_systems_form_stands_in_the_page_to_be_changed() -> None:
    visitor = signed_in("officer")
    text = visitor.get("/dept/register?code=sc_food").text
    assert 'value="食品经营许可管理系统"' in text
    assert 'value="省级" checked' in text
    assert 'value="食品经营许可证" checked' in text
    assert visitor.get("/dept/register?code=sc_none").status_code == 400


def test_the_typed_form_over_the_api_says_every_mistake() -> None:
    visitor = signed_in("ops")
    head = {"x-form-token": visitor.token("/ops")}
    sent = {"answers": GOOD | MARKET, "gives": ["食品经营许可证"]}
    answer = visitor.client.post("/api/v1/forms/typed", json=sent, headers=head)
    assert answer.json() == {"system": "sc_extra", "version": None}
    sent = {"answers": GOOD | {"level": "县级"}, "gives": ["绿卡"]}
    answer = visitor.client.post("/api/v1/forms/typed", json=sent, headers=head)
    assert answer.status_code == 400
    assert "“系统由谁建设”：不能填“县级”，只能是：市级、省级、国家级" in answer.json()["message"]
    assert "没有证照类型“绿卡”" in answer.json()["message"]


def test_a_form_without_its_token_is_refused() -> None:
    visitor = signed_in("officer")
    files = {"file": ("form.xlsx", write_form(GOOD | MARKET))}
    assert visitor.client.post("/dept/register", files=files).status_code == 403


def test_an_officer_sees_who_waits_and_the_longest_first() -> None:
    text = signed_in("officer").get("/dept").text
    assert text.index("特种设备安全监察系统") < text.index("联调中")
    assert "已 21 天 · 等待省级主管单位" in text
    assert "已 3 天 · 等待部门" in text


def test_an_officer_confirms_what_was_shown() -> None:
    visitor = signed_in("officer")
    text = visitor.get(CONFIRM).text
    assert "每小时读取一次" in text
    assert "系统没有回应" in text
    said = {"digest": "d" * 64, "answer": "confirmed", "reason": ""}
    assert visitor.post(CONFIRM, CONFIRM, **said).status_code == 303
    assert ("confirm", "officer", "sc_food", "d" * 64, "confirmed", "") in visitor.platform.calls
    assert "officer 已确认" in visitor.get(CONFIRM).text


def test_sending_back_without_a_reason_says_so() -> None:
    visitor = signed_in("officer")
    answer = visitor.post(CONFIRM, CONFIRM, digest="d" * 64, answer="sent_back", reason="")
    assert answer.status_code == 400
    assert "退回原因不能为空" in answer.text


def test_the_api_acts_as_who_signed_in() -> None:
    visitor = signed_in("ops")
    head = {"x-form-token": visitor.token("/ops")}
    for path, sent in (
        ("/api/v1/systems/sc_food/state", {"state": "testing", "why": "联调"}),
        ("/api/v1/drafts", {"text": "code: sc_food"}),
        ("/api/v1/systems/sc_food/versions/3/approve", {}),
        ("/api/v1/systems/sc_food/versions/1/rollback", {}),
    ):
        assert visitor.client.post(path, json=sent, headers=head).status_code == 200, path
    assert visitor.platform.calls[-4:] == [
        ("move", "sc_food", "testing", "ops", "联调"),
        ("submit", "ops"),
        ("approve", "sc_food", 3, "ops"),
        ("rollback", "sc_food", 1, "ops"),
    ]


def test_only_an_officer_confirms_over_the_api() -> None:
    visitor = signed_in("ops")
    head = {"x-form-token": visitor.token("/ops")}
    sent = {"digest": "d", "answer": "confirmed"}
    path = "/api/v1/systems/sc_food/confirmation"
    assert visitor.client.post(path, json=sent, headers=head).status_code == 403
