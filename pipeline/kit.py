"""The contract kit: what a system's author runs before anybody relies on its YAML.

Everything here reads only: it asks the source for at most a few batches, judges them as the landing
would, and keeps nothing. What would change the source or might lock an account is `not applicable`
by a rule of `RULES`; the tests run those checks against the sandbox city.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Literal

from connectors import Connector
from kernel.batch import Batch
from kernel.errors import ZhongtaiError
from kernel.house import House
from pipeline import kit_rows
from pipeline.sync import open_for
from registry.contract import Stream, System

Outcome = Literal["passed", "failed", "not applicable"]
MOST_BATCHES = 3


class Unfit(ZhongtaiError):
    """A check of the kit does not hold; one sentence."""


@dataclass(frozen=True)
class Verdict:
    """One check of one stream (`stream` is empty for the whole system) and one sentence."""

    check: str
    stream: str
    outcome: Outcome
    why: str


@dataclass
class Sample:
    """The first batches of a stream, and whether they were all that it has."""

    batches: list[Batch] = field(default_factory=list)
    whole: bool = True


@dataclass(frozen=True)
class Subject:
    """One stream under test."""

    house: House
    system: System
    stream: Stream
    client: Connector
    sample: Sample = field(default_factory=Sample)


def examine(house: House, system: System) -> Iterator[Verdict]:
    """Every check of a system, in order. After a failed `check` nothing else is tried."""
    try:
        client = open_for(house, system)
    except ZhongtaiError as error:
        yield Verdict("check", "", "failed", str(error))
        return
    with closing(client):
        reached = _run("check", "", lambda: _check(system, client))
        yield reached
        if reached.outcome == "failed":
            return
        for stream in system.streams.values():
            subject = Subject(house, system, stream, client)
            for name, work in CHECKS.items():
                why = not_applicable(name, stream, subject.sample)
                if why is not None:
                    yield Verdict(name, stream.name, "not applicable", why)
                else:
                    yield _run(name, stream.name, lambda work=work, at=subject: work(at))  # type: ignore[misc]


def _run(name: str, stream: str, work: Callable[[], str]) -> Verdict:
    try:
        return Verdict(name, stream, "passed", work())
    except ZhongtaiError as error:
        return Verdict(name, stream, "failed", str(error))


def _check(system: System, client: Connector) -> str:
    client.check()
    if system.is_lookup:
        client.probe()
        return "reached, signed in, and its test subject answered"
    return "reached and signed in"


#: Checks that need a source which may be changed or refused: not against a department's system.
NEEDS_CITY = {
    "late row": "it writes to the source: run against the sandbox city only",
    "expired token": "it ends the source's tokens: run against the sandbox city only",
    "wrong secret": "a wrong secret may lock the account: run against the sandbox city only",
}
NEEDS_ROWS = ("duplicate", "reorder", "bad row", "drift")


def not_applicable(name: str, stream: Stream, sample: Sample) -> str | None:
    """Why a check does not apply to a stream, or None when it does."""
    if name in NEEDS_CITY:
        return NEEDS_CITY[name]
    if stream.mode in ("lookup", "push"):
        return f"a {stream.mode} stream is not read as a list"
    unseen = stream.deletes is None or stream.deletes.sign == "absence"
    rules = (
        (name == "incremental" and stream.mode == "full", "a stream of mode full has no cursor"),
        (
            name == "resume" and not any(batch.cursor for batch in sample.batches[:-1]),
            "no cursor between two batches: the stream is read in one, or whole each time",
        ),
        (name == "delete" and unseen, "no sign of a delete that one read can show"),
        (name in NEEDS_ROWS and not sample.batches, "the source gave no rows"),
    )
    return next((why for holds, why in rules if holds), None)


def _first_page(at: Subject) -> str:
    for batch in at.client.rows(at.stream, None, full=True):
        if len(at.sample.batches) == MOST_BATCHES:
            at.sample.whole = False
            break
        at.sample.batches.append(batch)
    if not at.sample.batches:
        return "reached; the source has no rows"
    return f"{len(at.sample.batches[0].frame)} rows in the first batch"


def _discover(at: Subject) -> str:
    if not at.sample.batches:
        return "no rows, so no columns to compare"
    seen = {name for batch in at.sample.batches for name in batch.frame.columns}
    new, missing = seen - at.stream.known_columns(), kit_rows.mapped(at.stream) - seen
    if new:
        raise Unfit(_where(at, f"the contract does not name the columns {_list(new)}"))
    if missing:
        raise Unfit(_where(at, f"the source does not give the columns {_list(missing)}"))
    return f"{len(seen)} columns, each named by the contract"


def _full(at: Subject) -> str:
    again = Subject(at.house, at.system, at.stream, at.client)
    _first_page(again)
    lost = _keys(at, at.sample.batches) - _keys(again, again.sample.batches)
    if lost:
        raise Unfit(_where(at, f"a second read does not give {len(lost)} keys of the first"))
    return f"a second read gives the same {len(_keys(at, at.sample.batches))} keys"


def _incremental(at: Subject) -> str:
    cursors = [batch.cursor for batch in at.sample.batches if batch.cursor is not None]
    if at.sample.batches and not cursors:
        raise Unfit(_where(at, "no batch said where to go on"))
    if not cursors:
        return "no rows, so no cursor yet"
    known = _keys(at, at.sample.batches)
    more = next(iter(at.client.rows(at.stream, cursors[-1], full=False)), None)
    new = _keys(at, [more] if more else []) - known
    if at.sample.whole and len(new) > len(known):
        raise Unfit(_where(at, f"a read from the last cursor gives {len(new)} keys anew"))
    return f"a read from the last cursor gives {len(new)} keys that are new"


def _resume(at: Subject) -> str:
    for number, batch in enumerate(at.sample.batches[:-1], 1):
        if batch.cursor is None:
            continue
        due = _keys(at, [at.sample.batches[number]]) - _keys(at, at.sample.batches[:number])
        for more in at.client.rows(at.stream, batch.cursor, full=False):
            due -= _keys(at, [more])
            if not due:
                break
        if due:
            raise Unfit(_where(at, f"after a cut at batch {number} {len(due)} keys never come"))
    return f"nothing is lost after a cut at each of {len(at.sample.batches) - 1} batches"


def _empty(at: Subject) -> str:
    if at.sample.batches:
        kit_rows.nothing(at.house, at.system.code, at.stream, at.sample.batches[0].frame)
    return "a batch without rows changes nothing"


def _delete(at: Subject) -> str:
    if at.stream.deletes is not None and at.stream.deletes.column:
        column = at.stream.deletes.column
        if any(column not in batch.frame.columns for batch in at.sample.batches):
            raise Unfit(_where(at, f"the source does not give the delete column {column}"))
        return f"deletes are marked in the column {column}"
    first = next(iter(at.client.keys(at.stream)), None)
    if first is None or set(first.columns) != set(at.stream.key):
        raise Unfit(_where(at, f"its keys are not given as {_list(set(at.stream.key))}"))
    return "the source gives its keys, to compare"


def _on_rows(work: Callable[[House, str, Stream, Batch], str | None]) -> Callable[[Subject], str]:
    """A check on the first batch; `work` says what is wrong, or None."""

    def run(at: Subject) -> str:
        wrong = work(at.house, at.system.code, at.stream, at.sample.batches[0])
        if wrong is not None:
            raise Unfit(_where(at, wrong))
        return (work.__doc__ or "").splitlines()[0].rstrip(".")

    return run


def _city_only(at: Subject) -> str:
    raise Unfit(_where(at, "this check runs against the sandbox city only"))


CHECKS: dict[str, Callable[[Subject], str]] = {
    "first page": _first_page,
    "discover": _discover,
    "full": _full,
    "incremental": _incremental,
    "empty": _empty,
    "resume": _resume,
    "delete": _delete,
    "duplicate": _on_rows(kit_rows.doubled),
    "reorder": _on_rows(kit_rows.turned),
    "late row": _city_only,
    "bad row": _on_rows(kit_rows.spoilt),
    "drift": _on_rows(kit_rows.drifted),
    "expired token": _city_only,
    "wrong secret": _city_only,
}


def _keys(at: Subject, batches: list[Batch]) -> set[str]:
    return {
        key
        for batch in batches
        for key in kit_rows.keys(at.house, at.system.code, at.stream, batch.frame)
    }


def _where(at: Subject, what: str) -> str:
    return f"{at.system.code}/{at.stream.name}: {what}"


def _list(names: set[str]) -> str:
    return ", ".join(sorted(names))
