"""Rows that the national exchange gave back, on their page: over a real catalogue."""

from __future__ import annotations

import re

import pytest
from httpx import Response
from sqlalchemy import select

from catalog.tables import reopened, sent
from kernel.house import House
from portal.language import COOKIE
from portal.words.counties import COUNTIES
from tests.catalog.town import FOOD
from tests.portal.fake import FakePlatform
from tests.portal.test_catalog_pages import platform
from tests.portal.test_language import Frame
from tests.portal.visits import Visitor, signed_in

__all__ = ["platform"]

PAGE = "/catalog/faults"
HEAD = "row_guid,table_sql_name,table_row_guid,err_type,remark\n"


def took(visitor: Visitor, data: bytes, table: str = "dn_audit_abnormal") -> Response:
    """The answer to a file that the page's form sends."""
    answer: Response = visitor.client.post(
        PAGE,
        data={"form_token": visitor.token(PAGE), "table": table},
        files={"file": ("dn.csv", data)},
    )
    return answer


@pytest.fixture
def guid(platform: FakePlatform, house: House, monkeypatch: pytest.MonkeyPatch) -> str:
    """The identifier of a row that was sent: FOOD's."""
    monkeypatch.setenv("UP_URL", house.engine.url.render_as_string(hide_password=False))
    platform.exchanging.send(None, "bureau", None, "UP_URL")
    with house.engine.connect() as conn:
        query = select(sent.c.row_guid).where(
            sent.c.item_id == FOOD, sent.c.table_name == "up_task_general_basic"
        )
        return str(conn.execute(query).scalars().first())


def test_what_came_back_is_listed_sent_again_and_closed(
    platform: FakePlatform, house: House, guid: str
) -> None:
    ops = signed_in("ops", platform)
    rows = (
        f"f1,up_task_general_basic,{guid},E1,承诺时限为空\nf2,up_task_general_basic,x,E2,别处的\n"
    )
    page = took(ops, (HEAD + rows).encode("gb18030")).text
    assert "读到 2 行，新增 2 行，其中 1 行是本目录报送的" in page
    for said in ("承诺时限为空", "错误代码 E1", "不是本目录报送的数据", f"<code>{FOOD}</code>"):
        assert said in page, said
    assert page.count('value="resend"') == 1  # what is not ours cannot be sent again
    again = ops.post(PAGE, f"{PAGE}/1", becomes="resend", why="数据没有错")
    assert again.headers["location"] == f"{PAGE}?done=resend&n=1"
    page = ops.get(again.headers["location"]).text
    assert "第 1 条下次报送时原样重报" in page
    assert "ops 已定下次原样重报：数据没有错" in page
    closed = ops.post(PAGE, f"{PAGE}/2", becomes="close", why="不是我们的")
    assert "第 2 条已关闭" in ops.get(closed.headers["location"]).text
    assert "ops 关闭：不是我们的" in ops.get(f"{PAGE}?state=closed").text
    with house.engine.connect() as conn:
        query = select(reopened.c.id, reopened.c.resend, reopened.c.closed_at.is_(None))
        kept = sorted(tuple(row) for row in conn.execute(query))
    assert kept == [(1, True, True), (2, False, False)]


def test_where_nothing_came_back_the_page_says_so(platform: FakePlatform) -> None:
    visitor = signed_in("bureau", platform)
    assert "没有待处理的退回数据" in visitor.get(PAGE).text
    assert "还没有关闭过退回数据" in visitor.get(f"{PAGE}?state=closed").text


@pytest.mark.parametrize(
    ("data", "table", "says"),
    [
        (b"", "dn_audit_abnormal", "请选择文件"),
        ((HEAD + "f1,up,,E1,x\n").encode(), "dn_audit_abnormal", "第 1 行没有“table_row_guid”"),
        ((HEAD + "f1,up,x,E1,x\n").encode(), "up_task", "请从列表中选择是哪一张表"),
        (b"\xff\xfe\xff", "dn_audit_abnormal", "文件的编码认不出"),
    ],
)
def test_a_wrong_table_is_not_taken_in(
    platform: FakePlatform, data: bytes, table: str, says: str
) -> None:
    answer = took(signed_in("ops", platform), data, table)
    assert answer.status_code == 400
    assert re.search(f'<a href="#file">[^<]*{says}', answer.text)
    assert platform.exchanging.faults(closed=True) == []


def test_a_department_reads_and_settles_nothing(platform: FakePlatform) -> None:
    took(signed_in("ops", platform), (HEAD + "f1,up,x,E1,错\n").encode())
    officer = signed_in("officer", platform)
    page = officer.get(PAGE).text
    assert "E1" in page
    assert "<form" not in page.split("<main")[1]
    token = officer.token("/catalog/wishes")
    said = {"form_token": token, "becomes": "close", "why": "不要了"}
    assert officer.client.post(f"{PAGE}/1", data=said).status_code == 403
    assert officer.client.post(PAGE, data=said).status_code == 403
    assert signed_in("clerk", platform).get(PAGE).status_code == 403
    (one,) = platform.exchanging.faults()
    assert one.closed_at is None


def test_what_somebody_else_has_just_settled_is_said(platform: FakePlatform) -> None:
    ops = signed_in("ops", platform)
    took(ops, (HEAD + "f1,up,x,E1,错\n").encode())
    for sent_, says in (({"why": " "}, "请写明理由"), ({"becomes": "eat"}, "请选择原样重报")):
        wrong = ops.post(PAGE, f"{PAGE}/1", **{"becomes": "close", "why": "关"} | sent_)
        assert wrong.status_code == 400
        assert re.search(f'<a href="#w-1">[^<]*{says}', wrong.text)
    ops.post(PAGE, f"{PAGE}/1", becomes="close", why="关")
    again = ops.post(PAGE, f"{PAGE}/1", becomes="close", why="关")
    assert (again.status_code, "可能有人刚办过" in again.text) == (400, True)


def test_the_page_speaks_english_too(platform: FakePlatform) -> None:
    took(signed_in("ops", platform), (HEAD + "f1,up,x,E1,错\n").encode())
    visitor = signed_in("ops", platform)
    visitor.client.cookies.set(COOKIE, "en")
    frame = Frame()
    frame.feed(visitor.get(PAGE).text)
    assert frame.language == "en"
    assert set(COUNTIES.values()) & set(frame.texts) == set()
