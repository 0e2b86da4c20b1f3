"""The page of who looked at a department's licences: pages, the filter, the file."""

from __future__ import annotations

import re

from portal.port_looked import PAGE
from tests.portal.fake import FakePlatform
from tests.portal.fake_looked import COUNT
from tests.portal.visits import signed_in

LOOKS = "/dept/looks"
OLDER = re.compile(r'rel="next" href="([^"]+)"')
CASE = re.compile(r"<code>(\d+)</code>")


def test_the_departments_page_leads_there_and_pages_go_on_to_the_oldest() -> None:
    visitor = signed_in("officer")
    assert f'href="{LOOKS}"' in visitor.get("/dept").text
    seen, path = [], LOOKS
    while path:
        text = visitor.get(path).text
        seen += CASE.findall(text)
        found = OLDER.search(text)
        path = found[1].replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) == COUNT
    assert "回到最新" in text


def test_one_type_is_kept_from_page_to_page() -> None:
    visitor = signed_in("officer")
    text = visitor.get(f"{LOOKS}?licence_type=营业执照").text
    assert len(CASE.findall(text)) == PAGE
    assert '<option value="营业执照" selected>' in text
    found = OLDER.search(text)
    assert found
    older = visitor.get(found[1].replace("&amp;", "&")).text
    assert len(CASE.findall(older)) == COUNT // 2 - PAGE
    assert '<option value="营业执照" selected>' in older


def test_the_file_has_them_all_in_the_readers_words() -> None:
    answer = signed_in("officer").get(f"{LOOKS}.csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "时间,证照类型,查看的岗位,事项,办件编号,用途"
    assert len(lines) == COUNT + 1
    assert answer.headers["content-disposition"] == 'attachment; filename="looks.csv"'


def test_a_mark_of_no_row_says_so() -> None:
    answer = signed_in("officer").get(f"{LOOKS}?before=nothing")
    assert (answer.status_code, "before 不对" in answer.text) == (400, True)


def test_nobody_has_looked_yet() -> None:
    platform = FakePlatform()
    platform.looked.every = []
    text = signed_in("officer", platform).get(LOOKS).text
    assert "没有查看记录" in text
    assert ".csv" not in text
