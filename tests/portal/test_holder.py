"""The API of holders: an applicant at the window sees who looked."""

from __future__ import annotations

import pytest

from tests.portal.visits import signed_in


def test_an_applicant_at_the_window_sees_which_office_looked() -> None:
    visitor = signed_in("clerk")
    (seen,) = visitor.get("/api/v1/cases/C1/looks?before=9&limit=5").json()
    assert visitor.platform.calls[-1] == ("seen_of_case", "clerk", "C1", 9, 5)
    assert (seen["office"], seen["licence_type"]) == ("市市场监督管理局审批科", "营业执照")
    assert not {"actor", "account", "reader", "holder"} & seen.keys()


@pytest.mark.parametrize("asked", ["before=-1", "limit=0", "limit=1001", "limit=x"])
def test_a_page_beyond_its_bounds_is_refused(asked: str) -> None:
    assert signed_in("clerk").get(f"/api/v1/cases/C1/looks?{asked}").status_code == 400


@pytest.mark.parametrize("role", ["officer", "ops", "bureau"])
def test_only_a_window_asks_for_an_applicant(role: str) -> None:
    assert signed_in(role).get("/api/v1/cases/C1/looks").status_code == 403


def test_a_plan_says_when_nothing_can_be_fetched() -> None:
    visitor = signed_in("clerk")
    assert "容缺受理" not in visitor.get("/clerk/cases/C1").text
    visitor.platform.stopped = True
    page = visitor.get("/clerk/cases/C1").text
    assert "留痕账本的签名已中断超过时限" in page
    assert "data-fetch" not in page
