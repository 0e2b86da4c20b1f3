"""The right to look: allowed only when every single fact holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certs.rights import right

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
POST = right.PostFacts("sc-02", "市市场监督管理局", frozenset({"receive", "decide"}))
CASE = right.CaseFacts("sc-02", True, "h1")
LICENCE = right.LicenceFacts(
    holders=frozenset({"h1", "h2"}),
    status="valid",
    valid_from=TODAY - timedelta(days=1),
    valid_to=TODAY,
    live=True,
    published=True,
    complete_at=NOW - timedelta(hours=26),
    longest_age=timedelta(hours=26),
)
GOOD = right.Facts(
    enabled=True,
    role="clerk",
    posts=(POST,),
    case=CASE,
    published=True,
    item_department="市市场监督管理局",
    exempted=False,
    asked=True,
    purposes=frozenset({"prove"}),
    purpose_given=True,
    proving_types=frozenset({"营业执照"}),
    material_role="applicant",
    licence_type="营业执照",
    waiver="in_force",
    licence=LICENCE,
    now=NOW,
    today=TODAY,
)
#: One fact that fails, and the reason that must come of it alone.
WRONG: list[tuple[str, str, dict[str, Any]]] = [
    ("account_disabled", "account_disabled", {"enabled": False}),
    ("role_not_clerk", "role_not_clerk", {"role": "officer"}),
    ("case_unknown", "case_unknown", {"case": None}),
    ("case_not_assigned", "case_not_assigned", {"posts": ()}),
    ("case_not_assigned", "case_not_assigned", {"case": replace(CASE, post="ga-02")}),
    ("case_not_assigned", "case_not_assigned", {"case": replace(CASE, post=None)}),
    ("case_closed", "case_closed", {"case": replace(CASE, open=False)}),
    ("item_not_in_catalogue", "item_not_in_catalogue", {"published": False}),
    ("item_exempted", "item_exempted", {"item_department": None, "exempted": True}),
    ("item_not_of_post", "item_not_of_post", {"item_department": None}),
    ("item_not_of_post", "item_not_of_post", {"item_department": "市公安局"}),
    ("material_not_asked", "material_not_asked", {"asked": False}),
    ("purpose_not_given", "purpose_not_given", {"purpose_given": False}),
    ("purpose_not_prove", "purpose_not_prove", {"purposes": frozenset({"compare"})}),
    ("purpose_not_prove", "purpose_not_prove", {"purposes": frozenset({"prove", "surrender"})}),
    ("purpose_not_prove", "purpose_not_prove", {"purposes": frozenset()}),
    (
        "licence_type_does_not_prove",
        "licence_type_does_not_prove",
        {"proving_types": frozenset({"食品经营许可证"})},
    ),
    (
        "licence_type_does_not_prove",
        "licence_type_does_not_prove",
        {"proving_types": frozenset()},
    ),
    ("role_not_applicant", "role_not_applicant", {"material_role": "spouse"}),
    ("waiver_not_confirmed", "waiver_not_confirmed", {"waiver": "not_confirmed"}),
    ("waiver_not_published", "waiver_not_published", {"waiver": "not_published"}),
    ("waiver_withdrawn", "waiver_withdrawn", {"waiver": "withdrawn"}),
    (
        "receive_only",
        "receive_only",
        {"posts": (replace(POST, rights=frozenset({"receive"})),)},
    ),
    ("licence_not_found", "licence_not_found", {"licence": None}),
    ("licence_not_found", "licence_not_found", {"licence_type": None}),
    (
        "holder_not_applicant",
        "holder_not_applicant",
        {"licence": replace(LICENCE, holders=frozenset({"h2"}))},
    ),
    ("licence_not_valid", "licence_withdrawn", {"licence": replace(LICENCE, live=False)}),
    ("licence_not_valid", "licence_revoked", {"licence": replace(LICENCE, status="revoked")}),
    ("licence_not_valid", "licence_suspended", {"licence": replace(LICENCE, status="suspended")}),
    ("licence_not_valid", "licence_expired", {"licence": replace(LICENCE, status="expired")}),
    (
        "licence_not_valid",
        "licence_expired",
        {"licence": replace(LICENCE, valid_to=TODAY - timedelta(days=1))},
    ),
    (
        "licence_not_valid",
        "licence_not_yet_valid",
        {"licence": replace(LICENCE, valid_from=TODAY + timedelta(days=1))},
    ),
    ("licence_not_valid", "licence_not_published", {"licence": replace(LICENCE, published=False)}),
    ("stale", "stale", {"licence": replace(LICENCE, complete_at=None)}),
    ("stale", "stale", {"licence": replace(LICENCE, complete_at=NOW - timedelta(hours=27))}),
    ("stale", "stale", {"licence": replace(LICENCE, complete_at=NOW + timedelta(hours=1))}),
]
#: What only the data, not the plan, asks for.
DATA_ONLY = {
    "material_not_asked", "purpose_not_given", "purpose_not_prove",
    "licence_type_does_not_prove", "role_not_applicant", "waiver_not_confirmed",
    "waiver_not_published", "waiver_withdrawn",
    "receive_only", "licence_not_found",
    "holder_not_applicant", "licence_not_valid", "stale",
}  # fmt: skip


def test_when_every_fact_holds_the_look_is_allowed() -> None:
    assert right.check(GOOD, "data") == right.Allowed("sc-02")
    assert right.check(GOOD, "plan") == right.Allowed("sc-02")


@pytest.mark.parametrize(("reason", "detail", "wrong"), WRONG)
def test_one_fact_that_fails_refuses_with_its_reason(
    reason: str, detail: str, wrong: dict[str, Any]
) -> None:
    denied = right.check(replace(GOOD, **wrong), "data")
    assert isinstance(denied, right.Denied)
    assert (denied.reason, denied.detail) == (reason, detail)
    assert denied.sentence.endswith("。")
    plan = right.check(replace(GOOD, **wrong), "plan")
    assert isinstance(plan, right.Allowed) == (reason in DATA_ONLY)


@given(st.lists(st.sampled_from(WRONG), min_size=1, max_size=6))
def test_any_mixture_of_failing_facts_refuses_the_data(
    wrongs: list[tuple[str, str, dict[str, Any]]],
) -> None:
    facts = GOOD
    for _, _, wrong in wrongs:
        facts = replace(facts, **wrong)
    assert isinstance(right.check(facts, "data"), right.Denied)


@given(st.lists(st.sampled_from([w for w in WRONG if w[0] not in DATA_ONLY]), min_size=1))
def test_any_mixture_of_failing_case_facts_refuses_the_plan(
    wrongs: list[tuple[str, str, dict[str, Any]]],
) -> None:
    facts = GOOD
    for _, _, wrong in wrongs:
        facts = replace(facts, **wrong)
    assert isinstance(right.check(facts, "plan"), right.Denied)


def test_a_second_post_gives_no_right_on_the_first_posts_case() -> None:
    other = right.PostFacts("mz-02", "市民政局", frozenset({"receive", "decide"}))
    facts = replace(GOOD, posts=(replace(POST, rights=frozenset({"receive"})), other))
    denied = right.check(facts, "data")
    assert isinstance(denied, right.Denied)
    assert denied.reason == "receive_only"


def test_every_detail_has_its_sentence() -> None:
    said = {detail for _, detail, _ in WRONG}
    assert said == set(right.SENTENCES)


def test_an_unknown_state_is_no_state() -> None:
    with pytest.raises(ValueError, match="valid, suspended, revoked or expired"):
        right.check(replace(GOOD, licence=replace(LICENCE, status="fine")), "data")
