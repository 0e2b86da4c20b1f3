"""One run's reads: each stream of a system read, landed, compared and finished."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from connectors import Connector
from connectors.times import check_period, in_first_read, look_back, not_behind
from kernel import logs
from kernel.batch import Batch
from kernel.errors import BadInput, Disagrees, Resting, ZhongtaiError
from kernel.house import House
from landing import calls, cursors, probes, runs
from landing.finish import finish_stream
from landing.land import land_all
from landing.outcomes import BatchCounts
from landing.reconcile import reconcile
from landing.runs import StreamRead
from pipeline import resting
from pipeline.faults import told
from pipeline.recorded import How
from registry.contract import Stream, System
from registry.rest_times import in_hours

#: Transports whose empty list says that nothing lives there; files have nothing new at times.
LISTS = ("rest", "soap", "sql")


@dataclass
class Counts:
    """What one run did. Rows read, stored, quarantined, deleted; look-ups: probes, answered."""

    rows: int = 0
    stored: int = 0
    quarantined: int = 0
    deleted: int = 0
    probes: int = 0
    answered: int = 0


class Reader:
    """One run of one system: its streams one after the other."""

    def __init__(
        self, house: House, system: System, connector: Connector, run: str, full: bool, how: How
    ) -> None:
        self.house, self.system, self.connector = house, system, connector
        self.run, self.full, self.how = run, full, how
        self.counts = Counts()
        self.spend_a_batch = spending(house, system, connector)

    def stream(self, stream: Stream) -> None:
        """Probe a look-up, ask a pusher to push, read and land anything else."""
        if stream.mode == "lookup":
            self._probe(stream)
        elif self.how.period is not None:
            self._noted(stream, self._period)
        elif stream.mode == "push":
            if stream is next(iter(self.system.streams.values())):
                self.connector.push_now(self.full)
            self._finish(stream, self.house.clock(), False)
        else:
            self._noted(stream, self._read)

    def _probe(self, stream: Stream) -> None:
        began = time.monotonic()
        self.counts.probes += 1
        try:
            self.connector.probe()
        except ZhongtaiError as error:
            probes.record(self.house, self.system.code, stream.name, self.run, None, str(error))
            if not in_hours(self.system.hours, self.house.clock()):
                raise Resting(
                    f"{self.system.code} does not answer outside its hours {self.system.hours}",
                    system=self.system.code,
                ) from error
            raise
        spent = round((time.monotonic() - began) * 1000)
        probes.record(self.house, self.system.code, stream.name, self.run, spent, None)
        self.counts.answered += 1

    def _noted(self, stream: Stream, read: Callable[[Stream, StreamRead], None]) -> None:
        """Read a stream; however that ends, the run's record says how far it came."""
        facts, whole = StreamRead(), False
        try:
            read(stream, facts)
            whole = True
        except Disagrees as error:
            error.facts.setdefault("stream", stream.name)
            raise
        finally:
            runs.note(self.house, self.system.code, self.run, stream.name, facts)
            if whole or facts.batches:
                said = line(self.system.code, stream.name, facts)
                logs.info(said, stream=stream.name)
                self.how.say(said)

    def _read(self, stream: Stream, facts: StreamRead) -> None:
        code, full = self.system.code, self.full or stream.mode == "full"
        started = self.house.clock()
        with self.house.engine.connect() as conn:
            stored = cursors.opened(
                self.house, code, stream.name, cursors.read(conn, code, stream.name)
            )
        # A whole file is read anew each time; its cursor says what it was when it was last read.
        anew = self.full or (full and self.system.transport.kind != "files")
        facts.begin = None if anew else look_back(stream, stored)
        read = self.connector.rows(stream, facts.begin, anew)
        self._land(stream, facts, (self._onward(stream, batch, stored) for batch in read))
        began = time.monotonic()
        gone = self._gone(stream, full, facts.batches == 0)
        absent = stream.deletes is not None and stream.deletes.sign == "absence" and full
        gone += self._finish(stream, started, absent)
        facts.deleted += gone
        facts.reconciling = time.monotonic() - began

    def _onward(self, stream: Stream, batch: Batch, stored: str | None) -> Batch:
        """The batch; its cursor only where it does not lie behind the stored one, and sealed."""
        cursor = not_behind(stored, batch.cursor)
        if cursor is not None and in_first_read(cursor):
            cursor = cursors.sealed(self.house, self.system.code, stream.name, cursor)
        return replace(batch, cursor=cursor)

    def _period(self, stream: Stream, facts: StreamRead) -> None:
        """Read a period again. Neither the cursor nor the stream's completeness moves."""
        since, until = self.how.period or ("", "")
        facts.begin, facts.end = since, until
        self._land(stream, facts, self.connector.period(stream, since, until))
        facts.end = until

    def _land(self, stream: Stream, facts: StreamRead, batches: Iterable[Batch]) -> None:
        """Land the batches in order; between two of them the source's rest is kept.

        The next ones are read meanwhile: `reading` and `landing` are times that overlap.
        """
        code = self.system.code
        with self.house.engine.connect() as conn:
            first = runs.next_seq(conn, code, stream.name, self.run)
        coming = self._timed(batches, facts)
        with closing(land_all(self.house, code, stream, self.run, first, coming)) as landing:
            began = time.monotonic()
            for batch, landed in landing:
                if stream.faults is not None:
                    self.connector.report(stream, told(stream, batch, landed))
                if batch.acknowledge:
                    self.connector.acknowledge(stream, batch.acknowledge)
                facts.landing += time.monotonic() - began
                facts.end = batch.cursor or facts.end
                self._add(landed, facts)
                resting.check(self.house, self.system)
                began = time.monotonic()

    def _timed(self, batches: Iterable[Batch], facts: StreamRead) -> Iterator[Batch]:
        """The batches; each counts against the quota where requests cannot be counted."""
        coming = iter(batches)
        while True:
            began = time.monotonic()
            self.spend_a_batch()
            batch = next(coming, None)
            facts.reading += time.monotonic() - began
            if batch is None:
                return
            yield batch

    def _gone(self, stream: Stream, full: bool, nothing: bool) -> int:
        """End what the source has no more, by its keys; an empty full list has none."""
        code, sign = self.system.code, stream.deletes.sign if stream.deletes else "none"
        accepted = self.how.accepted
        if sign == "reconcile":
            keys = self.connector.keys(stream)
            ended = reconcile(self.house, code, stream, self.run, keys, accepted)
        elif sign == "absence" and full and nothing and self.system.transport.kind in LISTS:
            ended = reconcile(self.house, code, stream, self.run, [], accepted)
        else:
            return 0
        self.counts.deleted += ended
        return ended

    def _add(self, landed: BatchCounts, facts: StreamRead) -> None:
        facts.batches += 1
        for name in ("rows", "stored", "quarantined", "deleted"):
            more = getattr(landed, name)
            setattr(self.counts, name, getattr(self.counts, name) + more)
            setattr(facts, name, getattr(facts, name) + more)
        facts.unchanged += landed.unchanged

    def _finish(self, stream: Stream, started: datetime, absent: bool) -> int:
        code, accepted = self.system.code, self.how.accepted
        ended = finish_stream(self.house, code, stream, self.run, started, absent, accepted)
        self.counts.deleted += ended
        return ended


def chosen(system: System, how: How) -> list[Stream]:
    """The streams that a run is about. Raises BadInput for a stream or a period that cannot be."""
    names = ", ".join(system.streams)
    if how.stream is not None and how.stream not in system.streams:
        raise BadInput(f"{system.code} has no stream {how.stream}: allowed are {names}")
    streams = [one for one in system.streams.values() if how.stream in (None, one.name)]
    if how.period is not None:
        check_period(*how.period)
        if system.is_lookup:
            raise BadInput(f"{system.code} is asked live and keeps no rows: it has no periods")
    return streams


def spending(house: House, system: System, connector: Connector) -> Callable[[], None]:
    """Let the connector count its requests. Gives what counts a batch where it cannot.

    Probes are not counted: a look-up's quota is for its questions.
    """

    def spend() -> None:
        with house.engine.begin() as conn:
            calls.spend(conn, system, house.clock())

    counted = system.quota is not None and not system.is_lookup
    return _nothing if not counted or connector.metered(spend) else spend


def line(code: str, stream: str, facts: StreamRead) -> str:
    """What a run read of a stream, for a person at a terminal."""
    said = asdict(facts)
    return (
        "{code} {stream}: {rows:,} rows in {batches:,} {unit}, {stored:,} stored, "
        "{unchanged:,} unchanged, {quarantined:,} quarantined, {deleted:,} deleted; "
        "reading {reading:.1f} s, landing {landing:.1f} s, comparing {reconciling:.1f} s"
    ).format(code=code, stream=stream, unit="batch" if facts.batches == 1 else "batches", **said)


def _nothing() -> None:
    """No quota to count against."""
