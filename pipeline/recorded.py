"""One run, one record: how it ended, what it found wrong, and what follows for the next ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from kernel import logs
from kernel.errors import Disagrees, Resting, ZhongtaiError
from kernel.house import House
from landing import circuits, disagreements, runs
from registry.contract import System


def silent(_: str) -> None:
    """Nobody listens."""


@dataclass(frozen=True)
class How:
    """How a run is asked for.

    `stream`: only that one. `period`: read again what the source changed in it, first and last
    moment. `scheduled`: nobody waits for it. `by`, `why`: a person, who takes all deletes for
    right and says why. `say`: is told a line for each stream.
    """

    stream: str | None = None
    period: tuple[str, str] | None = None
    scheduled: bool = False
    by: str | None = None
    why: str | None = None
    say: Callable[[str], None] = silent

    @property
    def kind(self) -> str:
        """What the run's record calls it."""
        return "sync" if self.period is None else "period"

    @property
    def accepted(self) -> bool:
        """Whether a person has said that many deletes are right."""
        return self.why is not None


PLAIN = How()


def run_by_hand(step: str) -> str:
    """A name for a run that a person started."""
    return datetime.now(UTC).strftime(f"{step}-%Y%m%dT%H%M%S")


@contextmanager
def recorded(
    house: House, system: System, run: str, kind: str, full: bool = False, how: How = PLAIN
) -> Iterator[None]:
    """Begin the run's record, and end it however the block ends.

    A source that rests is no failure. One whose claim does not hold leaves a finding, which the
    next good sync closes. Failures of syncs in a row open the system's circuit.
    """
    with logs.about(run=run, system=system.code):
        runs.begin(house, system.code, run, full, kind, (how.by, how.why))
        logs.info(f"{kind} began")
        yield from _ended(house, system, run, kind, how)
        logs.info(f"{kind} done")


def _ended(house: House, system: System, run: str, kind: str, how: How) -> Iterator[None]:
    code = system.code
    try:
        yield
    except Resting as rest:
        runs.rest(house, code, run, str(rest), _until(rest))
        logs.info(f"{kind} rests: {rest}")
        raise
    except ZhongtaiError as error:
        found = None
        if isinstance(error, Disagrees):
            found = disagreements.record(house, system, run, error)
        request = str(error.facts.get("request", "")) or None
        runs.end(house, code, run, str(error), found, request)
        logs.error(f"{kind} failed: {error}", request=request)
        if kind == "sync":
            circuits.failed(house, code, run)
        raise
    except BaseException as error:
        runs.end(house, code, run, f"ended by {type(error).__name__}")
        logs.error(f"{kind} ended by {type(error).__name__}")
        raise
    if kind == "sync":
        circuits.succeeded(house, code)
        if how.stream is None:
            disagreements.close(house, code)
    runs.end(house, code, run)


def _until(rest: Resting) -> datetime | None:
    until = rest.facts.get("until")
    return datetime.fromisoformat(until) if isinstance(until, str) else None
