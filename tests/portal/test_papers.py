"""API and pages of messages, promises, corrections, states and packages."""

from __future__ import annotations

from datetime import date

import pytest

from tests.portal.fake import plan_of
from tests.portal.fake_papers import TOLD
from tests.portal.visits import signed_in

API = "/api/v1"
FILE = {"file": ("a.pdf", b"%PDF")}
REPORT = {"field": "住所", "why": "住所写错了"}


def test_a_clerk_reads_what_the_platform_tells_the_post() -> None:
    visitor = signed_in("clerk")
    assert TOLD in visitor.get("/clerk").text
    (told,) = visitor.get(f"{API}/messages").json()
    assert (told["id"], told["text"]) == (7, TOLD)
    assert visitor.post("/clerk", "/clerk/messages/7").status_code == 303
    assert TOLD not in visitor.get("/clerk").text
    assert visitor.post("/clerk", "/clerk/messages/7").status_code == 400


def test_promises_are_listed_for_the_posts_cases() -> None:
    (one,) = signed_in("clerk").get(f"{API}/promises").json()
    assert (one["case_number"], one["until"], one["outcome"]) == ("C1", "2026-11-27", None)


def test_a_clerk_reports_a_licence_from_the_plan() -> None:
    visitor = signed_in("clerk")
    (case, *_) = visitor.get(f"{API}/cases").json()
    page = f"/clerk/cases/{case['number']}"
    plan = visitor.get(page).text
    assert "报主管部门校核" in plan
    assert f"{page}/package" in plan
    sent = visitor.post(page, f"{page}/materials/M1/report", **REPORT)
    assert sent.status_code == 303
    assert visitor.platform.calls[-1] == (
        "report", "clerk", case["number"], "M1", "住所", "住所写错了",
    )  # fmt: skip
    short = visitor.post(page, f"{page}/materials/M1/report", field="住所", why="错")
    assert short.status_code == 400


def test_the_department_sees_and_answers_it() -> None:
    visitor = signed_in("officer")
    shown = visitor.get("/dept/corrections").text
    assert "&lt;b&gt;住所&lt;/b&gt;写错" in shown
    sent = visitor.post(
        "/dept/corrections", "/dept/corrections/3", outcome="refused", why="与档案一致"
    )
    assert sent.status_code == 303
    assert visitor.platform.calls[-1] == ("answer", "officer", 3, "refused", "与档案一致")
    assert (
        visitor.post(
            "/dept/corrections", "/dept/corrections/3", outcome="maybe", why="与档案一致"
        ).status_code
        == 400
    )


def test_ticked_cases_are_one_list_and_one_form() -> None:
    visitor = signed_in("clerk")
    assert 'name="case" value=' in visitor.get("/clerk").text
    shown = visitor.get("/clerk/together?case=C1&case=C2&case=C1").text
    asked = 2 * len(plan_of("C1").lines)
    assert f"2 个办件共要 {asked} 份材料，合并后 {asked // 2} 份" in shown
    assert shown.count(">营业执照</h3>") == 1
    assert shown.count(">住所 ") == 1
    assert ("together", "clerk", ("C1", "C2")) in visitor.platform.calls


def test_what_cannot_be_taken_together_says_why() -> None:
    visitor = signed_in("clerk")
    few = visitor.get("/clerk/together?case=C1&case=C1&case=")
    assert (few.status_code, "两个或更多办件" in few.text) == (400, True)
    assert signed_in("officer").get("/clerk/together?case=C1&case=C2").status_code == 403
    mixed = visitor.get("/clerk/together?case=C1&case=other")
    assert (mixed.status_code, "不是同一个申请人的" in mixed.text) == (400, True)


def test_a_package_is_a_download() -> None:
    visitor = signed_in("clerk")
    for path in (f"{API}/cases/C1/package", "/clerk/cases/C1/package"):
        got = visitor.get(path)
        assert got.headers["content-type"] == "application/zip"
        assert got.headers["content-disposition"] == 'attachment; filename="C1-archive.zip"'
        assert got.headers["cache-control"] == "no-store"


def test_scans_and_the_issuers_files_go_over_the_api() -> None:
    visitor = signed_in("clerk")
    head = {"X-Form-Token": visitor.token("/clerk")}
    sent = {"licence_type": "营业执照", "last_day": "2027-01-01"}
    kept = visitor.client.post(f"{API}/cases/C1/scans", data=sent, files=FILE, headers=head)
    assert kept.json() == {"id": "s1"}
    day = date(2027, 1, 1)
    assert visitor.platform.calls[-1] == ("scan", "clerk", "C1", "营业执照", b"%PDF", day)
    assert visitor.client.post(f"{API}/scans/s1/withdraw", headers=head).status_code == 204
    asked = {"purpose": "办理变更"}
    path = f"{API}/cases/C1/materials/M1/original"
    got = visitor.client.post(path, json=asked, headers=head)
    assert (got.content, got.headers["content-type"]) == (b"PK", "application/ofd")
    officer = signed_in("officer")
    head = {"X-Form-Token": officer.token("/dept/corrections")}
    said = officer.client.post(f"{API}/licences/L1/file", files=FILE, headers=head).json()
    assert (said["untouched"], said["status"], said["issuer_known"]) == (None, "no_seal", None)


@pytest.mark.parametrize(
    ("name", "path", "status"),
    [
        ("officer", f"{API}/messages", 403),
        ("bureau", f"{API}/promises", 403),
        ("clerk", f"{API}/corrections", 200),
        ("officer", f"{API}/corrections", 200),
        ("ops", f"{API}/corrections", 403),
        ("clerk", f"{API}/licences/abc/states", 403),
        ("officer", f"{API}/licences/abc/states", 200),
        ("officer", f"{API}/cases/C1/package", 403),
        ("clerk", "/dept/corrections", 403),
    ],
)
def test_who_may_read_what(name: str, path: str, status: int) -> None:
    assert signed_in(name).get(path).status_code == status
