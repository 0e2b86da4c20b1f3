"""The work list of complaints: taken in once, tied to a published item, answered by a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, and_, func, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from catalog.complaints.numbers import without_numbers
from catalog.complaints.sheet import Written
from catalog.complaints.tables import complaint
from catalog.versions.read import current_version
from kernel.errors import BadInput

SOURCES: Mapping[str, str] = MappingProxyType({"hotline": "12345 热线", "rating": "好差评"})
#: What became of it: most lead to work in the catalogue, which the page links to.
ANSWERS: Mapping[str, str] = MappingProxyType(
    {
        "catalogue": "目录写错，已提出修改",
        "waiver": "可以免提交，已请主管部门确认",
        "connect": "来源系统未接入，已列入接入计划",
        "window": "窗口多要，已通知窗口改正",
        "lawful": "依法须提交原件，已向来电人说明",
        "elsewhere": "不属于本市事项，已转办",
    }
)
LEAST, LONGEST = 4, 500
#: Names that mean one published item, and codes.
_NAMED = text(
    "SELECT name, min(item_id) AS item_id FROM ("
    " SELECT name, item_id FROM catalog.published_item WHERE version = :version"
    " UNION SELECT name, item_id FROM catalog.published_mapping"
    "  WHERE version = :version AND relation = 'same'"
    " UNION SELECT item_id, item_id FROM catalog.published_item WHERE version = :version"
    " UNION SELECT local_code, item_id FROM catalog.published_mapping WHERE version = :version"
    ") AS named WHERE name = ANY(:names) GROUP BY name HAVING count(DISTINCT item_id) = 1"
)


@dataclass(frozen=True)
class Complaint:
    """One complaint. `answer`: None while it is open."""

    id: int
    source: str
    reference: str
    said_on: date
    division: str
    item: str
    item_id: str | None
    material: str
    words: str
    answer: str | None
    why: str | None
    answered_by: str | None
    answered_at: datetime | None


@dataclass(frozen=True)
class Taken:
    """`new`: taken in now; `known`: they were there; `found`: of the new, tied to an item."""

    new: int
    known: int
    found: int


def take(conn: Connection, source: str, rows: Sequence[Written], who: str, now: datetime) -> Taken:
    """Take complaints in, those that are there already left as they are. Raises BadInput."""
    if source not in SOURCES:
        raise BadInput(f"a source is {' or '.join(SOURCES)}, not {source}")
    if not rows:
        return Taken(0, 0, 0)
    items = _items(conn, [one.item for one in rows])
    about = {"source": source, "imported_by": who, "imported_at": now}
    values = [{**vars(one), "item_id": items.get(one.item), **about} for one in rows]
    order = insert(complaint).on_conflict_do_nothing().returning(complaint.c.item_id)
    new = conn.execute(order, values).all()
    return Taken(len(new), len(rows) - len(new), sum(row.item_id is not None for row in new))


def tie(conn: Connection) -> int:
    """Tie open complaints to items that the catalogue names since; how many."""
    c = complaint.c
    untied = and_(c.answer.is_(None), c.item_id.is_(None))
    items = _items(conn, list(conn.execute(select(c.item).where(untied).distinct()).scalars()))
    done = 0
    for name, item_id in items.items():
        found = update(complaint).where(untied, c.item == name).values(item_id=item_id)
        done += conn.execute(found).rowcount
    return done


def listed(
    conn: Connection, *, is_open: bool, after: tuple[date, int] | None, limit: int
) -> list[Complaint]:
    """Open ones the oldest first, answered ones the newest first; from behind `after`."""
    c = complaint.c
    key = tuple_(c.said_on, c.id)
    query = select(*(c[name] for name in Complaint.__dataclass_fields__)).limit(limit)
    if is_open:
        query = query.where(c.answer.is_(None)).order_by(c.said_on, c.id)
        query = query if after is None else query.where(key > tuple_(*after))
    else:
        query = query.where(c.answer.is_not(None)).order_by(c.said_on.desc(), c.id.desc())
        query = query if after is None else query.where(key < tuple_(*after))
    return [Complaint(*row) for row in conn.execute(query)]


def numbers(conn: Connection) -> tuple[int, int]:
    """How many are open, and how many were answered."""
    c = complaint.c
    row = conn.execute(select(func.count(c.id) - func.count(c.answer), func.count(c.answer))).one()
    return row[0], row[1]


def answer(conn: Connection, number: int, outcome: str, why: str, who: str, now: datetime) -> None:
    """Answer an open complaint, once. Raises BadInput, in Chinese."""
    said = why.strip()
    if outcome not in ANSWERS:
        raise BadInput(f"请选择处理结果，可选的有：{'、'.join(ANSWERS.values())}。")
    if not LEAST <= len(said) <= LONGEST:
        raise BadInput(f"请写明怎样处理：{LEAST} 至 {LONGEST} 个字。")
    if without_numbers(said) != said:
        raise BadInput("处理说明中不写姓名、证件号码和电话号码。")
    c = complaint.c
    values: dict[str, Any] = {"answer": outcome, "why": said, "answered_by": who}
    mine = and_(c.id == number, c.answer.is_(None))
    if conn.execute(update(complaint).where(mine).values(**values, answered_at=now)).rowcount == 0:
        raise BadInput(f"没有编号为 {number} 的待处理投诉，可能已经有人处理了。")


def _items(conn: Connection, names: Sequence[str]) -> dict[str, str]:
    where = {"version": current_version(conn), "names": sorted(set(names))}
    return {row.name: row.item_id for row in conn.execute(_NAMED, where)}
