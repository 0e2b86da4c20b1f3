"""The right to look: allowed only when every single fact holds."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as given_
from hypothesis import settings
from hypothesis import strategies as st

from certs.rights import right
from kernel.clock import CITY_TIME

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)
MARKET = "市市场监督管理局"
DUTY = right.DutyFacts("FOOD", TODAY - DAY, TODAY)
POST = right.PostFacts("sc-02", MARKET, frozenset({"receive", "decide"}), frozenset({DUTY}))
CASE = right.CaseFacts("sc-02", True, "h1", opened=NOW, presenter="agent")
MANDATE = right.MandateFacts("h1", "agent", frozenset({"FOOD"}), TODAY, TODAY, False)
LICENCE = right.LicenceFacts(
    holders=frozenset({"w1", "w2"}),
    status="valid",
    valid_from=TODAY - DAY,
    valid_to=TODAY,
    live=True,
    published=True,
    complete_at=NOW - timedelta(hours=26),
    longest_age=timedelta(hours=26),
    marked=False,
    granted_until=TODAY,
    share="conditional",
)
MARRIAGE = replace(LICENCE, holders=frozenset({"h1", "w1"}))
RELATION = right.RelationFacts("spouse", "结婚证", "h1", "w1", True, False, (MARRIAGE,))
CONSENT = right.ConsentFacts("w1", "营业执照", NOW, NOW + DAY, False)
USE = right.TypeUse("conditional", "approved", frozenset({"住所"}), "consent")
USES = {"营业执照": USE, "结婚证": replace(USE, basis="duty")}
#: The hardest of the allowed: an agent under a mandate, for the spouse's licence, with consent.
GOOD = right.Facts(
    enabled=True,
    role="clerk",
    posts=(POST,),
    case=CASE,
    published=True,
    item="FOOD",
    item_department=MARKET,
    exempted=False,
    mandates=frozenset({MANDATE}),
    asked=True,
    purposes=frozenset({"prove"}),
    purpose_given=True,
    proving_types=frozenset({"营业执照"}),
    material_role="spouse",
    relation=RELATION,
    licence_type="营业执照",
    waiver="in_force",
    uses=USES,
    wanted=frozenset({"住所"}),
    consents=frozenset({CONSENT}),
    licence=LICENCE,
    now=NOW,
    today=TODAY,
    asker="clerk",
)
ORDER = right.OrderFacts(
    "bureau", "other", frozenset({"w1"}), frozenset({"营业执照"}), NOW, NOW + DAY, False
)
ORDERED = replace(GOOD, role="bureau", case=None, asker="other", order=ORDER, order_subject="w1")


def used(**over: Any) -> dict[str, Any]:
    return {"uses": USES | {"营业执照": replace(USE, **over)}}


def married(**over: Any) -> dict[str, Any]:
    return {"relation": replace(RELATION, **over)}


def mandated(**over: Any) -> dict[str, Any]:
    return {"mandates": frozenset({replace(MANDATE, **over)})}


def agreed(**over: Any) -> dict[str, Any]:
    return {"consents": frozenset({replace(CONSENT, **over)})}


def there(**over: Any) -> dict[str, Any]:
    return {"present": frozenset({replace(right.PresenceFacts("w1", NOW), **over)})}


def on_duty(**over: Any) -> dict[str, Any]:
    return {"posts": (replace(POST, duties=frozenset({replace(DUTY, **over)})),)}


#: One fact that fails, and the reason that must come of it alone.
WRONG: list[tuple[str, str, dict[str, Any]]] = [
    ("account_disabled", "account_disabled", {"enabled": False}),
    ("role_not_clerk", "role_not_clerk", {"role": "officer"}),
    ("case_unknown", "case_unknown", {"case": None}),
    ("case_not_assigned", "case_not_assigned", {"posts": ()}),
    ("case_not_assigned", "case_not_assigned", {"case": replace(CASE, post="ga-02")}),
    ("case_not_assigned", "case_not_assigned", {"case": replace(CASE, post=None)}),
    ("case_closed", "case_closed", {"case": replace(CASE, open=False)}),
    ("case_in_future", "case_in_future", {"case": replace(CASE, opened=NOW + DAY)}),
    (
        "case_provisional_over",
        "case_provisional_over",
        {"case": replace(CASE, provisional=True, opened=NOW - DAY)},
    ),
    (
        "case_provisional_over",
        "case_provisional_over",
        {"case": replace(CASE, provisional=True, opened=None)},
    ),
    ("not_on_duty", "not_on_duty", {"posts": (replace(POST, duties=frozenset()),)}),
    ("not_on_duty", "not_on_duty", on_duty(item="OTHER")),
    ("not_on_duty", "not_on_duty", on_duty(begins=TODAY + DAY, until=None)),
    ("not_on_duty", "not_on_duty", on_duty(until=TODAY - DAY)),
    ("presenter_unknown", "presenter_unknown", {"case": replace(CASE, presenter=None)}),
    ("mandate_missing", "mandate_missing", {"mandates": frozenset()}),
    ("mandate_missing", "mandate_missing", mandated(principal="h2")),
    ("mandate_missing", "mandate_missing", mandated(agent="h2")),
    ("mandate_over", "mandate_over", mandated(revoked=True)),
    ("mandate_over", "mandate_over", mandated(items=frozenset({"OTHER"}))),
    ("mandate_over", "mandate_over", mandated(until=TODAY - DAY)),
    ("mandate_over", "mandate_over", mandated(begins=TODAY + DAY, until=TODAY + DAY)),
    ("item_not_in_catalogue", "item_not_in_catalogue", {"published": False}),
    ("item_not_in_catalogue", "item_not_in_catalogue", {"item": None}),
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
    ("role_not_applicant", "role_not_applicant", {"material_role": "guardian"}),
    ("role_not_applicant", "role_not_applicant", {"relation": None}),
    ("relation_not_proved", "relation_not_proved", married(of="h2")),
    ("relation_not_proved", "relation_not_proved", married(to="h1")),
    ("relation_not_proved", "relation_not_proved", married(linked=False)),
    ("relation_not_proved", "relation_not_proved", married(ended=True)),
    ("relation_not_proved", "relation_not_proved", married(licence_type="离婚证")),
    (
        "relation_not_proved",
        "relation_not_proved",
        married(proofs=(replace(MARRIAGE, status="revoked"),)),
    ),
    (
        "relation_not_proved",
        "relation_not_proved",
        married(proofs=(replace(MARRIAGE, holders=frozenset()),)),
    ),
    ("relation_not_proved", "relation_not_proved", married(proofs=())),
    (
        "relation_not_proved",
        "relation_not_proved",
        married(proofs=(MARRIAGE, replace(MARRIAGE, status="revoked"))),
    ),
    ("relation_not_proved", "relation_not_proved", {"uses": {"营业执照": USE}}),
    ("share_unknown", "share_unknown", {"uses": {"结婚证": replace(USE, basis="duty")}}),
    ("share_unknown", "share_unknown", {"licence": replace(LICENCE, share=None)}),
    ("share_none", "share_none", used(share="none")),
    ("share_none", "share_none", {"licence": replace(LICENCE, share="none")}),
    ("use_not_approved", "use_not_approved", used(state=None)),
    ("use_not_approved", "use_not_approved", used(state="requested")),
    ("use_not_approved", "use_not_approved", used(share="unconditional", state=None)),
    ("use_refused", "use_refused", used(state="refused")),
    ("use_disputed", "use_disputed", used(state="disputed")),
    ("fields_beyond_use", "fields_beyond_use", {"wanted": frozenset({"住所", "法定代表人"})}),
    ("fields_beyond_use", "fields_beyond_use", used(fields=frozenset())),
    ("consent_missing", "consent_missing", {"consents": frozenset()}),
    ("consent_missing", "consent_missing", agreed(holder="h1")),
    ("consent_missing", "consent_missing", agreed(licence_type="结婚证")),
    ("consent_missing", "consent_missing", agreed(ends=NOW)),
    ("consent_missing", "consent_missing", agreed(begins=NOW + DAY)),
    ("consent_withdrawn", "consent_withdrawn", agreed(withdrawn=True)),
    ("presence_missing", "presence_missing", agreed(brought=True)),
    ("presence_missing", "presence_missing", agreed(brought=True) | there(holder="h1")),
    ("presence_missing", "presence_missing", agreed(brought=True) | there(at=NOW - DAY)),
    ("grant_expired", "grant_expired", {"licence": replace(LICENCE, granted_until=None)}),
    ("grant_expired", "grant_expired", {"licence": replace(LICENCE, granted_until=TODAY - DAY)}),
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
        {"licence": replace(LICENCE, holders=frozenset({"h1", "w2"}))},
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
    ("under_correction", "under_correction", {"licence": replace(LICENCE, marked=True)}),
    (
        "relation_not_proved",
        "relation_not_proved",
        married(proofs=(replace(MARRIAGE, marked=True),)),
    ),
    ("stale", "stale", {"licence": replace(LICENCE, complete_at=None)}),
    ("stale", "stale", {"licence": replace(LICENCE, complete_at=NOW - timedelta(hours=27))}),
    ("stale", "stale", {"licence": replace(LICENCE, complete_at=NOW + timedelta(hours=1))}),
]
#: What stops even a plan.
CASE_ONLY = {
    "account_disabled", "role_not_clerk", "case_unknown", "case_not_assigned", "case_closed",
    "case_in_future", "case_provisional_over", "item_not_in_catalogue", "item_exempted",
    "item_not_of_post", "not_on_duty", "presenter_unknown", "mandate_missing", "mandate_over",
}  # fmt: skip
#: One fact of an order that fails.
ORDER_WRONG: list[tuple[str, dict[str, Any]]] = [
    ("account_disabled", {"enabled": False}),
    ("order_unknown", {"order": None}),
    ("order_not_confirmed", {"order": replace(ORDER, confirmer=None)}),
    ("order_same_person", {"order": replace(ORDER, confirmer="bureau")}),
    ("order_not_yours", {"asker": "third"}),
    ("order_not_yours", {"role": "clerk"}),
    ("order_not_yet", {"order": replace(ORDER, begins=NOW + DAY)}),
    ("order_over", {"order": replace(ORDER, ends=NOW)}),
    ("order_over", {"order": replace(ORDER, ended=True)}),
    ("order_other_subject", {"order_subject": "h1"}),
    ("order_other_subject", {"order_subject": None}),
    ("order_other_type", {"licence_type": "结婚证"}),
    ("licence_not_found", {"licence": None}),
    ("order_other_subject", {"licence": replace(LICENCE, holders=frozenset({"w2"}))}),
    ("licence_not_published", {"licence": replace(LICENCE, published=False)}),
]


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
    assert isinstance(plan, right.Allowed) == (reason not in CASE_ONLY)


@given_(st.lists(st.sampled_from(WRONG), min_size=1, max_size=6))
def test_any_mixture_of_failing_facts_refuses_the_data(
    wrongs: list[tuple[str, str, dict[str, Any]]],
) -> None:
    facts = GOOD
    for _, _, wrong in wrongs:
        facts = replace(facts, **wrong)
    assert isinstance(right.check(facts, "data"), right.Denied)


@given_(st.lists(st.sampled_from([w for w in WRONG if w[0] in CASE_ONLY]), min_size=1))
def test_any_mixture_of_failing_case_facts_refuses_the_plan(
    wrongs: list[tuple[str, str, dict[str, Any]]],
) -> None:
    facts = GOOD
    for _, _, wrong in wrongs:
        facts = replace(facts, **wrong)
    assert isinstance(right.check(facts, "plan"), right.Denied)


def test_a_second_post_gives_no_right_on_the_first_posts_case() -> None:
    other = replace(POST, code="mz-02", department="市民政局")
    facts = replace(GOOD, posts=(replace(POST, rights=frozenset({"receive"})), other))
    denied = right.check(facts, "data")
    assert isinstance(denied, right.Denied)
    assert denied.reason == "receive_only"


def test_every_detail_has_its_sentence() -> None:
    said = {detail for _, detail, _ in WRONG} | {detail for detail, _ in ORDER_WRONG}
    others = {"ledger_unsigned", "clock_behind"}  # tests/certs/test_unsigned.py
    assert said | others == set(right.SENTENCES)
    assert all(sentence.endswith("。") for sentence in right.SENTENCES.values())


@pytest.mark.parametrize(("detail", "wrong"), ORDER_WRONG)
def test_an_order_counts_only_whole(detail: str, wrong: dict[str, Any]) -> None:
    assert right.check(ORDERED, "order") == right.Allowed("other")
    assert right.check(replace(ORDERED, **wrong), "order") == right.Denied(detail)  # type: ignore[arg-type]


def test_an_order_sees_a_licence_under_correction() -> None:
    marked = replace(ORDERED, licence=replace(LICENCE, marked=True))
    assert right.check(marked, "order") == right.Allowed("other")


def test_an_order_gives_no_right_on_a_case_and_a_case_none_under_an_order() -> None:
    assert isinstance(right.check(ORDERED, "data"), right.Denied)
    assert right.check(GOOD, "order") == right.Denied("order_unknown")


def test_yes_or_no_needs_all_but_the_right_to_decide() -> None:
    receiving = replace(GOOD, posts=(replace(POST, rights=frozenset({"receive"})),))
    assert right.check(receiving, "answer") == right.Allowed("sc-02")
    assert right.check(receiving, "data") == right.Denied("receive_only")
    assert right.check(replace(receiving, consents=frozenset()), "answer") == right.Denied(
        "consent_missing"
    )


ELSEWHERE = right.AssignmentFacts(
    "zg-01", frozenset({"receive", "decide"}), "several_places", NOW, NOW + DAY
)
COUNTY = right.PostFacts(
    "zg-01", "章贡区行政审批局", frozenset({"receive", "decide"}), frozenset({DUTY})
)


def given(assignment: right.AssignmentFacts, post: right.PostFacts = COUNTY) -> right.Facts:
    case = replace(CASE, assigned=frozenset({assignment}))
    return replace(GOOD, posts=(post,), case=case)


@pytest.mark.parametrize("mode", ["whole_online", "on_behalf", "several_places"])
def test_an_office_elsewhere_receives_and_only_the_deciding_body_sees(mode: Any) -> None:
    facts = given(replace(ELSEWHERE, mode=mode))
    assert right.check(facts, "plan") == right.Allowed("zg-01")
    assert right.check(facts, "data") == right.Denied("receive_only")
    assert not right.may_decide(facts)
    own = given(replace(ELSEWHERE, post="sc-03"), replace(POST, code="sc-03"))
    assert right.check(own, "data") == right.Allowed("sc-03")


@pytest.mark.parametrize(
    "over",
    [
        {"begins": NOW + DAY},
        {"ends": NOW},
        {"post": "zg-02"},
    ],
)
def test_an_assignment_that_does_not_hold_gives_nothing(over: dict[str, Any]) -> None:
    denied = right.check(given(replace(ELSEWHERE, **over)), "plan")
    assert denied == right.Denied("case_not_assigned")


def test_an_assignment_to_decide_alone_lets_no_other_department_in() -> None:
    denied = right.check(given(replace(ELSEWHERE, rights=frozenset({"decide"}))), "plan")
    assert denied == right.Denied("item_not_of_post")


def test_a_provisional_case_counts_until_midnight_in_the_city() -> None:
    evening = datetime(2026, 11, 23, 15, 59, tzinfo=UTC)  # 23:59
    case = replace(CASE, provisional=True, opened=evening)
    duty = replace(DUTY, until=None)
    facts = replace(
        GOOD, case=case, now=evening, posts=(replace(POST, duties=frozenset({duty})),),
        mandates=frozenset({replace(MANDATE, until=TODAY + DAY)}),
    )  # fmt: skip
    assert isinstance(right.check(facts, "plan"), right.Allowed)
    later = replace(facts, now=evening + timedelta(minutes=1), today=TODAY + DAY)
    assert right.check(later, "plan") == right.Denied("case_provisional_over")
    confirmed = replace(later, case=replace(case, provisional=False))
    assert isinstance(right.check(confirmed, "plan"), right.Allowed)


def test_the_stricter_share_class_counts_and_unconditional_needs_no_approval() -> None:
    free = replace(GOOD, **used(share="unconditional", state=None))
    assert right.check(free, "data") == right.Denied("use_not_approved")
    both = replace(free, licence=replace(LICENCE, share="unconditional"))
    assert right.check(both, "data") == right.Allowed("sc-02")


def test_a_code_that_another_brought_counts_once_its_holder_was_proved_to_be_there() -> None:
    brought = replace(GOOD, **agreed(brought=True))
    for minutes in (-30, 0, 30):
        near = replace(brought, **there(at=NOW + timedelta(minutes=minutes)))
        assert right.check(near, "data") == right.Allowed("sc-02")
    assert right.check(brought, "plan") == right.Allowed("sc-02")


# the laws

LESS: dict[str, Callable[[right.Facts], right.Facts]] = {
    "posts": lambda f: replace(f, posts=f.posts[1:]),
    "duties": lambda f: replace(f, posts=tuple(replace(p, duties=frozenset()) for p in f.posts)),
    "rights": lambda f: replace(f, posts=tuple(replace(p, rights=frozenset()) for p in f.posts)),
    "case": lambda f: replace(f, case=None),
    "post": lambda f: replace(f, case=f.case and replace(f.case, post=None)),
    "assigned": lambda f: replace(f, case=f.case and replace(f.case, assigned=frozenset())),
    "presenter": lambda f: replace(f, case=f.case and replace(f.case, presenter=None)),
    "item": lambda f: replace(f, item=None),
    "body": lambda f: replace(f, item_department=None),
    "mandates": lambda f: replace(f, mandates=frozenset()),
    "purposes": lambda f: replace(f, purposes=frozenset()),
    "proving": lambda f: replace(f, proving_types=frozenset()),
    "relation": lambda f: replace(f, relation=None),
    "uses": lambda f: replace(f, uses={}),
    "fields": lambda f: replace(
        f, uses={n: replace(u, fields=frozenset()) for n, u in f.uses.items()}
    ),
    "state": lambda f: replace(f, uses={n: replace(u, state=None) for n, u in f.uses.items()}),
    "consents": lambda f: replace(f, consents=frozenset()),
    "present": lambda f: replace(f, present=frozenset()),
    "licence": lambda f: replace(f, licence=None),
    "holders": lambda f: replace(f, licence=f.licence and replace(f.licence, holders=frozenset())),
    "complete": lambda f: replace(f, licence=f.licence and replace(f.licence, complete_at=None)),
    "grant": lambda f: replace(f, licence=f.licence and replace(f.licence, granted_until=None)),
    "order": lambda f: replace(f, order=None),
    "confirmer": lambda f: replace(f, order=f.order and replace(f.order, confirmer=None)),
}
USED: tuple[right.Use, ...] = ("plan", "answer", "data", "order")
some_facts = st.builds(
    lambda start, wrongs: functools.reduce(lambda f, w: replace(f, **w), wrongs, start),
    st.sampled_from([GOOD, ORDERED, replace(GOOD, material_role="applicant")]),
    st.lists(st.sampled_from([w for _, _, w in WRONG] + [w for _, w in ORDER_WRONG]), max_size=3),
)


@settings(max_examples=400, deadline=None)
@given_(some_facts, st.sampled_from(sorted(LESS)), st.sampled_from(USED))
def test_taking_a_fact_away_never_turns_a_refusal_into_a_look(
    facts: right.Facts, name: str, use: right.Use
) -> None:
    less = LESS[name](facts)
    if isinstance(right.check(less, use), right.Allowed):
        assert isinstance(right.check(facts, use), right.Allowed)


EXPIRES = {
    "case_provisional_over", "not_on_duty", "mandate_over", "consent_missing", "licence_expired",
    "stale", "grant_expired", "order_over", "relation_not_proved",
}  # fmt: skip


@settings(max_examples=300, deadline=None)
@given_(
    st.sampled_from([GOOD, ORDERED, replace(GOOD, case=replace(CASE, provisional=True))]),
    st.sampled_from(USED),
    st.integers(0, 20 * 24 * 60),
    st.integers(0, 20 * 24 * 60),
)
def test_what_has_ended_stays_ended(
    facts: right.Facts, use: right.Use, first: int, more: int
) -> None:
    """Every fact holds at NOW: whatever time refuses later, no later time allows again."""

    def later(minutes: int) -> right.Facts:
        now = NOW + timedelta(minutes=minutes)
        return replace(facts, now=now, today=now.astimezone(CITY_TIME).date())

    before, after = right.check(later(first), use), right.check(later(first + more), use)
    if isinstance(before, right.Denied):
        assert isinstance(after, right.Denied)
        assert before.detail in EXPIRES or facts.order is not None or use == "order"


@given_(some_facts, st.sampled_from(USED), st.permutations([POST, COUNTY, replace(POST, code="x")]))
def test_the_order_of_facts_means_nothing(
    facts: right.Facts, use: right.Use, posts: list[right.PostFacts]
) -> None:
    case = facts.case and replace(facts.case, assigned=frozenset({ELSEWHERE}))
    facts = replace(facts, case=case)
    turned = replace(
        facts, posts=tuple(posts), uses=dict(sorted(facts.uses.items(), reverse=True)),
    )  # fmt: skip
    straight = replace(facts, posts=tuple(sorted(posts, key=lambda one: one.code)))
    assert right.check(turned, use) == right.check(straight, use)


def test_an_unknown_state_is_no_state() -> None:
    with pytest.raises(ValueError, match="valid, suspended, revoked or expired"):
        right.check(replace(GOOD, licence=replace(LICENCE, status="fine")), "data")
