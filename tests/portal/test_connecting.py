"""Pages of connecting a system over the fake platform: what is sent, what is refused, where to."""

from __future__ import annotations

import pytest

from tests.portal.visits import signed_in

AT = "/connect/sc_archive"
TRIED = "/connect/sc_special"


def test_the_list_says_what_waits_for_whom_and_how_long() -> None:
    for name in ("ops", "bureau"):
        text = signed_in(name).get("/connect").text
        assert 'href="/connect/sc_archive/drafts/2"' in text
        assert "已 21 天" in text
        assert "等待省级主管单位" in text


def test_an_officers_form_and_the_way_so_far_stand_on_the_systems_page() -> None:
    text = signed_in("ops").get(AT).text
    for said in ("营业执照", "省级", "收到授权文件", "bureau 已退回：联系岗位不对", "等待运维"):
        assert said in text
    assert "制作数据约定" not in signed_in("bureau").get(AT).text


def test_a_system_that_nobody_registered_has_no_page() -> None:
    answer = signed_in("ops").get("/connect/xx_none")
    assert answer.status_code == 400
    assert "没有登记过这个系统" in answer.text


def test_a_secret_is_sent_once_and_never_shown() -> None:
    visitor = signed_in("ops")
    sent = {"auth": "bearer", "paths": "/licences\n/cases", "secret-address": "https://a.b/c"}
    answer = visitor.post(f"{AT}/source", f"{AT}/source", **sent)
    assert answer.headers["location"] == f"{AT}/tables"
    call = ("connect", "sc_archive", "bearer", ("/licences", "/cases"), ["address", "token"], "ops")
    assert call in visitor.platform.calls
    text = visitor.get(f"{AT}/source").text
    assert "已加密保存" in text
    assert "还没有填写" in text
    assert 'type="password"' in text
    assert 'value="https' not in text


def test_another_way_of_signing_in_is_kept_and_asks_for_its_secrets() -> None:
    visitor = signed_in("ops")
    answer = visitor.post(f"{AT}/source", f"{AT}/source", auth="oauth2")
    assert answer.headers["location"] == f"{AT}/source?done=chosen"
    text = visitor.get(f"{AT}/source?done=chosen").text
    assert "登录方式已保存，还没有测试" in text
    assert "登录方式已保存" not in visitor.get(f"{AT}/source").text


def test_a_source_that_refuses_is_told_in_chinese_with_the_original() -> None:
    visitor = signed_in("ops")
    sent = {"auth": "bearer", "secret-address": "https://wrong"}
    answer = visitor.post(f"{AT}/source", f"{AT}/source", **sent)
    assert answer.status_code == 400
    assert "不认我们的密钥（HTTP 401，/licences）" in answer.text
    assert "refuses our credentials" in answer.text
    assert '<a href="#auth">' in answer.text
    assert "https://wrong" not in answer.text


def test_tables_are_ticked_and_those_that_cannot_be_say_why() -> None:
    visitor = signed_in("ops")
    text = visitor.get(f"{AT}/tables").text
    assert "不像事项、材料、证照或办件" in text
    empty = visitor.post(f"{AT}/tables", f"{AT}/tables")
    assert (empty.status_code, '<a href="#places">' in empty.text) == (400, True)
    answer = visitor.post(f"{AT}/tables", f"{AT}/tables", path="v_food_licence")
    assert answer.headers["location"] == f"{AT}/mapping?done=looked"
    assert "还没有连上" in visitor.get("/connect/sc_new1/tables").text
    assert "还没有可以检查的" in visitor.get("/connect/sc_new1/check").text


def test_what_no_column_says_can_be_said_of_every_row() -> None:
    visitor = signed_in("ops")
    at = f"{AT}/streams/licence"
    text = visitor.get(at).text
    assert "没有列、每一条都相同的" in text
    assert 'name="always:type"' in text
    assert 'name="always:status"' not in text  # a column says it
    answer = visitor.post(at, at, **{"always:type": "营业执照"})
    assert answer.status_code == 303


def test_each_open_place_leads_to_its_field() -> None:
    visitor = signed_in("ops")
    text = visitor.get(f"{AT}/mapping").text
    assert "还有 3 处要补" in text
    assert f'<a href="{AT}/mapping#q-contact">联系岗位：还没有填写</a>' in text
    stream = visitor.get(f"{AT}/streams/licence").text
    for href in ("#q-catalogue", "#f-status"):
        assert f'<a href="{AT}/streams/licence{href}">' in stream
        assert f'id="{href[1:]}"' in stream
    assert 'id="q-contact"' in text


def test_a_streams_page_shows_what_is_unsure_unused_and_masked() -> None:
    text = signed_in("ops").get(f"{AT}/streams/licence").text
    assert "未采用的列（1）：bz" in text
    assert 'class="is-unused"' in text
    assert "62%" in text
    assert "请核对" in text
    assert "licence: the name is a known one" in text
    assert "见到 17 次" in text
    assert "J********1" in text


def test_what_is_chosen_for_columns_and_values_is_sent() -> None:
    visitor = signed_in("ops")
    at = f"{AT}/streams/licence"
    sent = {"use:zzbh": "field:number", "use:bz": "ignore", "key": "zzid"}
    sent |= {"value:status:1": "01", "means:status:1": "valid"}
    sent |= {"value:status:more0": "09", "means:status:more0": "revoked"}
    assert visitor.post(at, at, **sent).headers["location"] == f"{at}?done=kept"
    call = next(one for one in visitor.platform.calls if one[0] == "map")
    _, _, stream, chosen, meanings, key, by = call
    assert (stream, key, by) == ("licence", ("zzid",), "ops")
    assert chosen == {"zzbh": "field:number", "bz": "ignore"}
    assert meanings == {"status": {"01": "valid", "09": "revoked"}}


def test_a_use_that_is_given_twice_is_said() -> None:
    visitor = signed_in("ops")
    at = f"{AT}/streams/licence"
    sent = {"use:zzbh": "field:number", "use:bz": "field:number"}
    answer = visitor.post(at, at, **sent)
    assert answer.status_code == 400
    assert "已改为未定：bz" in answer.text


def test_a_dry_run_says_counts_and_reasons_and_hides_values() -> None:
    visitor = signed_in("ops")
    text = visitor.post(f"{TRIED}/check", f"{TRIED}/check").text
    assert "列 zt 有一个没有约定含义的值" in text
    assert "第 17 条" in text
    assert "<dd>500</dd>" in text
    open_ = visitor.post("/connect", f"{AT}/check")
    assert open_.status_code in {400, 403}


def test_it_is_handed_on_only_when_it_was_tried() -> None:
    visitor = signed_in("ops")
    assert "试跑通过后才能交出" in visitor.get(f"{AT}/check").text
    answer = visitor.post(f"{TRIED}/check", f"{TRIED}/hand-on")
    assert answer.headers["location"] == f"{TRIED}?done=submitted"


def test_another_person_decides_and_says_why() -> None:
    visitor = signed_in("bureau")
    at = f"{AT}/drafts/2"
    text = visitor.get(at).text
    assert "要重新全量读取" in text
    assert "读 500 条" in text
    no = visitor.post(at, at, answer="send_back", why=" ")
    assert (no.status_code, "请写明原因" in no.text) == (400, True)
    assert visitor.post(at, at, answer="send_back", why="岗位不对").status_code == 303
    assert visitor.post(at, at, answer="approve").headers["location"] == f"{AT}?done=approved"
    assert ("approve", "sc_archive", 2, "bureau") in visitor.platform.calls


def test_versions_are_compared_and_gone_back_to() -> None:
    visitor = signed_in("bureau")
    text = visitor.get(f"{AT}/versions").text
    assert "第 1 版" in text
    assert "<code>contact</code>" in text
    answer = visitor.post("/connect/sc_archive", f"{AT}/rollback", version="1")
    assert answer.headers["location"] == f"{AT}?done=rolled_back"


@pytest.mark.parametrize("step", ["source", "tables", "check", "hand-on", "streams/licence"])
def test_the_bureau_approves_and_does_not_make(step: str) -> None:
    visitor = signed_in("bureau")
    token = visitor.token("/connect/sc_archive")
    answer = visitor.client.post(f"{AT}/{step}", data={"form_token": token})
    assert answer.status_code == 403
    assert not [call for call in visitor.platform.calls if call[0] in {"connect", "map", "look"}]
