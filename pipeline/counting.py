"""The step behind the bureau's pages: the tally brought up to date, complaints tied to items."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.complaints import worklist
from certs.sums.count import count as tally
from kernel.house import House


@dataclass(frozen=True)
class CountingCounts:
    """What was new: cases planned, papers demanded anyway, materials of cases now decided upon,
    and open complaints whose item is known since."""

    cases: int
    demands: int
    settled: int
    tied: int


def count(house: House) -> CountingCounts:
    """Bring it all up to date; repeating the step does no harm."""
    done = tally(house)
    with house.engine.begin() as conn:
        tied = worklist.tie(conn)
    return CountingCounts(done.cases, done.demands, done.settled, tied)
