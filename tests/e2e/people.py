"""Applicants, cases and licences for the tests, found in what has landed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from certs.waivers.lines import PlanLine
from kernel.crypto import keyed_hash
from landing.read import licence_secret
from pipeline import window
from pipeline.sync import sync
from registry import accounts
from registry.accounts import Account, Role
from tests.e2e.browser import PASSWORD
from tests.e2e.installed import Installed

BUSINESS, ESTATE, MEDICAL = "营业执照", "不动产权证书", "医疗保障电子凭证"

#: Live, valid for good, the holder's only one of the type, not the worked example's; with or
#: without a licence of another type.
FOUND = text("""
SELECT l.* FROM landing.licence l
WHERE l.type = :type AND l.holder_kind = :holder AND l.status = 'valid'
  AND l.valid_to IS NULL AND l.deleted_at IS NULL AND NOT l.withheld AND l.holder_hash <> :example
  AND (SELECT count(*) FROM landing.licence o WHERE o.holder_hash = l.holder_hash
       AND o.type = :type) = 1
  AND EXISTS (SELECT 1 FROM landing.licence o WHERE o.holder_hash = l.holder_hash
              AND o.type = :other) = :has_other
ORDER BY l.key_hash
""")


@dataclass(frozen=True)
class Paper:
    """A licence as landed, and its holder opened."""

    system: str
    stream: str
    key_hash: str
    number: str
    name: str


def example(installed: Installed) -> dict[str, Any]:
    """The city's worked example, with its item's code."""
    found: dict[str, Any] = installed.truth.get("/example")
    return {**found, **installed.truth.get(f"/cases/{found['case']}"), "case": found["case"]}


def papers(
    installed: Installed,
    kind: str,
    other: str = "-",
    has_other: bool = False,
    holder: str = "organisation",
) -> list[Paper]:
    """Firms' valid licences of a type, of firms that have one of type `other`, or have not.

    `holder`: or persons' ones.
    """
    firm = installed.applicant(example(installed)["case"])
    mine = installed.house.holder_hash(firm["kind"], firm["applicant_number"])
    said = {"type": kind, "other": other, "has_other": has_other, "holder": holder}
    rows = installed.rows(FOUND, example=mine, **said)
    found = []
    for row in rows:
        secret = licence_secret(installed.house, row)
        whose = (secret["holder_number"], secret["holder_name"])
        found.append(Paper(row.system, row.stream, row.key_hash, *whose))
    assert found, f"the city has no {holder} with a valid {kind}"
    return found


def raw_key(installed: Installed, paper: Paper) -> str:
    """The row's key in its own system, as the city's truth knows it."""
    index = installed.house.keys.index
    for one in installed.truth.get(f"/streams/{paper.system}/{paper.stream}/keys"):
        if keyed_hash(index, "key", paper.system, paper.stream, one["key"]) == paper.key_hash:
            return str(one["key"])
    raise AssertionError("the city does not know the row")


def case_of(installed: Installed, paper: Paper, who: str = "clerk") -> str:
    """A case like the worked example, opened by a clerk for the paper's holder."""
    item = example(installed)["item_code"]
    return installed.platform.open_case(
        installed.account(who), item, "organisation", paper.number, paper.name
    )


def line_of(installed: Installed, case: str, name: str, who: str = "clerk") -> PlanLine:
    """The plan's line of that material."""
    plan = installed.platform.plan(installed.account(who), case)
    return next(one for one in plan.lines if one.name == name)


@contextmanager
def colleague(installed: Installed, name: str, role: Role, *codes: str) -> Iterator[str]:
    """One more demo account, of these posts, for as long as a walk needs it; its name."""
    known = accounts.posts()
    one = Account(name, name, role, None, tuple(known[code] for code in codes), demo=True)
    with installed.house.engine.begin() as conn:
        accounts.save_account(conn, one, PASSWORD)
    try:
        yield name
    finally:
        gone = text("DELETE FROM registry.account WHERE name = :name")
        with installed.house.engine.begin() as conn:
            conn.execute(gone, {"name": name})


def foreign_case(installed: Installed, post: str, department: str) -> str:
    """A case that the window gives to a post whose department does not handle its item."""
    query = text(
        "SELECT i.item_id FROM catalog.published_item i JOIN landing.item l ON l.code = i.item_id"
        " WHERE i.version = (SELECT max(number) FROM catalog.version)"
        " AND i.department = :department AND l.deleted_at IS NULL ORDER BY 1 LIMIT 1"
    )
    item = installed.rows(query, department=department)[0].item_id
    firm = installed.applicant(example(installed)["case"])
    made = window.accept(
        installed.house,
        item,
        firm["kind"],
        firm["applicant_number"],
        firm["applicant_name"],
        post,
    )
    sync(installed.house, window.SYSTEM, f"foreign-{made.case_number}")
    return made.case_number
