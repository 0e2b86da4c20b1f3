"""An item's page, its counties' deviations, the wishes: over a real catalogue."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook

from catalog.deciding.bodies import Decision
from catalog.flow.deltas import Proposal, deltas, propose
from catalog.judging.wishes import Wanted
from kernel.house import House
from pipeline.judging import Judging
from portal.language import COOKIE
from portal.words.counties import COUNTIES
from tests.catalog import town
from tests.catalog.judging.people import OFFICER
from tests.catalog.rows import NOON
from tests.catalog.town import FOOD, WATER
from tests.portal.fake import FakePlatform
from tests.portal.test_catalog_pages import behind
from tests.portal.test_language import Frame
from tests.portal.visits import signed_in

ITEMS, WISHES = "/catalog/items", "/catalog/wishes"
PAGE = f"{ITEMS}/{FOOD}"
DOCUMENT = "赣市审改办发〔2026〕9号"


@pytest.fixture
def platform(house: House) -> FakePlatform:
    """信丰县 asks for a lease and promises five days; two proposals wait; a transfer is coming."""
    town.start(house)
    with house.engine.begin() as conn:
        town.accepted(conn)
        town.accepted(conn, field="material", value="房屋租赁合同；证明；情形：租赁经营场所")
        waits(conn, "章贡区", "officer")
        waits(conn, "南康区", "bureau")
    made = behind(house)
    transfer = Decision(
        FOOD, "transferred", "市行政审批局", date(2026, 12, 1), "赣市府字〔2026〕12号"
    )
    made.cataloguing.assign([transfer], "bureau", "改革")
    town.again(house)
    made.judging = Judging(house)
    return made


def waits(conn: Any, division: str, by: str) -> int:
    """A proposal to do without the trade licence."""
    said = Proposal(FOOD, "no_material", "营业执照", date(2026, 3, 1), "条例第九条", division)
    return propose(conn, said, by, "本地已有数据", NOON)


def states(house: House) -> dict[int, str]:
    """How the deviations stand."""
    with house.engine.begin() as conn:
        return {one.id: one.state for one in deltas(conn)}


def test_an_item_is_found_and_what_waits_is_listed(platform: FakePlatform) -> None:
    for who in ("bureau", "officer"):
        visitor = signed_in(who, platform)
        page = visitor.get(f"{ITEMS}?q=食品").text
        assert "找到 1 个事项" in page
        assert page.count(f'href="{PAGE}"') == 3  # found, and the two that wait
        assert "营业执照：不要求提交" in page
        assert "依据：条例第九条" in page


def test_where_nothing_waits_and_nothing_is_found_the_page_says_so(house: House) -> None:
    town.start(house)
    page = signed_in("bureau", behind(house)).get(f"{ITEMS}?q=烟花").text
    assert "没有找到叫“烟花”的事项" in page
    assert "现在没有待决定的差异" in page


def test_an_items_page_shows_the_city_its_counties_and_who_decides(platform: FakePlatform) -> None:
    page = signed_in("officer", platform).get(f"{PAGE}?day=2026-11-23").text
    city, counties = page.index("目录的规定"), page.index('id="counties"')
    deciding, past = page.index('id="deciding"'), page.index('id="past"')
    assert city < counties < deciding < past
    assert "20个工作日" in page[city:counties]
    assert "食品经营许可申请表" in page[city:counties]
    here = page[counties:deciding]
    xinfeng = here[here.index("信丰县") :]
    for said in (
        "承诺办结时限：<b>5个工作日</b>",
        "自2026年1月1日起 · 依据：《江西省优化营商环境条例》第二十条",
        "房屋租赁合同：必须提交，用于证明，情形：租赁经营场所",
        DOCUMENT,
        "没有写：食品经营许可申请表",
    ):
        assert said in xinfeng, said
    assert "承诺办结时限：写的是10个工作日" in here  # 章贡区's guide, not confirmed
    assert "同目录" in here
    transfer = page[deciding:past]
    assert "市行政审批局" in transfer
    assert "自2026年12月1日起" in transfer
    assert "一直至2026年12月1日" not in transfer
    assert "赣市府字〔2026〕12号" in transfer


def test_another_day_shows_what_held_then(platform: FakePlatform) -> None:
    visitor = signed_in("officer", platform)
    before = visitor.get(f"{PAGE}?day=2025-12-31").text
    here = before[before.index('id="counties"') : before.index('id="deciding"')]
    assert "5个工作日" not in here.replace("15个工作日", "")
    assert "市行政审批局" in visitor.get(f"{PAGE}?day=2026-12-02").text
    wrong = visitor.get(f"{PAGE}?day=soon")
    assert (wrong.status_code, "日期要写成 2026-07-01 这样" in wrong.text) == (400, True)
    missing = visitor.get(f"{ITEMS}/NOPE")
    assert (missing.status_code, "没有编码为 NOPE 的事项" in missing.text) == (400, True)


def test_an_item_that_nobody_deviates_from_says_so(platform: FakePlatform) -> None:
    page = signed_in("bureau", platform).get(f"{ITEMS}/{WATER}").text
    assert "这个事项还没有人提出过差异" in page
    assert "居民身份证" in page
    assert "/decision" not in page


def test_the_bureau_accepts_refuses_and_withdraws(platform: FakePlatform, house: House) -> None:
    visitor = signed_in("bureau", platform)
    said = {"item": FOOD, "state": "accepted", "why": "同意", "document": DOCUMENT}
    done = visitor.post(PAGE, "/catalog/deviations/3/decision", **said)
    assert done.headers["location"] == f"{PAGE}?done=accepted&n=3"
    assert "已同意第 3 号差异" in visitor.get(f"{PAGE}?done=accepted&n=3").text
    assert states(house)[3] == "accepted"
    town.again(house)
    here = visitor.get(f"{PAGE}?day=2026-11-23").text
    assert "营业执照：不要求提交" in here[here.index('id="counties"') : here.index('id="deciding"')]
    said |= {"state": "withdrawn", "why": "文件废止"}
    visitor.post(PAGE, "/catalog/deviations/3/decision", **said)
    assert states(house)[3] == "withdrawn"


def test_only_another_person_of_the_bureau_decides(platform: FakePlatform, house: House) -> None:
    said = {"item": FOOD, "state": "accepted", "why": "同意", "document": DOCUMENT}
    officer, bureau = signed_in("officer", platform), signed_in("bureau", platform)
    page = officer.get(PAGE).text
    assert page.count("等待审批局决定") == 2
    assert "/decision" not in page
    answer = officer.post(ITEMS, "/catalog/deviations/3/decision", **said)
    assert answer.status_code == 403
    page = bureau.get(PAGE).text
    assert "这是您自己提出的，须由另一人决定" in page
    assert 'id="d-4"' not in page
    own = bureau.post(PAGE, "/catalog/deviations/4/decision", **said)
    assert (own.status_code, "自己提出的差异须由另一人决定" in own.text) == (403, True)
    for who in ("clerk", "ops"):
        assert signed_in(who, platform).get(ITEMS).status_code == 403
        assert signed_in(who, platform).get(PAGE).status_code == 403
        assert signed_in(who, platform).get(WISHES).status_code == 403
    assert {states(house)[n] for n in (3, 4)} == {"proposed"}


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"state": "accepted", "why": " ", "document": DOCUMENT}, "请写明理由"),
        ({"state": "accepted", "why": "同意", "document": " "}, "同意差异须写文号"),
        ({"state": "maybe", "why": "同意"}, "请选择同意、不同意或者撤回"),
    ],
)
def test_a_wrong_decision_leads_to_its_field_and_changes_nothing(
    platform: FakePlatform, house: House, sent: dict[str, str], says: str
) -> None:
    visitor = signed_in("bureau", platform)
    answer = visitor.post(PAGE, "/catalog/deviations/3/decision", item=FOOD, **sent)
    assert answer.status_code == 400
    assert f'<a href="#d-3">{says}' in answer.text
    assert states(house)[3] == "proposed"


PROMISE = {
    "field": "promise_days",
    "value": "5",
    "division": "章贡区",
    "begins": "2026-03-01",
    "basis": "条例第九条",
    "why": "提速",
}
TRANSFER = {
    "manner": "transferred",
    "department": "市行政审批局",
    "begins": "2027-03-01",
    "document": DOCUMENT,
    "why": "改革",
}


def test_a_deviation_is_proposed_on_the_page_and_waits(
    platform: FakePlatform, house: House
) -> None:
    officer = signed_in("officer", platform)
    assert "提出差异" in officer.get(PAGE).text
    done = officer.post(PAGE, f"{PAGE}/deviations", **PROMISE)
    assert done.headers["location"] == f"{PAGE}?done=proposed&n=5"
    assert "已提出第 5 号差异" in officer.get(done.headers["location"]).text
    with house.engine.begin() as conn:
        (made,) = [one for one in deltas(conn) if one.id == 5]
    assert (made.value, made.division, made.state, made.proposed_by) == (
        5, "章贡区", "proposed", "officer"
    )  # fmt: skip


def test_a_deviation_of_another_departments_item_is_refused(
    platform: FakePlatform, house: House
) -> None:
    answer = signed_in("officer", platform).post(PAGE, f"{ITEMS}/{WATER}/deviations", **PROMISE)
    assert (answer.status_code, "这个事项属于别的部门" in answer.text) == (403, True)
    assert set(states(house)) == {1, 2, 3, 4}


@pytest.mark.parametrize(
    ("wrong", "field", "says"),
    [
        ({"basis": " "}, "dev-basis", "请填写“法律依据”"),
        ({"begins": "soon"}, "dev-field", "日期要写成 2026-07-01 这样"),
        ({"value": "many"}, "dev-field", "时限写 0 至"),
        ({"ends": "2026-02-01"}, "dev-field", "“到”须晚于“自”"),
        ({"division": "月球"}, "dev-field", "本市没有“月球”这个地区"),
        ({"field": "colour"}, "dev-field", "请从列表中选择内容"),
    ],
)
def test_a_wrong_deviation_stands_in_its_form_and_is_not_kept(
    platform: FakePlatform, house: House, wrong: dict[str, str], field: str, says: str
) -> None:
    answer = signed_in("bureau", platform).post(PAGE, f"{PAGE}/deviations", **PROMISE | wrong)
    assert answer.status_code == 400
    assert re.search(f'<a href="#{field}">[^<]*{says}', answer.text)
    assert f'id="{field}"' in answer.text
    assert 'value="提速"' in answer.text
    assert set(states(house)) == {1, 2, 3, 4}


def test_the_bureau_says_who_decides_and_takes_it_back(platform: FakePlatform) -> None:
    visitor = signed_in("bureau", platform)
    done = visitor.post(f"{ITEMS}/{WATER}", f"{ITEMS}/{WATER}/deciding", **TRANSFER)
    number = done.headers["location"].rpartition("=")[2]
    assert done.headers["location"] == f"{ITEMS}/{WATER}?done=assigned&n={number}"
    page = visitor.get(done.headers["location"]).text
    assert f"已登记第 {number} 号决定" in page
    assert "自2027年3月1日起" in page
    away = f"{ITEMS}/{WATER}/deciding/{number}/withdraw"
    nothing = visitor.post(PAGE, away, why=" ")
    assert (nothing.status_code, "请写明收回的理由" in nothing.text) == (400, True)
    assert f'<a href="#w-{number}">' in nothing.text
    back = visitor.post(PAGE, away, why="文件废止")
    assert back.headers["location"] == f"{ITEMS}/{WATER}?done=unassigned&n={number}"
    last = platform.cataloguing.bodies(WATER)[-1]
    assert (last.id, last.withdrawn_by) == (int(number), "bureau")
    again = visitor.post(PAGE, away, why="文件废止")
    assert (again.status_code, "已经收回" in again.text) == (400, True)


@pytest.mark.parametrize(
    ("wrong", "field", "says"),
    [
        ({"document": ""}, "who-document", "请填写“文号”"),
        ({"department": ""}, "who-manner", "请填写决定的部门"),
        ({"department": "月球局"}, "who-manner", "本市没有“月球局”这个部门"),
        ({"manner": "delegated"}, "who-manner", "委托须写以谁的名义"),
        ({"manner": "exempted"}, "who-manner", "豁免的事项没有决定的部门"),
    ],
)
def test_a_wrong_decision_on_who_decides_is_not_kept(
    platform: FakePlatform, wrong: dict[str, str], field: str, says: str
) -> None:
    before = platform.cataloguing.bodies(FOOD)
    answer = signed_in("bureau", platform).post(PAGE, f"{PAGE}/deciding", **TRANSFER | wrong)
    assert answer.status_code == 400
    assert re.search(f'<a href="#{field}">[^<]*{says}', answer.text)
    assert f'value="{TRANSFER["why"]}"' in answer.text
    assert platform.cataloguing.bodies(FOOD) == before


def test_only_the_bureau_says_who_decides(platform: FakePlatform) -> None:
    officer = signed_in("officer", platform)
    assert "登记由谁决定" not in officer.get(PAGE).text
    assert officer.post(PAGE, f"{PAGE}/deciding", **TRANSFER).status_code == 403
    number = platform.cataloguing.bodies(FOOD)[-1].id
    away = f"{PAGE}/deciding/{number}/withdraw"
    assert officer.post(PAGE, away, why="不要了").status_code == 403
    assert signed_in("ops", platform).post("/ops", away, why="不要了").status_code == 403


def test_what_somebody_else_has_just_decided_is_said(platform: FakePlatform) -> None:
    visitor = signed_in("bureau", platform)
    said = {"item": FOOD, "state": "refused", "why": "没有依据"}
    assert visitor.post(PAGE, "/catalog/deviations/3/decision", **said).status_code == 303
    again = visitor.post(PAGE, "/catalog/deviations/3/decision", **said)
    assert (again.status_code, "可能有人刚办过" in again.text) == (400, True)


def lines(data: bytes) -> list[tuple[Any, ...]]:
    """The rows of the only sheet."""
    return list(load_workbook(io.BytesIO(data))["基本目录建议单"].values)


def test_wishes_are_listed_by_state_and_downloaded(platform: FakePlatform) -> None:
    judging = platform.judging
    judging.wish(OFFICER, Wanted("rename", (FOOD,), ("食品经营许可核发",), "县里都这样叫"))
    bureau = signed_in("bureau", platform)
    one = platform.judging.wishes(None)[0]
    page = bureau.get(WISHES).text
    for said in ("食品经营许可核发", "现在叫", "县里都这样叫", "更名", "部门提出"):
        assert said in page, said
    assert f'href="{PAGE}"' in page
    assert "这里没有建议" in bureau.get(f"{WISHES}?state=sent").text
    file = bureau.get(f"{WISHES}/export?state={one.state}")
    assert "wishes.xlsx" in file.headers["content-disposition"]
    assert lines(file.content)[1][5] == "食品经营许可核发"
    assert len(lines(bureau.get(f"{WISHES}/export?state=sent").content)) == 1


def wished(platform: FakePlatform) -> str:
    """The state of the only wish."""
    (one,) = platform.judging.wishes(None)
    return one.state


def test_a_wish_is_made_on_the_page_and_moved_to_the_provinces_answer(
    platform: FakePlatform,
) -> None:
    officer, bureau = signed_in("officer", platform), signed_in("bureau", platform)
    assert f'href="{WISHES}?item={FOOD}"' in officer.get(PAGE).text
    page = officer.get(f"{WISHES}?item={FOOD}").text
    assert f'value="{FOOD}"' in page
    new = {"kind": "rename", "items": FOOD, "names": "食品经营许可核发\n", "why": "县里都这样叫"}
    made = officer.post(WISHES, WISHES, **new)
    assert made.headers["location"] == f"{WISHES}?done=proposed&n=1"
    assert "第 1 条建议现在是“部门提出”" in officer.get(made.headers["location"]).text
    for to, document in (("open", ""), ("sent", "赣市审〔2026〕9号"), ("granted", DOCUMENT)):
        said = {"to": to, "why": "按程序办理", "document": document}
        done = bureau.post(WISHES, f"{WISHES}/1", **said)
        assert done.headers["location"] == f"{WISHES}?done={to}&n=1"
        assert wished(platform) == to
    page = bureau.get(f"{WISHES}?done=granted&n=1").text
    assert "省级已采纳" in page
    assert f'action="{WISHES}/1"' not in page


def test_a_department_withdraws_its_own_wish_and_moves_it_nowhere_else(
    platform: FakePlatform,
) -> None:
    platform.judging.wish(OFFICER, Wanted("rename", (FOOD,), ("食品经营许可核发",), "县里这样叫"))
    officer = signed_in("officer", platform)
    page = officer.get(WISHES).text
    assert 'value="withdrawn"' in page
    assert 'value="open"' not in page
    answer = officer.post(WISHES, f"{WISHES}/1", to="open", why="同意")
    assert (answer.status_code, "由审批局决定" in answer.text) == (403, True)
    assert wished(platform) == "proposed"
    for who, home in (("clerk", "/clerk"), ("ops", "/ops")):
        visitor = signed_in(who, platform)
        assert visitor.post(home, f"{WISHES}/1", to="withdrawn", why="撤").status_code == 403
        assert visitor.post(home, WISHES, kind="add", names="新", why="新").status_code == 403
    officer.post(WISHES, f"{WISHES}/1", to="withdrawn", why="写错了")
    assert wished(platform) == "withdrawn"


@pytest.mark.parametrize(
    ("sent", "field", "says"),
    [
        ({"to": "sent", "why": " ", "document": DOCUMENT}, "why-1", "请写明原因"),
        ({"to": "sent", "why": "已报", "document": " "}, "document-1", "要写文号"),
        ({"to": "granted", "why": "已报", "document": DOCUMENT}, "to-1", "可能有人刚办过"),
        ({"to": "lost", "why": "已报"}, "to-1", "请选择下一步"),
    ],
)
def test_a_wrong_step_of_a_wish_leads_to_its_field_and_keeps_what_was_typed(
    platform: FakePlatform, sent: dict[str, str], field: str, says: str
) -> None:
    platform.judging.wish(OFFICER, Wanted("rename", (FOOD,), ("食品经营许可核发",), "县里这样叫"))
    bureau = signed_in("bureau", platform)
    bureau.post(WISHES, f"{WISHES}/1", to="open", why="同意")
    answer = bureau.post(WISHES, f"{WISHES}/1", **sent)
    assert answer.status_code == 400
    assert re.search(f'<a href="#{field}">[^<]*{says}', answer.text)
    assert f'id="{field}"' in answer.text
    assert sent["why"].strip() in answer.text
    assert wished(platform) == "open"


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"kind": "rename", "items": "NOPE", "names": "新名称"}, "没有编码为 NOPE 的事项"),
        ({"kind": "merge", "items": FOOD, "names": "新名称"}, "事项编码的个数不对"),
        ({"kind": "split", "items": FOOD, "names": "新名称"}, "建议名称的个数不对"),
        ({"kind": "eat", "items": FOOD, "names": "新名称"}, "请选择更名、合并"),
    ],
)
def test_a_wrong_wish_is_not_kept_and_stands_in_its_form(
    platform: FakePlatform, sent: dict[str, str], says: str
) -> None:
    answer = signed_in("bureau", platform).post(WISHES, WISHES, why="县里这样叫", **sent)
    assert answer.status_code == 400
    assert re.search(f'<a href="#new-items">[^<]*{says}', answer.text)
    assert "新名称</textarea>" in answer.text
    assert platform.judging.wishes(None) == []


def test_without_a_wish_the_page_says_what_will_stand_there(platform: FakePlatform) -> None:
    page = signed_in("officer", platform).get(WISHES).text
    assert "部门或审批局提出建议之后，会列在这里" in page
    assert "/export" not in page


@pytest.mark.parametrize("path", [f"{ITEMS}?q=spjyxk", PAGE, f"{ITEMS}/{WATER}", WISHES])
def test_the_pages_speak_english_too(platform: FakePlatform, path: str) -> None:
    visitor = signed_in("bureau", platform)
    visitor.client.cookies.set(COOKIE, "en")
    frame = Frame()
    frame.feed(visitor.get(path).text)
    assert frame.language == "en"
    assert set(COUNTIES.values()) & set(frame.texts) == set()


def test_what_guides_say_is_proposed_for_the_city_in_one_step(house: House) -> None:
    town.start(house)
    steps = "UPDATE landing.item SET steps = :s WHERE code = :c"
    town.change(house, steps, c=town.ZHANGGONG, s="受理→审查→决定")
    town.change(house, steps, c=town.XINFENG, s="1.受理；2.审查（3日）；3.决定")
    town.again(house)
    visitor = signed_in("officer", behind(house))
    page = visitor.get(PAGE).text
    assert "受理→审查→决定" in page
    assert "信丰县、章贡区" in page
    link = re.search(r'href="([^"#]+\?field=steps[^"#]+)#dev-field"', page)
    assert link is not None
    form = visitor.get(link[1].replace("&amp;", "&")).text
    assert '<option value="steps" selected>' in form
    assert 'value="受理；审查；决定"' in form
    assert visitor.get(f"{PAGE}?field=colour&value=red").status_code == 200
    assert visitor.get(f"{PAGE}?field=steps&value={'受' * 3000}").status_code in (400, 422)
