"""Account, post, duty, case, item and who came: what every use of a case's licences needs."""

from __future__ import annotations

from collections.abc import Iterator

from certs.rights.facts import EVERY, AssignmentFacts, CaseFacts, Facts, MandateFacts, PostFacts
from certs.rights.reasons import Allowed, Denied, Detail
from certs.rights.validity import AHEAD
from kernel.clock import CITY_TIME

#: How far an account came, by what stopped it: the farthest of several posts is told.
ORDER: tuple[Detail, ...] = (
    "case_not_assigned",
    "case_closed",
    "case_in_future",
    "case_provisional_over",
    "item_not_in_catalogue",
    "item_exempted",
    "item_not_of_post",
    "not_on_duty",
    "presenter_unknown",
    "mandate_missing",
    "mandate_over",
)


def check_case(facts: Facts) -> Allowed | Denied:
    """What a plan needs. Of several posts that may, the one that decides; then by code."""
    if not facts.enabled:
        return Denied("account_disabled")
    if facts.role != "clerk":
        return Denied("role_not_clerk")
    case = facts.case
    if case is None:
        return Denied("case_unknown")
    found: list[tuple[bool, str]] = []
    wrong: list[Detail] = ["case_not_assigned"]
    for post in facts.posts:
        for given in _given(facts, case, post):
            detail = _detail(facts, case, post, given)
            if detail is None:
                found.append((not _decides(facts, post, given), post.code))
            else:
                wrong.append(detail)
    if found:
        return Allowed(min(found)[1])
    return Denied(max(wrong, key=ORDER.index))


def may_decide(facts: Facts) -> bool:
    """Whether a post of the account decides the case, rather than only receives it."""
    case = facts.case
    return case is not None and any(
        _decides(facts, post, given) and _detail(facts, case, post, given) is None
        for post in facts.posts
        for given in _given(facts, case, post)
    )


def _given(facts: Facts, case: CaseFacts, post: PostFacts) -> Iterator[AssignmentFacts]:
    """How the case came to a post: by its own system, or by an assignment that holds now."""
    if case.post == post.code:
        yield AssignmentFacts(post.code, post.rights, "own", facts.now, None)
    for one in case.assigned:
        ended = one.ends is not None and one.ends <= facts.now
        if one.post == post.code and one.begins <= facts.now and not ended:
            yield one


def _decides(facts: Facts, post: PostFacts, given: AssignmentFacts) -> bool:
    """Only a post of the body that decides on the day of the case, however it came to the case."""
    return "decide" in post.rights & given.rights and post.department == facts.item_department


def _detail(
    facts: Facts, case: CaseFacts, post: PostFacts, given: AssignmentFacts
) -> Detail | None:
    return (
        _case_detail(facts, case)
        or _item_detail(facts, post, given)
        or (None if _on_duty(facts, post) else "not_on_duty")
        or _presenter_detail(facts, case)
    )


def _case_detail(facts: Facts, case: CaseFacts) -> Detail | None:
    if not case.open:
        return "case_closed"
    if case.opened is not None and case.opened - AHEAD > facts.now:
        return "case_in_future"
    if not case.provisional:
        return None
    if case.opened is None:
        return "case_provisional_over"
    return (
        None
        if facts.today <= case.opened.astimezone(CITY_TIME).date()
        else ("case_provisional_over")
    )


def _item_detail(facts: Facts, post: PostFacts, given: AssignmentFacts) -> Detail | None:
    """A receiving office elsewhere need not be of the department that decides."""
    if not facts.published or facts.item is None:
        return "item_not_in_catalogue"
    if facts.exempted:
        return "item_exempted"
    receives = given.mode != "own" and "receive" in post.rights & given.rights
    if facts.item_department is None:
        return "item_not_of_post"
    return None if receives or post.department == facts.item_department else "item_not_of_post"


def _on_duty(facts: Facts, post: PostFacts) -> bool:
    return any(
        one.item in (EVERY, facts.item)
        and one.begins <= facts.today
        and (one.until is None or facts.today <= one.until)
        for one in post.duties
    )


def _presenter_detail(facts: Facts, case: CaseFacts) -> Detail | None:
    """The applicant in person, or an agent with a mandate that holds today for this item."""
    if case.presenter is None:
        return "presenter_unknown"
    if case.presenter == case.applicant:
        return None
    theirs = [
        one
        for one in facts.mandates
        if (one.principal, one.agent) == (case.applicant, case.presenter)
    ]
    if not theirs:
        return "mandate_missing"
    return None if any(_holds(facts, one) for one in theirs) else "mandate_over"


def _holds(facts: Facts, one: MandateFacts) -> bool:
    covered = EVERY in one.items or facts.item in one.items
    return covered and not one.revoked and one.begins <= facts.today <= one.until
