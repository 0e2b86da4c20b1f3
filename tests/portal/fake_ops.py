"""Operations, invented: the 47 systems, one with everything wrong, alarms, a day, a letter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from kernel.errors import BadInput, RetryLater
from pipeline.ops.deeds import WHY, period_of
from pipeline.ops.desk import split
from portal.port import Account, SystemPage, SystemTile
from portal.port_ops import (
    Affected,
    AlarmPage,
    AlarmRow,
    Board,
    DailyReport,
    FailedRun,
    FindingDay,
    Freshness,
    LateDay,
    Letter,
    Measured,
    Outage,
    OutageDay,
    Progress,
    RefusedLine,
    RefusedPage,
    SystemDay,
    Told,
    Watched,
)
from portal.port_registering import ConnectionRow

MARKET = "市市场监督管理局"
ERROR = "sc_food: the source answered 500 three times while reading page 4 of licence"
REASON = "the column FZRQ (issued) does not hold a day written like 2026-01-31"


class FakeOps:
    """Answers out of the systems it is given. `busy`: a sync of every system goes on."""

    def __init__(
        self,
        platform: Any,
        now: datetime,
        page: Callable[[str], SystemPage],
    ) -> None:
        self.platform, self.at, self.page = platform, now, page
        self.busy = False
        self.rows = coming(now)
        self.quiet: str | None = None  # no alarms, no channels; what is wrong with alerts.yml
        self.paused: set[str] = set()
        self.going: list[Progress] = []
        self.steps: list[list[Progress] | None] = []  # what is said in turn; None: it is away

    def board(self) -> Board:
        tiles: list[SystemTile] = self.platform.systems()
        never = [one.code for one in tiles if one.state == "never"]
        return split(
            tiles, [*self.rows, *(row(code, "testing", 5, "ops", self.at) for code in never)]
        )

    def watched(self, code: str, before: int | None = None) -> Watched:
        page = self.page(code)
        if code in self.paused:
            page = replace(page, tile=replace(page.tile, paused="ops: 源系统迁移", state="paused"))
        kept = page.tile.mode != "lookup"
        return Watched(
            page=page,
            fresh=fresh(self.at) if kept else (),
            refused=refused(self.at, before) if page.tile.quarantined else NOTHING,
            outages=(outage(self.at),) if page.tile.error else (),
            connection=None,
            airflow="http://127.0.0.1:8601/dags/sync_" + code,
            periods=kept,
        )

    def pause(self, account: Account, code: str, why: str) -> None:
        self.platform.calls.append(("pause", account.name, code, why))
        if not why.strip():
            raise BadInput(WHY)
        self.paused.add(code)

    def resume(self, account: Account, code: str) -> None:
        self.platform.calls.append(("resume", account.name, code))
        self.paused.discard(code)

    def start(self, account: Account, code: str, period: tuple[str, str] | None) -> str:
        days = period_of(*period) if period is not None else None
        if self.busy:
            raise RetryLater(f"another sync of {code} is running", system=code)
        self.platform.calls.append(("start", account.name, code, days))
        return "manual-20261120T033000"

    def progress(self, code: str | None = None) -> list[Progress]:
        now = self.steps.pop(0) if self.steps else self.going
        if now is None:
            raise RetryLater("the database does not answer")
        return [one for one in now if code in (None, one.system)]

    def alarms(self, before: int | None = None) -> AlarmPage:
        if self.quiet is not None:
            return AlarmPage((), (), None, {}, self.quiet)
        kinds = {"duty_group": "dingtalk", "duty_box": "mail"}
        if before is not None:
            return AlarmPage((), (alarm(3, "late", self.at, ended=True),), None, kinds, "")
        ended = tuple(alarm(n, "failing", self.at, ended=True) for n in range(60, 10, -1))
        return AlarmPage((alarm(99, "failing", self.at),), ended, 11, kinds, "")

    def measured(self) -> tuple[Measured, ...]:
        if self.platform.away:
            raise RetryLater("the database is away")
        return (Measured("zhongtai_ledger_entries", "Entries", (), {(): 41.0}),)

    def report(self, day: date) -> DailyReport:
        if day > self.at.date():
            raise BadInput(f"{day} 还没有到，日报最晚到今天。")
        return daily(day, self.at)

    def letter(self, code: str, since: date | None, until: date | None) -> Letter:
        page = self.page(code)
        if since and until and since > until:
            raise BadInput("开始日期要在结束日期之前，并且不能晚于今天。")
        found = (outage(self.at),) if page.tile.error else ()
        affected = Affected(37, (("食品经营许可新办", 31), ("食品经营许可变更", 6)), 4)
        return Letter(
            code=code,
            system=page.tile.name,
            level=page.tile.level,
            department=page.tile.department,
            contact="数据联络员",
            since=since or date(2026, 10, 21),
            until=until or date(2026, 11, 20),
            made_at=self.at,
            outages=found,
            types=("食品经营许可证", "食品生产许可证"),
            affected=affected if found else Affected(0, (), 0),
            hours=26.5 if found else 0.0,
        )


NOTHING = RefusedPage((), (), None)


def fresh(now: datetime) -> tuple[Freshness, ...]:
    """One stream in time, one late, one that never was complete."""
    return (
        Freshness("licence", now - timedelta(hours=3), 3.0, 26, late=False),
        Freshness("case", now - timedelta(hours=31), 31.0, 26, late=True),
        Freshness("case_material", None, None, 26, late=True),
    )


def refused(now: datetime, before: int | None) -> RefusedPage:
    """Sixty refused rows, fifty a page; the newest has the number 60."""
    top = 60 if before is None else before - 1
    rows = tuple(line(n, now) for n in range(top, max(top - 50, 0), -1))
    return RefusedPage(rows, (("licence", "FZRQ", "date", 60),), rows[-1].id if top > 50 else None)


def line(n: int, now: datetime) -> RefusedLine:
    """One refused row."""
    seen, batch = now - timedelta(hours=60 - n), "sc_food/licence/run-1/0"
    where = ("sc_food_20261120.csv",)
    return RefusedLine(n, "licence", "date", "FZRQ", REASON, seen, now, batch, n, *where)


def outage(now: datetime) -> Outage:
    """One that goes on, with two failed runs."""
    began = now - timedelta(hours=26, minutes=30)
    request = "3f2a9c51d07be6843f2a9c51d07be684"
    runs = [
        FailedRun(f"scheduled__2026-11-{19 + n}T01:00", began + timedelta(hours=n), began, ERROR, r)
        for n, r in enumerate((None, request))
    ]
    return Outage(began, None, tuple(runs))


def alarm(number: int, kind: str, now: datetime, ended: bool = False) -> AlarmRow:
    """An alarm that was told over two channels, the second in vain."""
    began = now - timedelta(hours=4)
    told = (
        Told("duty_group", "began", began, None, 1, None),
        Told("duty_box", "began", None, now + timedelta(minutes=8), 5, "connection"),
    )
    name = "江西省食品经营许可管理系统"
    end, how = (now, "mended") if ended else (None, None)
    return AlarmRow(number, kind, "sc_food", name, ERROR, began, began, end, how, told)


def daily(day: date, now: datetime) -> DailyReport:
    """A day on which one system failed and one is late."""
    name = "江西省食品经营许可管理系统"
    ran = (
        SystemDay("sc_food", name, MARKET, 24, 21, 3, 0, 12_400, 12_350, 50, 7, 96.4),
        SystemDay("ga_vehicle", "公安交通管理系统", "市公安局", 24, 24, 0, 0, 900, 900, 0, 0, 31.0),
    )
    late = (LateDay("sc_food", name, fresh(now)[1]),)
    drift = FindingDay("sc_food", name, "licence", "new_column", "BZ2", now, None, None)
    return DailyReport(
        day=day,
        until=now,
        made_at=now,
        systems=ran,
        silent=(("zj_construction", "江西省建筑市场监管系统"),),
        refused=(50, 12, 160),
        late=late if day == now.date() else None,
        outages=(OutageDay("sc_food", name, outage(now)),),
        findings=(drift,),
        alarms=(alarm(99, "failing", now),),
    )


def coming(now: datetime) -> list[ConnectionRow]:
    """Systems on their way, in every state."""
    rows = (("testing", 2, "ops"), ("authorised", 9, "ops"), ("applied", 33, "nation"))
    return [row(f"sl_{state}", state, days, waits, now) for state, days, waits in rows]


def row(code: str, state: Any, days: int, waits: Any, now: datetime) -> ConnectionRow:
    """One system on its way."""
    name, since = f"水利{state}系统", now - timedelta(days=days)
    whose = ("市水利局", "national")
    return ConnectionRow(code, name, *whose, state, since, days, waits, recorded=True, why="")
