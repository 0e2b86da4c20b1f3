"""The portal over HTTP, as a clerk at her window uses it, and as a program does."""

from __future__ import annotations

import re
from datetime import date, datetime

from sqlalchemy import select

from certs.seals.trust import trust_of
from certs.verifying.file import verify_file
from kernel.clock import CITY_TIME
from landing.tables import case as cases
from landing.tables import quarantine as refused_rows
from pipeline.ops import daily
from pipeline.sync import sync
from tests.e2e.installed import Installed
from tests.e2e.people import BUSINESS, example, papers

FETCH = re.compile(r'formaction="(/clerk/cases/[^"]+/fetch)"[^>]*data-name="([^"]+)"')


def provisional(installed: Installed, number: str) -> list[bool]:
    """Whether the live rows of a case are provisional."""
    query = select(cases.c.provisional).where(
        cases.c.case_number == number, cases.c.deleted_at.is_(None)
    )
    return [row[0] for row in installed.rows(query)]


def test_from_signing_in_to_a_sealed_copy_and_a_confirmed_case(installed: Installed) -> None:
    browser, item = installed.browser, example(installed)["item_code"]
    firm = papers(installed, BUSINESS)[0]
    browser.sign_in("clerk")
    opened = browser.post(
        "/clerk",
        "/clerk/cases",
        item_text="食品经营许可",
        item_for="食品经营许可",
        item_code=item,
        applicant_number=firm.number,
        applicant_name=firm.name,
    )
    assert opened.status_code == 303
    address = opened.headers["location"]
    number = address.rsplit("/", 1)[-1]
    assert provisional(installed, number) == [True]
    assert number in browser.get("/clerk").text

    plan = browser.get(address)
    assert plan.status_code == 200
    buttons = {name: path for path, name in FETCH.findall(plan.text)}
    assert BUSINESS in buttons
    copy = browser.post(address, buttons[BUSINESS], purpose=f"办理 {number}")
    assert (copy.status_code, copy.headers["content-type"]) == (200, "application/pdf")
    verdict = verify_file(copy.content, trust_of(installed.house), installed.house.clock())
    assert (verdict.untouched, verdict.issuer_known) == (True, True)

    sync(installed.house, "xzsp_window", f"confirms-{number}")
    assert provisional(installed, number) == [False]
    assert browser.get(address).status_code == 200


def test_a_refusal_is_a_page_that_says_why(installed: Installed) -> None:
    browser = installed.browser
    browser.sign_in("clerk2")
    answer = browser.get(f"/clerk/cases/{example(installed)['case']}")
    assert answer.status_code == 403
    assert "该办件没有分配到您的岗位" in answer.text
    entry = installed.entries()[-1]
    assert (entry["actor"], entry["reason"]) == ("clerk2", "case_not_assigned")


def test_every_role_has_its_page_and_no_one_elses(installed: Installed) -> None:
    browser = installed.browser
    pages = {"clerk": "/clerk", "officer": "/dept", "ops": "/ops", "bureau": "/bureau"}
    for who in pages:
        browser.sign_in(who)
        for owner, path in pages.items():
            assert browser.get(path).status_code == (200 if owner == who else 403), (who, path)


def test_the_ops_page_shows_every_system(installed: Installed) -> None:
    installed.browser.sign_in("ops")
    page = installed.browser.get("/ops").text
    assert all(system.name in page for system in installed.systems.values())
    for code in installed.systems:
        assert installed.browser.get(f"/ops/systems/{code}").status_code == 200


def test_from_the_board_to_a_refused_row_in_two_clicks(installed: Installed) -> None:
    installed.browser.sign_in("ops")
    board = installed.browser.get("/ops").text
    mine = (refused_rows.c.system == "xzsp_items", refused_rows.c.closed_at.is_(None))
    ids = [row[0] for row in installed.rows(select(refused_rows.c.id).where(*mine))]
    tile = board[board.index('id="s-xzsp_items"') :]
    assert f"问题数据 <b>{len(ids):,}</b>" in tile[: tile.index("</a>")]
    path = re.findall(r'<a href="([^"#]+)[^"]*" id="s-xzsp_items"', board)[0]
    shown: list[int] = []
    while path:
        text = installed.browser.get(path).text
        shown += map(int, re.findall(r'<tr id="r-(\d+)"', text))
        more = re.findall(r'href="([^"#]+)#refused" rel="next"', text)
        path = more[0] if more else ""
    assert shown == sorted(ids, reverse=True)


def test_the_days_report_has_the_runs_of_the_day(installed: Installed) -> None:
    installed.browser.sign_in("ops")
    text = installed.browser.get("/ops/report").text
    day = daily.report(installed.house, date_of(installed.house.clock()))
    assert {one.code for one in day.systems} == set(installed.systems)
    assert f"<dd>{sum(one.rows for one in day.systems):,}</dd>" in text
    assert installed.browser.get("/ops/alarms").status_code == 200


def date_of(at: datetime) -> date:
    """A moment's day in the city."""
    return at.astimezone(CITY_TIME).date()


def test_a_program_does_the_same_over_the_api(installed: Installed) -> None:
    browser, told = installed.browser, example(installed)
    made = browser.api(
        "POST", "/session", json={"name": "clerk", "password": "zhongtai-demo"}
    ).json()
    plan = browser.api("GET", f"/cases/{told['case']}/plan", made["token"]).json()
    waived = [one for one in plan["lines"] if one["verdict"] == "waived"]
    assert {one["name"] for one in waived} == {
        one["name"] for one in told["materials"] if one["waived"]
    }
    path = f"/cases/{told['case']}/materials/{waived[0]['material_id']}/fetch"
    copy = browser.api("POST", path, made["token"], json={"purpose": "核定免提交材料"})
    assert copy.content.startswith(b"%PDF")
    checked = browser.api("POST", "/verify", files={"file": ("copy.pdf", copy.content)}).json()
    assert (checked["genuine"], checked["untouched"]) == (True, True)
    assert browser.api("GET", "/status").status_code == 401
    assert browser.api("GET", f"/cases/{told['case']}/plan").status_code == 401


def test_the_public_page_of_a_copy_tells_nothing_personal(installed: Installed) -> None:
    clerk, told = installed.account("clerk"), example(installed)
    plan = installed.platform.plan(clerk, told["case"])
    line = next(one for one in plan.lines if one.verdict == "waived")
    copy = installed.platform.fetch(clerk, told["case"], line.material_id, "prove")
    installed.browser.session.cookies.clear()
    page = installed.browser.get(f"/verify/{copy.id}")
    assert page.status_code == 200
    firm = installed.applicant(told["case"])
    assert firm["applicant_name"] not in page.text
    assert firm["applicant_number"] not in page.text
