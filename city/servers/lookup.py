"""Systems that are asked live: one person a call, for one case, within quota and hours."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from city.servers.call import Call, Routes, answer_json
from city.servers.clock import Clock
from city.servers.errors import Answer
from city.servers.state import State
from city.world import World

Row = dict[str, str | None]
OUTSIDE_HOURS = 40301
QUOTA_USED_UP = 42901


class LookUp:
    """One look-up system: counts what is asked, and when it may be."""

    def __init__(self, world: World, code: str, state: State, clock: Clock) -> None:
        system: dict[str, Any] = world.wire[code]
        self._world, self._code, self._state, self._clock = world, code, state, clock
        self._stream = next(iter(system["streams"]))
        self._quota: int = system["quota"]
        self._hours: str | None = system["hours"]

    def ask(self, number: str) -> list[Row]:
        """The rows of one person. Raises Answer 403 outside hours, 429 when the quota is used."""
        now = self._clock.now()
        if self._hours and not _within(self._hours, now):
            raise Answer(403, f"open {self._hours} (Asia/Shanghai)", code=OUTSIDE_HOURS)
        if self._state.add(f"asked/{self._code}/{now:%Y-%m-%d}", self._quota) is None:
            midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
            wait = str(int((midnight - now).total_seconds()) + 1)
            message = f"the daily quota of {self._quota} calls is used up"
            raise Answer(429, message, code=QUOTA_USED_UP, headers={"Retry-After": wait})
        return self._world.find(self._code, self._stream, number)

    def probe(self) -> list[Row]:
        """The row of the test subject: at any hour, not counted."""
        return [self._world.test_subject(self._code, self._stream)]

    def asked(self) -> int:
        """How many calls were counted, on all days."""
        counts = self._state.having(f"asked/{self._code}/").values()
        return sum(int(count) for count in counts)

    def set_asked(self, count: int) -> None:
        """Take this as today's count."""
        self._state.put({f"asked/{self._code}/{self._clock.now():%Y-%m-%d}": str(count)})


def _within(hours: str, now: datetime) -> bool:
    first, last = hours.split("-")
    return first <= f"{now:%H:%M}" < last


def routes(lookup: LookUp) -> Routes:
    """`POST /ask` and `GET /probe`."""

    def ask(call: Call) -> Any:
        asked = call.texts("number", "case", "item", "purpose")
        return answer_json({"code": 200, "message": "", "data": lookup.ask(asked["number"])})

    def probe(_: Call) -> Any:
        return answer_json({"code": 200, "message": "", "data": lookup.probe()})

    return {("POST", "/ask"): ask, ("GET", "/probe"): probe}
