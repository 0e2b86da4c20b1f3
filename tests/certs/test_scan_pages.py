"""A clerk keeps a scan on the plan's page, over a real installation; the next window has it."""

from __future__ import annotations

import re

import pytest
from httpx import Response

from portal.render import SESSION_COOKIE
from tests.certs import test_refusals
from tests.certs.test_refusals import FOOD, Desk

desk = test_refusals.desk  # the fixture
PDF = b"%PDF-1.4 " + bytes(300_000)
TOKEN = re.compile(r'name="form_token" value="([0-9a-f]{64})"')
SCAN = "/clerk/cases/C1/materials/M2/scan"
RIGHT = {"licence_type": FOOD, "compared": "yes", "last_day": "2027-03-01"}


class Page:
    """The plan of C1 as its clerk sees it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        _, text = desk.sessions.begin("clerk")
        desk.client.cookies.set(SESSION_COOKIE, text)

    def plan(self, case: str = "C1") -> str:
        return str(self.desk.client.get(f"/clerk/cases/{case}").text)

    def send(self, path: str, data: dict[str, str], pdf: bytes | None = None) -> Response:
        token = TOKEN.findall(self.plan())[-1]
        files = {"file": ("a.pdf", pdf)} if pdf is not None else None
        answer: Response = self.desk.client.post(
            path, data={**data, "form_token": token}, files=files
        )
        return answer


@pytest.fixture
def page(desk: Desk) -> Page:
    """The item asks for a second paper, which the data does not have."""
    desk.town.material("M2", ["公共场所卫生许可证"], name="卫生许可证")
    return Page(desk)


def test_a_paper_that_was_compared_once_need_not_be_brought_again(page: Page, desk: Desk) -> None:
    assert "核对原件后留存扫描件" in page.plan()
    sent = {**RIGHT, "licence_type": "公共场所卫生许可证"}
    assert page.send(SCAN, sent, PDF).headers["location"] == "/clerk/cases/C1"
    desk.town.case("C2")
    shown = page.plan("C2")
    assert "扫描件可用至2027年3月1日" in shown
    assert "核对原件后留存扫描件" not in shown
    withdraw = re.search(r'action="(/clerk/cases/C2/scans/[0-9a-f]+/withdraw)"', shown)
    assert withdraw
    assert page.send(withdraw[1], {}).status_code == 303
    assert "扫描件可用至" not in page.plan("C2")
    again = page.send(withdraw[1].replace("C2", "C1"), {})
    assert (again.status_code, "它已作废" in again.text) == (400, True)


@pytest.mark.parametrize(
    ("change", "pdf", "said", "field"),
    [
        ({}, None, "请选择扫描件", "scan-M2"),
        ({"compared": ""}, PDF, "先当面核对原件", "compared-M2"),
        ({"last_day": "明天"}, PDF, "日期", "day-M2"),
        ({"last_day": "2026-11-01"}, PDF, "已过有效期", "scan-M2"),
        ({}, b"GIF89a", "PDF 文件", "scan-M2"),
        ({"licence_type": "护照"}, PDF, "不要求这类证照", "scan-M2"),
    ],
)
def test_what_is_wrong_with_it_is_said_at_its_field(
    page: Page, change: dict[str, str], pdf: bytes | None, said: str, field: str
) -> None:
    sent = {**RIGHT, "licence_type": "公共场所卫生许可证", **change}
    answer = page.send(SCAN, sent, pdf)
    assert answer.status_code == 400
    assert f'<a href="#{field}">' in answer.text
    assert said in answer.text
    assert f'id="{field}"' in answer.text
    assert "扫描件可用至" not in page.plan()


def test_without_the_forms_token_nothing_is_kept(page: Page, desk: Desk) -> None:
    answer = desk.client.post(SCAN, data=RIGHT, files={"file": ("a.pdf", PDF)})
    assert answer.status_code == 403
    assert desk.town.query("SELECT count(*) FROM certs.scan") == [(0,)]
