"""Pages of judging over a real catalogue: pair, answer, undo, second eyes, contradictions."""

from __future__ import annotations

import re
from datetime import date

import pytest

from catalog.flow import deltas
from catalog.flow.deltas import Proposal
from catalog.unify import unify
from kernel.house import House
from pipeline.judging import Judging
from portal.beside import marked
from portal.language import COOKIE
from registry import accounts
from tests.catalog.judging.people import (
    BUREAU,
    CLERK,
    INTAKE,
    OFFICER,
    OPS,
    SECOND,
    answer,
    say,
    start,
)  # fmt: skip
from tests.catalog.rows import NOON, asks, land
from tests.portal import fake
from tests.portal.fake import FakePlatform
from tests.portal.visits import Visitor, signed_in

NAMES = "/catalog/names"


@pytest.fixture
def platform(house: House, monkeypatch: pytest.MonkeyPatch) -> FakePlatform:
    """A unified catalogue behind the pages, with a second person of the bureau."""
    start(house)
    monkeypatch.setitem(fake.ACCOUNTS, "second", SECOND)
    with house.engine.begin() as conn:
        for one in (BUREAU, OFFICER, SECOND, CLERK, OPS):
            accounts.save_account(conn, one, "a password")
    made = FakePlatform()
    made.judging = Judging(house)
    return made


def key_of(platform: FakePlatform, name: str) -> str:
    """The key of the open question about a name."""
    asked = platform.judging.questions(None, "item", 50, 0)
    return next(one.key for one in asked if one.name == name)


def sent(visitor: Visitor, **fields: str) -> tuple[int, str]:
    """Answer a question on the page."""
    done = visitor.post(NAMES, NAMES, **{"subject": "item", "why": "材料一致", **fields})
    return done.status_code, done.headers.get("location") or done.text


def test_what_differs_is_marked_on_both_sides_and_nothing_is_lost() -> None:
    here, there = marked("公司设立登记", "分公司设立登记")
    assert there == [("分", False), ("公司设立登记", True)]
    assert here == [("公司设立登记", True)]
    for left, right in (("食品生产许可", "食品经营许可"), ("甲", ""), ("", "乙"), ("丙", "丁")):
        here, there = marked(left, right)
        assert ("".join(text for text, _ in here), "".join(t for t, _ in there)) == (left, right)
        both = [text for text, same in here if same]
        assert both == [text for text, same in there if same]


def test_the_page_shows_the_question_its_rows_and_a_key_for_each_answer(
    platform: FakePlatform,
) -> None:
    page = signed_in("bureau", platform).get(f"{NAMES}?of={key_of(platform, '用水手续')}").text
    assert "回答一次，解决 3 条（3 个县区）" in page
    for code in ("W0", "W1", "W2"):
        assert code in page
    assert re.findall(r'value="(\w+)" data-key="(\d)"', page) == [
        ("same", "1"), ("different", "2"), ("narrower", "3"), ("broader", "4"), ("unsure", "5"),
        ("none", "6"),
    ]  # fmt: skip
    assert "食品店开业手续" in page  # among the others


def told(page: str) -> list[list[str]]:
    """The lines beside each candidate."""
    plain = page.replace("<span>", "").replace("</span>", "")
    found = re.findall(r'<ul class="beside">(.*?)</ul>', plain, re.DOTALL)
    return [re.findall(r"<li>(.*?)</li>", one) for one in found]


def test_each_candidate_says_what_both_sides_ask_for_and_give(
    platform: FakePlatform, house: House
) -> None:
    bureau = signed_in("bureau", platform)
    nothing, little = f"{NAMES}?of=F1", f"{NAMES}?of=W1"
    assert told(bureau.get(nothing).text) == [
        ["主项：食品经营许可", "材料：县区的没有列出，这里要 2 种"],
        ["主项：食品经营许可", "材料：两边都没有列出"],
    ]
    assert told(bureau.get(little).text) == [["材料：县区的要 1 种，这里没有列出"]]
    with house.engine.begin() as conn:
        land(conn, "material", [asks(INTAKE, "《水用途说明》")])
    assert told(bureau.get(little).text) == [["材料：两边要的 1 种相同"]]
    drawings = [f"图纸{n}" for n in range(8)]
    said = Proposal(INTAKE, "results", "取水许可证", date(2026, 1, 1), "条例")
    with house.engine.begin() as conn:
        land(conn, "material", [asks("W1", name) for name in ("取水申请书", "村委会意见")])
        land(conn, "material", [asks(INTAKE, name) for name in ("取水申请书", *drawings)])
        number = deltas.propose(conn, said, "a", "补登", NOON)
        deltas.decide(conn, number, "accepted", "b", "同意", NOON, "赣市审〔2026〕9号")
    assert told(bureau.get(little).text) == [
        [
            "材料：县区的要 3 种，这里也要其中 2 种",
            "只有县区的要：村委会意见",
            "只有这里要：图纸0、图纸1、图纸2、图纸3、图纸4、图纸5 等 8 种",
            "办理结果：这里是取水许可证，县区的没有登记",
        ]
    ]
    [one] = bureau.get("/api/v1/catalog/questions/W1").json()["evidence"]
    assert one == {
        "id": INTAKE, "department": "", "parent": "", "both": ["取水申请书", "水用途说明"],
        "only_here": ["村委会意见"], "only_there": drawings,
        "results_here": [], "results_there": ["取水许可证"],
    }  # fmt: skip
    bureau.client.cookies.set(COOKIE, "en")
    english = told(bureau.get(little).text)[0]
    assert english[0] == "Materials: the counties ask for 3, of which this asks for 2 too"
    assert english[-1].startswith("Result: this gives 取水许可证")


def test_a_materials_question_has_no_materials_beside_it(
    platform: FakePlatform, house: House
) -> None:
    with house.engine.begin() as conn:
        land(conn, "material", [asks("X1", "外省食品生产许可证")])
    unify(house, "later")
    page = signed_in("bureau", platform).get(f"{NAMES}?subject=material&of=外省食品生产许可证")
    assert 'name="to" value="M-' in page.text
    assert told(page.text) == []


def test_a_department_proposes_on_the_page_and_the_bureau_decides(platform: FakePlatform) -> None:
    officer = signed_in("officer", platform)
    key = key_of(platform, "食品店开业手续")
    page = officer.get(NAMES).text
    assert "食品店开业手续" in page
    assert "用水手续" not in page  # another office's
    status, place = sent(officer, of=key, relation="none")
    assert (status, place) == (303, f"{NAMES}?subject=item&done=1&state=proposed&rows=3")
    assert "第 1 号建议已提交" in officer.get(place).text
    waiting = officer.get(f"{NAMES}/waiting").text
    assert "您自己提出的" in waiting
    assert 'value="yes"' not in waiting
    assert officer.post(NAMES, f"{NAMES}/1/decision", accept="yes", why="好").status_code == 403
    bureau = signed_in("bureau", platform)
    assert 'value="yes"' in bureau.get(f"{NAMES}/waiting").text
    done = bureau.post(NAMES, f"{NAMES}/1/decision", accept="yes", why="同意")
    assert "state=in_force" in done.headers["location"]
    assert "没有等待决定的判断" in bureau.get(f"{NAMES}/waiting").text
    again = bureau.post(NAMES, f"{NAMES}/1/decision", accept="yes", why="同意")
    assert (again.status_code, "第 1 号判断已经有人处理过了" in again.text) == (400, True)


def test_an_answer_is_taken_back_from_the_page_that_says_it_is_done(
    platform: FakePlatform,
) -> None:
    bureau = signed_in("bureau", platform)
    key = key_of(platform, "挖沙手续")
    status, place = sent(bureau, of=key, relation="none")
    assert status == 303
    page = bureau.get(place).text
    assert f'action="{NAMES}/1/undo"' in page
    assert key not in {one.key for one in platform.judging.questions(None, "item", 50, 0)}
    undone = bureau.post(NAMES, f"{NAMES}/1/undo", why="点错了")
    assert "state=undone" in undone.headers["location"]
    assert "恢复到它之前" in bureau.get(undone.headers["location"]).text
    assert key_of(platform, "挖沙手续") == key


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"relation": ""}, "请选择您的判断"),
        ({"relation": "same"}, "请勾选和哪一个目录名称相比"),
        ({"relation": "same", "also": f"{INTAKE} 360101003000"}, "只能针对一个目录名称"),
        ({"relation": "none", "why": " "}, "请写明理由"),
        ({"relation": "same", "also": "NOPE"}, "目录里没有编码为 NOPE 的事项"),
    ],
)
def test_an_incomplete_answer_says_what_is_missing_and_keeps_what_was_typed(
    platform: FakePlatform, fields: dict[str, str], said: str
) -> None:
    bureau = signed_in("bureau", platform)
    about = {"of": key_of(platform, "用水手续"), "why": "水利局确认过", **fields}
    status, page = sent(bureau, **about)
    assert (status, said in page) == (400, True)
    if about["why"].strip():
        assert 'value="水利局确认过"' in page
    assert platform.judging.waiting(None) == []


def test_nothing_is_chosen_in_advance_where_the_rules_found_nothing_near(
    platform: FakePlatform,
) -> None:
    bureau = signed_in("bureau", platform)
    ticked = re.compile(r'name="to" value="[^"]+" checked')
    near = bureau.get(f"{NAMES}?of={key_of(platform, '食品店开业手续')}").text
    assert ("规则没有找到相近的目录事项" in near, len(ticked.findall(near))) == (False, 1)
    far = bureau.get(f"{NAMES}?of={key_of(platform, '用水手续')}").text
    assert ("规则没有找到相近的目录事项" in far, len(ticked.findall(far))) == (True, 0)


def test_one_row_alone_can_be_judged(platform: FakePlatform) -> None:
    bureau = signed_in("bureau", platform)
    status, place = sent(bureau, of=key_of(platform, "用水手续"), relation="none", only="W2")
    assert (status, "rows=1" in place) == (303, True)


def test_a_merge_that_touches_waivers_waits_for_a_second_person(platform: FakePlatform) -> None:
    bureau = signed_in("bureau", platform)
    of = key_of(platform, "食品店开业手续")
    _, place = sent(bureau, of=of, relation="same", also="360101001001")
    assert "state=pending" in place
    assert "等待另一人确认后生效" in bureau.get(place).text
    assert "您自己提出的" in bureau.get(f"{NAMES}/waiting").text
    own = bureau.post(NAMES, f"{NAMES}/1/decision", accept="yes", why="好")
    assert (own.status_code, "须由另一人确认" in own.text) == (403, True)
    second = signed_in("second", platform)
    assert "涉及免提交" in second.get(f"{NAMES}/waiting").text
    done = second.post(NAMES, f"{NAMES}/1/decision", accept="no", why="不同")
    assert "state=rejected" in done.headers["location"]


def test_contradictions_show_the_way_and_end_when_one_is_taken_back(
    platform: FakePlatform, house: House
) -> None:
    bureau = signed_in("bureau", platform)
    assert "没有互相矛盾的判断" in bureau.get(f"{NAMES}/contradictions").text
    made = say(house, BUREAU, "X1", "same", INTAKE)
    if made.state == "pending":
        answer(house, SECOND, made.number)
    other = say(house, SECOND, "X2", "none")
    page = bureau.get(f"{NAMES}/contradictions").text
    assert "去除层级、括注后是同一名称" in page
    assert f'action="{NAMES}/{other.number}/undo"' in page
    assert "/undo" not in signed_in("officer", platform).get(f"{NAMES}/contradictions").text
    bureau.post(NAMES, f"{NAMES}/{other.number}/undo", why="说错了")
    assert "没有互相矛盾的判断" in bureau.get(f"{NAMES}/contradictions").text


def test_where_nothing_is_asked_the_page_says_so(house: House) -> None:
    made = FakePlatform()
    made.judging = Judging(house)
    visitor = signed_in("bureau", made)
    for subject, word in (("item", "事项名称"), ("material", "材料名称")):
        assert f"现在没有要您判断的{word}" in visitor.get(f"{NAMES}?subject={subject}").text
    assert visitor.get(f"{NAMES}?subject=else").status_code == 400
    assert signed_in("clerk", made).get(NAMES).status_code == 403


def test_the_answer_to_the_same_name_elsewhere_stands_on_the_page(
    house: House, platform: FakePlatform
) -> None:
    visitor = signed_in("bureau", platform)
    address = f"{NAMES}?of={key_of(platform, '挖沙手续（县级）')}"
    assert "同名的另一问已有答案" not in visitor.get(address).text
    say(house, BUREAU, "X1", "none")
    text = visitor.get(address).text
    assert "同名的另一问已有答案" in text
    assert re.search(r'of=[0-9a-f]{16}">挖沙手续</a>（水利局） <b>目录里没有这个事项', text)
