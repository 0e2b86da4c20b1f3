"""What operations' pages ask; `pipeline.ops.desk` gives the real one."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from pipeline.ops.measured import Measured
from pipeline.ops.outages import FailedRun, Outage
from pipeline.ops.paper_rows import (
    Affected,
    DailyReport,
    FindingDay,
    LateDay,
    Letter,
    OutageDay,
    SystemDay,
)
from pipeline.ops.rows import (
    AlarmPage,
    AlarmRow,
    Board,
    Freshness,
    Progress,
    RefusedLine,
    RefusedPage,
    Told,
    Watched,
)
from registry.accounts import Account

__all__ = [
    "Affected",
    "AlarmPage",
    "AlarmRow",
    "Board",
    "DailyReport",
    "FailedRun",
    "FindingDay",
    "Freshness",
    "LateDay",
    "Letter",
    "Measured",
    "OpsPort",
    "Outage",
    "OutageDay",
    "Progress",
    "RefusedLine",
    "RefusedPage",
    "SystemDay",
    "Told",
    "Watched",
]


class OpsPort(Protocol):
    """Every method may raise BadInput; texts hold no personal data."""

    def board(self) -> Board:
        """Every system once: as it runs, or how far it is on its way in."""

    def watched(self, code: str, before: int | None = None) -> Watched:
        """One system. `before`: refused rows from that number down."""

    def pause(self, account: Account, code: str, why: str) -> None:
        """Let nobody sync a system."""

    def resume(self, account: Account, code: str) -> None:
        """Let a paused system go on."""

    def start(self, account: Account, code: str, period: tuple[str, str] | None) -> str:
        """Read a system now; or a period of days again. The run's name. Raises RetryLater."""

    def progress(self, code: str | None = None) -> list[Progress]:
        """The runs that go on now."""

    def alarms(self, before: int | None = None) -> AlarmPage:
        """Open alarms, and ended ones from number `before` down."""

    def report(self, day: date) -> DailyReport:
        """A day of the city."""

    def letter(self, code: str, since: date | None, until: date | None) -> Letter:
        """The letter to a system's owner about its outages."""

    def measured(self) -> tuple[Measured, ...]:
        """The figures of the promises. Labels hold no personal data."""
