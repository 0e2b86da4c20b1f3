"""A paper that a real applicant need not bring, from the window to the bureau's page."""

from __future__ import annotations

from sqlalchemy import text

from kernel.clock import CITY_TIME, system_clock
from pipeline.counting import count
from pipeline.sync import sync
from pipeline.window import SYSTEM
from tests.e2e.installed import Installed
from tests.e2e.people import BUSINESS, case_of, line_of, papers


def saved(installed: Installed, case: str) -> set[str]:
    """The outcomes of the case's business licence, as the bureau's list has them."""
    installed.browser.sign_in("bureau")
    page = installed.browser.get("/bureau/rows.csv").content.decode("utf-8-sig")
    return {
        line.split(",")[7]
        for line in page.splitlines()
        if line.split(",")[1] == case and line.split(",")[3] == BUSINESS
    }


def test_a_paper_is_saved_when_the_window_system_has_accepted_its_case(
    installed: Installed,
) -> None:
    paper = papers(installed, BUSINESS)[0]
    case = case_of(installed, paper)
    line = line_of(installed, case, BUSINESS)
    assert line.verdict == "waived"
    count(installed.house)
    assert saved(installed, case) == {"待确认受理"}
    sync(installed.house, SYSTEM, f"accepted-{case}")
    count(installed.house)
    assert saved(installed, case) == {"少交"}
    browser = installed.browser
    browser.sign_in("clerk")
    page = f"/clerk/cases/{case}"
    sent = browser.post(page, f"{page}/materials/{line.material_id}/demand", reason="law_asks")
    assert sent.status_code == 303
    count(installed.house)
    assert saved(installed, case) == {"仍要求提交"}
    cockpit = browser.get("/bureau").text
    assert "法规或上级要求收取原件" in cockpit
    for page in (cockpit, browser.get("/bureau/rows").text):
        assert paper.number not in page
        assert paper.name not in page


def test_every_page_of_the_bureau_stands_over_the_whole_city(installed: Installed) -> None:
    browser = installed.browser
    browser.sign_in("bureau")
    for path in ("coverage", "reasons", "complaints", "overview", "screen", "screen/part", "rows"):
        assert browser.get(f"/bureau/{path}").status_code == 200, path
    browser.sign_in("officer")
    assert "市市场监督管理局：" in browser.get("/dept/letter").text


def test_each_departments_letter_agrees_with_its_quarantine(installed: Installed) -> None:
    month = f"{system_clock().astimezone(CITY_TIME):%Y-%m}"
    refused = text("SELECT count(*) FROM landing.quarantine WHERE system = ANY(:codes)")
    told = 0
    for name in {one.department for one in installed.systems.values()}:
        codes = [one.code for one in installed.systems.values() if one.department == name]
        letter = installed.platform.bureau.letter(name, month)
        assert letter.rows == installed.rows(refused, codes=codes)[0][0], name
        told += letter.rows
    assert told > 0
