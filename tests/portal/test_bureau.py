"""The bureau's pages: figures that lead to their rows, states, a file, complaints, the letter."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest

from portal import charts
from portal.figures import NEXT
from portal.letter import whole_letter
from portal.words import known
from portal.words.bureau import BUREAU_TABS
from registry import divisions
from tests.portal.fake import MARKET, NOW, FakePlatform
from tests.portal.fake_bureau import FOOD
from tests.portal.visits import Visitor, signed_in

LINK = re.compile(r'href="([^"]+)"')
DAYS = "begin=2026-10-22&end=2026-11-20"


def bureau(**state: bool) -> Visitor:
    """The bureau before figures, or none, or old ones."""
    platform = FakePlatform()
    for name, value in state.items():
        setattr(platform.bureau, name, value)
    return signed_in("bureau", platform)


def links(page: str) -> list[str]:
    return [unescape(one) for one in LINK.findall(page)]


@pytest.mark.parametrize("path", [href for href, _ in BUREAU_TABS])
def test_every_page_of_the_bureau_leads_to_the_others(path: str) -> None:
    page = bureau().get(path).text
    assert "/bureau" in links(page)
    assert "http://" not in page.replace("http://www.w3.org", "")


def test_each_figure_leads_to_its_rows() -> None:
    visitor = bureau()
    page = visitor.get("/bureau").text
    for words in ("1,323", "免带率 85%", "窗口对共享结果没有把握"):
        assert words in page
    found = [one for one in links(page) if one.startswith("/bureau/rows?")]
    for about in ("outcome=saved", "outcome=demanded&demanded=not_trusted", f"item_id={FOOD}"):
        assert any(about in one and one.startswith(f"/bureau/rows?{DAYS}") for one in found), about
    for one in found[:12]:
        assert visitor.get(one).status_code == 200


def test_nothing_counted_yet_and_old_figures_are_said() -> None:
    page = bureau(empty=True).get("/bureau").text
    assert "还没有统计过" in page
    assert "没有已受理并核验过材料的办件" in page
    assert "已超过 30 分钟没有更新" in bureau(stale=True).get("/bureau").text
    assert "已超过 30 分钟没有更新" in bureau(stale=True).get("/bureau/screen").text
    assert "没有仍需携带" in bureau(empty=True).get("/bureau/reasons").text
    assert "没有符合条件" in bureau(empty=True).get("/bureau/rows").text


@pytest.mark.parametrize("path", ["/bureau", "/bureau/coverage", "/bureau/reasons", "/bureau/rows"])
def test_wrong_days_are_said_and_the_usual_ones_shown(path: str) -> None:
    answer = bureau().get(f"{path}?begin=2026-12-01&end=2026-11-01")
    assert answer.status_code == 400
    assert "开始日期不能晚于结束日期" in answer.text
    assert "2026年10月22日" in answer.text


def test_rows_go_on_from_page_to_page_and_keep_what_they_are_narrowed_to() -> None:
    visitor = bureau()
    page = visitor.get(f"/bureau/rows?{DAYS}&outcome=saved&division=").text
    assert page.count("<code>3607002611") == 50
    (after,) = [one for one in links(page) if "after=" in one]
    assert f"{DAYS}&outcome=" not in after or "division=" in after
    last = visitor.get(after).text
    assert last.count("<code>3607002611") == 1
    tallied = [call for call in visitor.platform.calls if call[0] == "tally"]
    assert [call[1] for call in tallied] == [{"division": "", "outcome": "saved"}] * 2
    assert str(tallied[1][2][0]) == "2026-11-20"


@pytest.mark.parametrize("after", ["x", "2026-11-20", "2026-13-01~a~b"])
def test_a_wrong_place_to_go_on_is_a_plain_answer(after: str) -> None:
    answer = bureau().get(f"/bureau/rows?after={after}")
    assert answer.status_code == 400
    assert "从第一页重新打开" in answer.text
    assert bureau().get(f"/bureau/complaints?after={after}").status_code == 400


def test_the_file_of_rows_is_read_by_a_spreadsheet_and_computes_nothing() -> None:
    answer = bureau().get(f"/bureau/rows.csv?{DAYS}")
    assert "tally-2026-10-22-2026-11-20.csv" in answer.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:2] == ["日期", "办件"]
    assert len(rows) == 3
    assert rows[2][5] == "'=1+1"
    assert "来源数据过时" in rows[2]
    assert bureau().get("/bureau/rows.csv?begin=never").status_code == 400


def test_the_squares_are_the_twenty_counties_and_zones_each_in_its_own_place() -> None:
    every = {one.name for one in divisions.load().values() if one.level != "city"}
    assert set(charts.PLACES) == every
    assert len(set(charts.PLACES.values())) == len(every) == 20
    page = bureau().get("/bureau/coverage").text
    for name in every:
        assert name in page
    assert "没有办件" in page
    assert page.index("<table>") < page.index('class="squares"')


@pytest.mark.parametrize(
    ("saved", "others", "share", "shade"),
    [(0, (0,), None, 0), (0, (5,), 0, 1), (1, (1,), 50, 3), (9, (0,), 100, 5), (99, (1,), 99, 5)],
)
def test_a_square_is_as_dark_as_its_share(
    saved: int, others: tuple[int], share: int | None, shade: int
) -> None:
    assert charts.share_of(saved, *others) == share
    (square,) = [one for one in charts.squares({"章贡区": share}) if one.name == "章贡区"]
    assert square.shade == shade


def test_reasons_show_their_arithmetic_and_lead_on() -> None:
    page = bureau().get("/bureau/reasons").text
    assert "96 ÷ 30 × 365 ＝ 1,168 份" in page
    assert "/catalog/ask/next-system" in links(page)
    assert "/catalog/waivers" in links(page)
    assert "按规定须带" in page
    for detail, (word, _) in NEXT.items():
        assert known(f"detail.{detail}")
        assert known(f"reasons.next.{word}")


def test_the_screen_needs_no_script_and_gives_its_part_alone() -> None:
    visitor = bureau()
    page = visitor.get("/bureau/screen").text
    assert '<noscript><meta http-equiv="refresh" content="60"></noscript>' in page
    part = visitor.get("/bureau/screen/part").text
    assert "<html" not in part
    assert part in page


def test_a_complaint_table_is_taken_in_and_what_became_of_it_is_said() -> None:
    visitor = bureau()
    token = visitor.token("/bureau/complaints")
    sent = {"form_token": token, "source": "hotline"}
    files = {"file": ("c.csv", "工单编号,日期,事项\n".encode(), "text/csv")}
    page = visitor.client.post("/bureau/complaints", data=sent, files=files).text
    for words in ("新增 2 条", "1 条以前导入过", "没有保存的列：姓名、电话", "第 4 行：日期看不懂"):
        assert words in page
    nothing = visitor.client.post("/bureau/complaints", data=sent)
    assert nothing.status_code == 400
    assert "请先选择一个文件" in nothing.text


def test_a_complaint_is_answered_with_a_reason() -> None:
    visitor = bureau()
    page = visitor.get("/bureau/complaints").text
    assert "&lt;b&gt;" in page
    assert "没有对应到唯一的事项" in page
    assert any(f"item_id={FOOD}" in one for one in links(page))
    path = "/bureau/complaints"
    short = visitor.post(path, f"{path}/1", outcome="window", why="短")
    assert short.status_code == 400
    assert '<a href="#w-1">请写明怎样处理' in short.text
    done = visitor.post(path, f"{path}/1", outcome="window", why="已通知窗口改正")
    assert done.headers["location"] == path
    assert ("answer_complaint", "bureau", 1, "window", "已通知窗口改正") in visitor.platform.calls
    assert "没有待处理的投诉" in bureau(empty=True).get(path).text
    assert "还没有处理过" in bureau(empty=True).get(f"{path}?state=answered").text


def test_a_clerk_says_why_a_waived_paper_is_asked_for_and_takes_it_back() -> None:
    visitor = signed_in("clerk")
    case = "/clerk/cases/3607"
    page = visitor.get(case).text
    assert "仍要求申请人提交？请登记原因" in page
    path = next(one for one in re.findall(r'action="([^"]+/demand)"', page) if one.startswith(case))
    visitor.post(case, path, reason="system_asks")
    page = visitor.get(case).text
    assert "已登记仍要求提交：办理系统必须上传" in page
    visitor.post(case, path)
    assert "已登记仍要求提交" not in visitor.get(case).text


def test_the_letter_says_causes_and_whom_they_cost_paper() -> None:
    visitor = signed_in("officer")
    page = visitor.get("/dept/letter?month=2026-11").text
    for words in (
        MARKET, "489 行", "31 行没有更正", "至少 9 个办件", "最多涉及 31 个", "ZTDM",
        "证件号码没有通过校验", "本月尚未结束",
    ):  # fmt: skip
        assert words in page
    assert "企业登记系统" not in page  # it has nothing to mend
    wrong = visitor.get("/dept/letter?month=11")
    assert wrong.status_code == 400
    assert "月份写成 2026-11" in wrong.text


def test_the_bureau_reads_any_departments_letter() -> None:
    visitor = bureau()
    page = visitor.get("/bureau/letter?department=市民政局&month=2026-11").text
    assert "市民政局：" in page
    assert "<option selected>市民政局</option>" in page
    assert len(re.findall("<option", page)) == 25
    assert visitor.get("/bureau/letter").status_code == 200
    assert visitor.get("/bureau/letter?month=never").status_code == 400


def test_a_month_without_a_refused_row_is_a_thank_you() -> None:
    platform = FakePlatform()
    platform.bureau.empty = True
    assert "感谢支持" in signed_in("officer", platform).get("/dept/letter").text


def test_the_letter_as_a_file_is_the_page_and_needs_nothing_else() -> None:
    platform = FakePlatform()
    alone = whole_letter(platform.bureau.letter(MARKET, "2026-11"), lambda: NOW)
    body = alone[alone.index("<article") : alone.index("</article>")]
    assert body in signed_in("officer", platform).get("/dept/letter?month=2026-11").text
    assert "<style>" in alone
    for outside in ("http:", "https:", "<script", "<link", "src="):
        assert outside not in alone
