"""What a clerk does with a case: open it, plan what need not be brought, fetch a copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from certs.copies import scanned, share
from certs.copies.share import AnnotatedCopy
from certs.looks.look import Ask
from certs.waivers import waive
from certs.waivers.asking import ToAsk
from certs.waivers.together import Together, together
from certs.waivers.waive import Plan
from kernel.errors import BadInput, Refused
from kernel.house import House
from landing.cases import NewCase, provisional
from landing.read import case_by_number
from ledger import log
from ledger.events import event
from pipeline import lookups, window
from registry.accounts import Account


@dataclass(frozen=True)
class Narrow:
    """Only these detail fields; of this person (kind, number), whom a licence names."""

    fields: tuple[str, ...] = ()
    person: tuple[str, str] | None = None
    whose: str | None = None  # of a paper of several persons: the one's role
    number: str | None = None  # only the licence of this number


PLAN_PURPOSE = "核定免提交材料"
#: The proof of a relation, a second one, and the papers of who was proved.
ROUNDS = 4
#: A package names some twenty items at most.
MOST_TOGETHER = 30
REFUSALS = {
    "item_not_in_catalogue": "该事项不在已发布的事项目录中。",
    "item_exempted": "该事项已豁免办理，不需要开办件。",
    "item_not_of_post": "该事项不由您的岗位所在部门办理。",
}


def plan(
    house: House, account: Account, case_number: str, said: Mapping[str, str] | None = None
) -> Plan:
    """The waiver plan, look-ups asked live. Raises Refused; both are in the ledger first.

    `said`: what the applicant answered about the situation. Raises BadInput on a wrong answer.
    """
    made = waive.plan_or_ask(house, account, case_number, said)
    if isinstance(made, Plan):
        return made
    resting: dict[str, str] = {}
    tried: set[ToAsk] = set()
    for _ in range(ROUNDS):  # who somebody is, is asked before what they hold
        tried |= set(made)
        resting |= lookups.ask_all(house, made, case_number, PLAN_PURPOSE, account.name).resting
        made = [one for one in waive.to_ask(house, account, case_number) if one not in tried]
        if not made:
            break
    return waive.plan(house, account, case_number, (), resting, said)


def plan_together(house: House, account: Account, numbers: Sequence[str]) -> Together:
    """The plans of several cases of one applicant, each paper once; every plan by its own right.

    Raises Refused where one of them may not be planned, BadInput where they are not one
    applicant's.
    """
    wanted = list(dict.fromkeys(numbers))
    if not 1 <= len(wanted) <= MOST_TOGETHER:
        raise BadInput(f"一次可以合并核定 1 至 {MOST_TOGETHER} 个办件。")
    plans = [plan(house, account, number) for number in wanted]
    with house.engine.connect() as conn:
        cases = [case_by_number(conn, number) for number in wanted]
    if len({case.holder_hash for case in cases if case is not None}) != 1:
        raise BadInput("这些办件不是同一个申请人的，不能合并核定。")
    return together(plans)


def fetch(
    house: House,
    account: Account,
    case_number: str,
    material_id: str,
    purpose: str,
    narrow: Narrow | None = None,
) -> AnnotatedCopy:
    """The annotated copy that stands for a material. Raises Refused; in the ledger first."""
    only = narrow or Narrow()
    person = house.holder_hash(*only.person) if only.person else None
    try:
        fields = frozenset(only.fields)
        ask = Ask(
            account.name, case_number, material_id, purpose, fields, person, only.whose,
            number=only.number,
        )  # fmt: skip
        return share.made_out(house, ask)
    except Refused as refused:
        return scanned.instead(house, account, case_number, material_id, refused)


def _reason(handled: window.Handled | None) -> str:
    """Why no case of the item may be opened here."""
    if handled is None:
        return "item_not_in_catalogue"
    return "item_exempted" if handled.exempted else "item_not_of_post"


def open_case(
    house: House,
    account: Account,
    item_code: str,
    applicant_kind: str,
    applicant_number: str,
    applicant_name: str,
) -> str:
    """Open a case at the city's one-window; it is provisional until its system confirms it.

    Gives the case number. Raises Refused (no post of the account handles the item), SkipRow (the
    number is malformed), RetryLater (the one-window does not answer).
    """
    holder = house.holder_hash(applicant_kind, applicant_number)
    handled = window.item(house, item_code)
    posts = [one for one in account.posts if handled and one.department == handled.department]
    if account.role != "clerk" or handled is None or not posts:
        reason = _reason(handled)
        with house.engine.begin() as conn:
            now = house.clock()
            log.append(conn, event(now, "case.refused", account.name, reason=reason))
        raise Refused(REFUSALS[reason], reason=reason)
    post = posts[0]
    accepted = window.accept(
        house, item_code, applicant_kind, applicant_number, applicant_name, post.code
    )
    provisional(
        house,
        window.SYSTEM,
        window.STREAM,
        NewCase(
            key=accepted.row_id,
            case_number=accepted.case_number,
            item_code=item_code,
            department=post.department,
            post=post.code,
            applicant_kind=applicant_kind,
            applicant_name=applicant_name,
            applicant_number=applicant_number,
            opened=house.clock(),
        ),
    )
    with house.engine.begin() as conn:
        log.append(
            conn,
            event(
                house.clock(),
                "case.opened",
                account.name,
                case=accepted.case_number,
                item=handled.item.item_id,
                post=post.code,
                holder=holder,
                provisional=True,
            ),
        )
    return accepted.case_number
