"""What a clerk finds: the cases of their posts, and the items that these handle."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, or_, select, text, union

from catalog.tables import published_mapping
from catalog.versions import read as catalogue
from catalog.versions.bodies import bodies_on
from catalog.versions.search import search_items
from certs.rights.tables import assignment
from kernel.clock import CITY_TIME
from kernel.house import House
from landing.tables import CASE_HALVES, CASE_LIVE, CASE_ORDER, case
from pipeline.rows import CaseRow, ItemRow
from registry import divisions
from registry.accounts import Account

STATES = {
    "accepted": "已受理",
    "deciding": "审查中",
    "granted": "准予许可",
    "refused": "不予许可",
    "withdrawn": "已撤回",
}
CITY_CODE = "360700"
CASES_SHOWN = 200
OPEN = ("accepted", "deciding")
COLUMNS = (
    "system", "stream", "key_hash", "case_number", "item_code", "state", "opened", "provisional",
    "post",
)  # fmt: skip


def cases_of(house: House, account: Account) -> list[CaseRow]:
    """Cases of the account's posts: open ones first, then the newest."""
    query = _newest([post.code for post in account.posts], house.clock())
    with house.engine.begin() as conn:
        rows = conn.execute(query).all()
        version = catalogue.current_version(conn)
        names = catalogue.names_of(conn, version, {row.item_code for row in rows})
    return [
        CaseRow(
            number=row.case_number,
            item_name=names.get(row.item_code, row.item_code),
            item_code=row.item_code,
            state=row.state,
            state_text=STATES[row.state],
            opened=row.opened,
            provisional=row.provisional,
            post=row.post,
        )
        for row in rows
    ]


def items_for(house: House, account: Account, words: str) -> list[ItemRow]:
    """Items that the account's posts handle, best match first, by the city level's codes."""
    departments = {post.department for post in account.posts}
    with house.engine.begin() as conn:
        version = catalogue.current_version(conn)
        named = search_items(conn, version, words, limit=100)
        today = house.clock().astimezone(CITY_TIME).date()
        decides = bodies_on(conn, version, [one.item_id for one in named], CITY_CODE, today)
        body = {item_id: one.department for item_id, one in decides.items()}
        found = [item for item in named if body.get(item.item_id, item.department) in departments][
            :20
        ]
        local = _city_codes(conn, version, [item.item_id for item in found])
    city = divisions.resolve(CITY_CODE)
    return [
        ItemRow(
            item_code=local.get(item.item_id, item.item_id),
            name=item.name,
            department=body.get(item.item_id, item.department) or "",
            division=city.name if city else "",
        )
        for item in found
    ]


def _city_codes(conn: Connection, version: int, items: list[str]) -> dict[str, str]:
    """The city level's own code of canonical items, where it has one."""
    m = published_mapping.c
    city = divisions.resolve(CITY_CODE)
    query = select(m.item_id, m.local_code).where(
        m.version == version,
        m.item_id.in_(items),
        m.relation == "same",
        or_(m.division == CITY_CODE, m.division == (city.name if city else CITY_CODE)),
    )
    query = query.order_by(m.local_code)
    return {row.item_id: row.local_code for row in conn.execute(query)}


def _newest(posts: Sequence[str], now: datetime) -> Select[Any]:
    """Cases of these posts: by their own system, or by an assignment that holds now.

    Each post's open and closed ones are read apart, by an index in their order.
    """
    columns = [case.c[name] for name in COLUMNS]
    halves = [
        select(*columns).where(case.c.post == post, text(half)).order_by(*CASE_ORDER)
        for post in posts
        for half in CASE_HALVES.values()
    ]
    a = assignment.c
    holds = and_(a.post.in_(posts), a.begins <= now, or_(a.ends.is_(None), a.ends > now))
    given = select(*columns).where(
        case.c.case_number.in_(select(a.case_number).where(holds)), text(CASE_LIVE)
    )
    parts = [given, *(select(*half.limit(CASES_SHOWN).subquery().c) for half in halves)]
    found = union(*parts).subquery()
    order = (~found.c.state.in_(OPEN), found.c.opened.desc().nulls_last(), found.c.case_number)
    return select(found).order_by(*order).limit(CASES_SHOWN)
