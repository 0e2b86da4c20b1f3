"""What the bureau asks: papers not asked for, why others are, counties, complaints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from catalog.complaints import sheet, worklist
from catalog.complaints.worklist import ANSWERS, SOURCES, Complaint
from catalog.versions.read import current_version
from certs.sums import read
from certs.sums.count import counted_at
from certs.sums.period import Period
from certs.sums.read import BROUGHT, PAGE, Reason, Sums, TallyRow
from certs.waivers import demands
from certs.waivers.demands import REASONS
from kernel.errors import BadInput, Refused
from kernel.house import House
from ledger import log
from ledger.events import event
from pipeline import standing
from pipeline.month import Letter, month_letter
from pipeline.on_record import act
from registry import divisions, licence_types
from registry.accounts import Account

__all__ = [
    "ANSWERS", "BROUGHT", "MOST_ROWS", "PAGE", "REASONS", "SOURCES", "Bureau", "Complaint",
    "County", "Imported", "Lacking", "Overview", "Period", "Reason", "Sums", "TallyRow",
]  # fmt: skip

#: The step that counts runs every ten minutes; later than this the figures say so.
STALE = timedelta(minutes=30)
#: Rows of one file.
MOST_ROWS = 50_000
CHUNK = 5000
_NAMES = text(
    "SELECT item_id, name FROM catalog.published_item"
    " WHERE version = :version AND item_id = ANY(:ids)"
)
_COUNTIES = text(
    "SELECT division, count(*) AS items, count(DISTINCT item_id) AS canonical"
    " FROM catalog.published_mapping WHERE version = :version GROUP BY division"
)
_OPEN = text(
    "SELECT division, count(*) AS n FROM catalog.review"
    " WHERE subject = 'item' AND closed_at IS NULL GROUP BY division"
)


@dataclass(frozen=True)
class Overview:
    """A period's sums. `names`: of items. `counted`: when; None: never; `stale`: long ago."""

    sums: Sums
    names: Mapping[str, str]
    counted: datetime | None
    stale: bool


@dataclass(frozen=True)
class Lacking:
    """Why papers were brought, by source. `source`: a system's code, or licence types that no
    system gives. `yearly`: `many` in the period's days, for 365."""

    detail: str
    source: str
    name: str
    many: int
    yearly: int


@dataclass(frozen=True)
class County:
    """One division. `items`: its implementations that are unified; `open`: that wait for a person.

    The rest are materials of its accepted cases.
    """

    name: str
    items: int
    open: int
    saved: int
    demanded: int
    brought: int


@dataclass(frozen=True)
class Imported:
    """`refused`: (row of the table, why); `left_out`: columns that were not kept."""

    new: int
    known: int
    found: int
    refused: tuple[tuple[int, str], ...]
    left_out: tuple[str, ...]


class Bureau:
    """Over one installation. Every method may raise BadInput; no answer names a person."""

    def __init__(self, house: House) -> None:
        self.house, self.agreed = house, house.under("catalogue")

    def overview(self, of: Period) -> Overview:
        """The sums of a period, and how old they are."""
        with self.house.engine.begin() as conn:
            sums, at = read.sums(conn, of), counted_at(conn)
            names = _names(conn, sums.by["item_id"])
        stale = at is not None and self.house.clock() - at > STALE
        return Overview(sums, names, at, stale)

    def lacking(self, of: Period, sums: Sums) -> list[Lacking]:
        """The reasons of a period's sums with the systems' names, and what they make a year."""
        systems = standing.applied(self.house)
        return [
            Lacking(
                one.detail,
                one.source,
                systems[one.source].name if one.source in systems else _issued(one.source),
                one.many,
                round(one.many * 365 / of.days),
            )
            for one in sums.reasons
        ]

    def counties(self, sums: Sums) -> list[County]:
        """Every county and zone, the city itself last; then what is of none of them."""
        with self.house.engine.begin() as conn:
            version = current_version(conn)
            items = _by_division(conn, _COUNTIES, {"version": version}, "items")
            still = _by_division(conn, _OPEN, {}, "n")
        own = sums.by["division"]
        every = [one.name for one in divisions.load().values() if one.level != "city"]
        city = next(one.name for one in divisions.load().values() if one.level == "city")
        elsewhere = sorted({*items, *still, *own} - {*every, city})
        return [
            County(
                name,
                items.get(name, 0),
                still.get(name, 0),
                _of(own, name, "saved"),
                _of(own, name, "demanded"),
                _of(own, name, *BROUGHT),
            )
            for name in (*every, city, *elsewhere)
        ]

    def rows(
        self, of: Period, narrowed: Mapping[str, str], after: tuple[date, str, str] | None
    ) -> tuple[list[TallyRow], Mapping[str, str]]:
        """One page of the rows behind a figure, and the names of their items."""
        with self.house.engine.begin() as conn:
            found = read.rows(conn, of, narrowed, after, PAGE + 1)
            return found, _names(conn, {one.item_id for one in found})

    def every_row(self, of: Period, narrowed: Mapping[str, str]) -> Iterator[TallyRow]:
        """The rows behind a figure, for a file; at most MOST_ROWS."""
        after, given = None, 0
        while given < MOST_ROWS:
            with self.house.engine.begin() as conn:
                found = read.rows(conn, of, narrowed, after, CHUNK)
            yield from found
            given += len(found)
            if len(found) < CHUNK:
                return
            after = found[-1].day, found[-1].case_number, found[-1].material_id

    def demand(self, account: Account, case_number: str, material_id: str, reason: str) -> None:
        """A clerk asks for a waived paper anyway; `reason` '': takes that back. Raises Refused."""
        if reason:
            demands.demand_paper(self.house, account, case_number, material_id, reason)
        else:
            demands.withdraw_demand(self.house, account, case_number, material_id)

    def demanded(self, account: Account, case_number: str) -> Mapping[str, str]:
        """Material -> reason, of what the account's posts demanded anyway of a case."""
        posts = [post.code for post in account.posts]
        with self.house.engine.begin() as conn:
            return demands.demanded(conn, posts, case_number)

    def import_complaints(self, account: Account, source: str, data: bytes) -> Imported:
        """Take in a table of complaints; the rows that can be used, once each. Raises Refused."""
        self._bureau_only(account)
        found = sheet.read(data)
        with self.agreed.engine.begin() as conn:
            now = self.house.clock()
            taken = worklist.take(conn, source, found.rows, account.name, now)
            facts = {"kind": source, "count": taken.new}
            log.append(conn, event(now, "complaints.imported", account.name, **facts))
        return Imported(taken.new, taken.known, taken.found, found.refused, found.left_out)

    def complaints(
        self, *, is_open: bool, after: tuple[date, int] | None = None
    ) -> tuple[list[Complaint], Mapping[str, str]]:
        """One page of the work list and the names of its items."""
        with self.house.engine.begin() as conn:
            found = worklist.listed(conn, is_open=is_open, after=after, limit=PAGE + 1)
            return found, _names(conn, {one.item_id for one in found if one.item_id})

    def complaint_numbers(self) -> tuple[int, int]:
        """Open and answered ones."""
        with self.house.engine.begin() as conn:
            return worklist.numbers(conn)

    def letter(self, department: str, month: str) -> Letter:
        """A department's letter of a month (2026-11)."""
        return month_letter(self.house, department, month)

    def answer_complaint(self, account: Account, number: int, outcome: str, why: str) -> None:
        """What became of a complaint. Raises Refused to any but the bureau."""
        self._bureau_only(account)
        with self.agreed.engine.begin() as conn:
            now = self.house.clock()
            worklist.answer(conn, number, outcome, why, account.name, now)
            facts = {"number": number, "outcome": outcome}
            log.append(conn, event(now, "complaint.answered", account.name, **facts))

    def _bureau_only(self, account: Account) -> None:
        def check(_: Connection) -> None:
            if account.role != "bureau":
                raise Refused("投诉由审批局导入和处理。", reason="role")

        act(self.house, account.name, "right.refused", check)


def _issued(types: str) -> str:
    """Licence types that no system gives, with the departments that would have to."""
    known = licence_types.load()
    found = [known[name].department for name in types.split("、") if name in known]
    return f"{types}（{'、'.join(dict.fromkeys(found))}）" if found else types


def _names(conn: Connection, ids: Any) -> dict[str, str]:
    where = {"version": current_version(conn), "ids": sorted(ids)}
    return {row.item_id: row.name for row in conn.execute(_NAMES, where)}


def _by_division(
    conn: Connection, query: Any, where: Mapping[str, Any], column: str
) -> dict[str, int]:
    """Counts by the division's present name; '' where none is said."""
    found: dict[str, int] = {}
    for row in conn.execute(query, where).mappings():
        place = divisions.resolve(row["division"]) if row["division"] else None
        name = place.name if place else row["division"] or ""
        found[name] = found.get(name, 0) + row[column]
    return found


def _of(own: Mapping[Any, Mapping[str, int]], name: str, *outcomes: str) -> int:
    return sum(own.get(name, {}).get(one, 0) for one in outcomes)


def after_of(said: str) -> tuple[date, str, str] | None:
    """Where a page of rows goes on: day~case~material, as the link has it. Raises BadInput."""
    if not said:
        return None
    parts: Sequence[str] = said.split("~")
    try:
        return date.fromisoformat(parts[0]), parts[1], parts[2]
    except (ValueError, IndexError):
        raise BadInput("这个翻页地址不对，请从第一页重新打开。") from None
