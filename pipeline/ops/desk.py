"""What operations' pages ask, over one installation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from kernel.errors import BadInput
from kernel.house import House
from pipeline import standing, view
from pipeline.ops import (
    alarms,
    channels,
    daily,
    deeds,
    freshness,
    letters,
    live,
    measured,
    outages,
    refused,
)
from pipeline.ops.measured import Measured
from pipeline.ops.paper_rows import DailyReport, Letter
from pipeline.ops.rows import AlarmPage, Board, Progress, Watched
from pipeline.rowcounts import RowCounts
from pipeline.rows import SystemTile
from pipeline.standing import ConnectionRow
from registry.accounts import Account

OUTAGES_SHOWN = timedelta(days=30)


class Desk:
    """Every method may raise BadInput; texts hold no personal data."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.counting = RowCounts()
        self.started = deeds.Started()

    def board(self) -> Board:
        """Every system once: as it runs, or how far it is on its way in."""
        running = view.tiles(self.house, self.counting)
        return split(running, self._connections())

    def watched(self, code: str, before: int | None = None) -> Watched:
        """One system. `before`: refused rows from that number down. Raises BadInput."""
        page, now = view.page(self.house, code, self.counting), self.house.clock()
        system = standing.applied(self.house)[code]
        with self.house.engine.connect() as conn:
            return Watched(
                page=page,
                fresh=tuple(freshness.of_system(system, freshness.complete(conn), now)),
                refused=refused.page(conn, code, before),
                outages=tuple(outages.of_system(conn, code, now - OUTAGES_SHOWN, now)[::-1]),
                connection=next((one for one in self._connections() if one.code == code), None),
                airflow=airflow_of(self.house, code),
                periods=not system.is_lookup,
            )

    def pause(self, account: Account, code: str, why: str) -> None:
        """Let nobody sync a system. Raises BadInput without a reason."""
        try:
            deeds.pause(self.house.under("sync"), code, account.name, why)
        except BadInput:
            raise BadInput(deeds.WHY) from None

    def resume(self, account: Account, code: str) -> None:
        """Let a paused system go on."""
        deeds.resume(self.house.under("sync"), code, account.name)

    def start(self, account: Account, code: str, period: tuple[str, str] | None) -> str:
        """Read a system now; or a period of days again, first and last. The run's name."""
        days = deeds.period_of(*period) if period is not None else None
        return self.started.start(self.house, code, account.name, days)

    def progress(self, code: str | None = None) -> list[Progress]:
        """The runs that go on now."""
        return live.progress(self.house, code)

    def alarms(self, before: int | None = None) -> AlarmPage:
        """Open alarms, and ended ones from number `before` down."""
        return alarms.page(self.house, before, *channels.known(self.house))

    def report(self, day: date) -> DailyReport:
        """A day of the city. Raises BadInput for a day to come."""
        return daily.report(self.house, day)

    def letter(self, code: str, since: date | None, until: date | None) -> Letter:
        """The letter to a system's owner about outages; the newest one's days unless told."""
        return letters.letter(self.house, code, since, until)

    def measured(self) -> tuple[Measured, ...]:
        """The figures of the promises, as the tables have them now."""
        return measured.measured(self.house, self.counting)

    def _connections(self) -> list[ConnectionRow]:
        with self.house.engine.connect() as conn:
            there = standing.facts(conn)
            found = standing.known(self.house, conn)
            return [standing.row(self.house, there, code, one) for code, one in found.items()]


def split(tiles: Sequence[SystemTile], rows: Sequence[ConnectionRow]) -> Board:
    """Who is not live by a form or a move stands among those that come, though ops try it; so does
    who has never been read."""
    never = {one.code for one in tiles if one.state == "never"}
    unread = never | ({one.code for one in rows} - {one.code for one in tiles})
    coming = [one for one in rows if one.state != "live" and (one.recorded or one.code in unread)]
    codes = {one.code for one in coming}
    return Board(tuple(one for one in tiles if one.code not in codes), tuple(coming))


def airflow_of(house: House, code: str) -> str:
    """The address of a system's DAG in Airflow; empty where there is no Airflow."""
    where = house.settings.airflow_url.rstrip("/")
    return f"{where}/dags/sync_{code}" if where else ""
