"""Who has no right is refused with a reason, and the refusal is in the ledger."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from sqlalchemy import text

from certs.waivers.lines import PlanLine
from kernel.errors import Refused
from pipeline.sync import sync
from registry.accounts import Account
from tests.e2e.installed import Installed
from tests.e2e.people import BUSINESS, ESTATE, case_of, example, foreign_case, papers


def refusals(
    installed: Installed, account: Account, case: str, material: str = "M-unknown"
) -> tuple[str, str]:
    """Why plan and fetch are refused; asserts that the ledger says the same of both."""
    platform = installed.platform
    asked: dict[str, Callable[[], object]] = {
        "plan.refused": lambda: platform.plan(account, case),
        "look.refused": lambda: platform.fetch(account, case, material, "prove"),
    }
    found = []
    for event, ask in asked.items():
        before = len(installed.entries())
        with pytest.raises(Refused) as refused:
            ask()
        assert str(refused.value)
        (new,) = installed.entries()[before:]
        detail = str(refused.value.facts["detail"])
        assert (new["event"], new["actor"], new["reason"]) == (event, account.name, detail)
        found.append(detail)
    return found[0], found[1]


def fetch_refused(installed: Installed, account: Account, case: str, line: PlanLine) -> str:
    """Why a copy is refused; asserts that the ledger says the same."""
    before = len(installed.entries())
    with pytest.raises(Refused) as refused:
        installed.platform.fetch(account, case, line.material_id, "prove")
    (new,) = installed.entries()[before:]
    assert (new["event"], new["actor"], new["case"]) == ("look.refused", account.name, case)
    assert (new["reason"], new["material"]) == (refused.value.facts["detail"], line.material_id)
    return str(refused.value.facts["detail"])


def lines(installed: Installed, account: Account, case: str) -> dict[str, PlanLine]:
    """The plan's lines by name."""
    return {one.name: one for one in installed.platform.plan(account, case).lines}


def test_a_clerk_whose_post_does_not_handle_the_item(installed: Installed) -> None:
    case = foreign_case(installed, "sc-02", "市公安局")
    assert refusals(installed, installed.account("clerk"), case) == ("item_not_of_post",) * 2


def test_a_case_that_is_not_assigned_to_her(installed: Installed) -> None:
    case = example(installed)["case"]
    assert refusals(installed, installed.account("clerk2"), case) == ("case_not_assigned",) * 2


def test_a_closed_case(installed: Installed) -> None:
    clerk = installed.account("clerk")
    case = case_of(installed, papers(installed, BUSINESS)[0])
    material = lines(installed, clerk, case)[BUSINESS].material_id
    sync(installed.house, "xzsp_window", "before-closing")
    installed.truth.post(f"/cases/{case}/close")
    sync(installed.house, "xzsp_window", "closed")
    assert refusals(installed, clerk, case, material) == ("case_closed",) * 2


def test_a_paper_of_another_than_the_applicant(installed: Installed) -> None:
    case, clerk = example(installed)["case"], installed.account("clerk")
    theirs = [
        one for one in lines(installed, clerk, case).values() if one.detail == "role_not_applicant"
    ]
    assert theirs
    for line in theirs:
        assert fetch_refused(installed, clerk, case, line) == "role_not_applicant"


def test_a_licence_that_only_someone_else_holds(installed: Installed) -> None:
    clerk = installed.account("clerk")
    without = papers(installed, BUSINESS, ESTATE, has_other=False)[0]
    case = case_of(installed, without)
    line = lines(installed, clerk, case)[ESTATE]
    assert (line.verdict, line.licence) == ("bring", None)
    assert fetch_refused(installed, clerk, case, line) == "licence_not_found"


def test_a_receiving_window_sees_the_plan_and_no_data(installed: Installed) -> None:
    window = installed.account("window")
    case = case_of(installed, papers(installed, BUSINESS)[0], "window")
    line = lines(installed, window, case)[BUSINESS]
    assert line.verdict == "waived"
    assert (line.licence, line.valid_to) == (None, None)
    assert fetch_refused(installed, window, case, line) == "receive_only"


def test_a_case_that_is_none_whatever_was_typed(installed: Installed) -> None:
    firm = installed.applicant(example(installed)["case"])
    for typed in ("GZ00-20200101-00001", firm["applicant_number"]):
        assert refusals(installed, installed.account("clerk"), typed) == ("case_unknown",) * 2
        assert typed not in json.dumps(installed.entries()[-2:])


def test_a_disabled_account(installed: Installed) -> None:
    clerk, case = installed.account("clerk"), example(installed)["case"]
    switch = text("UPDATE registry.account SET disabled_at = :at WHERE name = 'clerk'")
    with installed.house.engine.begin() as conn:
        conn.execute(switch, {"at": installed.house.clock()})
    try:
        assert refusals(installed, clerk, case) == ("account_disabled",) * 2
        assert installed.platform.sign_in("clerk", "zhongtai-demo") is None
    finally:
        with installed.house.engine.begin() as conn:
            conn.execute(switch, {"at": None})


@pytest.mark.parametrize("who", ["officer", "ops", "bureau"])
def test_one_who_is_no_clerk(installed: Installed, who: str) -> None:
    case = example(installed)["case"]
    assert refusals(installed, installed.account(who), case) == ("role_not_clerk",) * 2


def test_a_case_for_an_item_that_her_posts_do_not_handle_is_not_opened(
    installed: Installed,
) -> None:
    firm, item = papers(installed, BUSINESS)[0], example(installed)["item_code"]
    for who, code, reason in (
        ("clerk2", item, "item_not_of_post"),
        ("clerk", "no-such-item", "item_not_in_catalogue"),
    ):
        with pytest.raises(Refused) as refused:
            installed.platform.open_case(
                installed.account(who), code, "organisation", firm.number, firm.name
            )
        assert refused.value.facts["reason"] == reason
        entry = installed.entries()[-1]
        assert (entry["event"], entry["actor"], entry["reason"]) == ("case.refused", who, reason)


def test_a_department_officer_sees_refused_rows_of_her_own_systems_only(
    installed: Installed,
) -> None:
    officer = installed.account("officer")
    assert installed.platform.quarantine(officer, "sc_drug")
    with pytest.raises(Refused):
        installed.platform.quarantine(officer, "ga_vehicle")
