"""What a clerk prints for the applicant: a receipt, and a slip of what is to follow (容缺)."""

from __future__ import annotations

import base64

import pypdfium2
import pytest

from tests.portal.browser import Browser
from tests.portal.fake import FakePlatform
from tests.portal.screens import sign_in
from tests.portal.serving import serving
from tests.portal.visits import signed_in

CASE = "3607002611201000"
A5 = (420, 595)  # points


def test_a_receipt_lists_what_is_waived_taken_in_and_to_follow() -> None:
    page = signed_in("clerk").get("/clerk/cases/later?show=receipt").text
    for said in (
        "收件回执",
        "2026年11月20日",
        "免提交，已由部门数据核验",
        "收取的材料",
        "容缺，由平台补取",
        "最迟2026年11月27日",
        "申请人（签字）：",
        "不是许可决定",
    ):
        assert said in page, said
    taken = page[page.index("is-ticked") : page.index("容缺，由平台补取")]
    assert "经营场所平面布置图" in taken
    assert "公共场所卫生许可证" not in taken  # it is promised: nobody brings it


def test_what_is_to_follow_has_its_reason_and_its_day() -> None:
    page = signed_in("clerk").get("/clerk/cases/later?show=later").text
    for said in ("容缺受理告知单", "以下 1 份材料", "暂时不能核验", "2026年11月27日", "您不用跑"):
        assert said in page, said


def test_where_nothing_is_to_follow_the_slip_says_so_and_no_link_leads_there() -> None:
    visitor = signed_in("clerk")
    assert "不用打印容缺单" in visitor.get(f"/clerk/cases/{CASE}?show=later").text
    assert "show=later" not in visitor.get(f"/clerk/cases/{CASE}").text
    assert "show=later" in visitor.get("/clerk/cases/later").text
    assert "show=receipt" in visitor.get(f"/clerk/cases/{CASE}").text


def test_slips_are_in_english_too() -> None:
    visitor = signed_in("clerk")
    visitor.client.cookies.set("zhongtai_language", "en")
    assert "Accepted now, supplied later" in visitor.get("/clerk/cases/later?show=later").text


@pytest.mark.needs("chromium")
def test_slips_print_on_one_half_sheet_without_the_pages_own_parts() -> None:
    with serving(FakePlatform()) as url, Browser() as browser:
        sign_in(browser, url, "clerk")
        for kind, title in (("receipt", "收件回执"), ("later", "容缺受理告知单")):
            browser.open(f"{url}/clerk/cases/later?show={kind}")
            made = browser.call("Page.printToPDF", preferCSSPageSize=True)["data"]
            with pypdfium2.PdfDocument(base64.b64decode(made)) as printed:
                sizes = [tuple(round(side) for side in page.get_size()) for page in printed]
                text = "".join(page.get_textpage().get_text_range() for page in printed)
            assert sizes == [A5], kind
            assert title in text.replace(" ", "")
            assert "退出" not in text
            assert "返回" not in text
