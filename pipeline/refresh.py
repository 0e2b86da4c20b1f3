"""One record read again from its source, before somebody relies on it. The cursor stays."""

from __future__ import annotations

from collections.abc import Mapping

from kernel.batch import Batch
from kernel.errors import BadInput, Disagrees
from kernel.house import House
from landing import runs, single
from landing.land import land_batch
from landing.outcomes import BatchCounts
from pipeline import resting
from pipeline.reader import spending
from pipeline.recorded import How, recorded
from pipeline.sync import only_one, opened, system_of
from registry.contract import Stream, System


def refresh_one(
    house: House, code: str, stream_name: str, key: Mapping[str, str], run: str, by: str
) -> str:
    """Read the record with that key (by column) now. Gives what became of it.

    `stored`, `unchanged`, `quarantined`, or `deleted` when the source has it no more. Raises
    BadInput for another key than the stream's, RetryLater while the system is being synced,
    Resting while it rests, PersonMustAct when the source gives no single records.
    """
    system = system_of(house, code)
    stream = _stream(system, stream_name)
    if sorted(key) != sorted(stream.key):
        raise BadInput(f"the key of {code} {stream_name} has the columns {', '.join(stream.key)}")
    with only_one(house, code), recorded(house, system, run, "record", how=How(by=by)):
        resting.check(house, system)
        with opened(house, system) as connector:
            spending(house, system, connector)()
            frame = connector.one(stream, key)
        if frame.empty:
            single.end_one(house, code, stream, run, dict(key))
            return "deleted"
        same = all((frame[name] == value).all() for name, value in key.items())
        if len(frame) != 1 or not same:
            raise Disagrees(
                f"{code} {stream_name} was asked for one record and gave another, or more",
                "other_record",
                "record",
                system=code,
                stream=stream_name,
            )
        landed = _land(house, code, stream, run, Batch(frame))
    return landed.outcomes[0]


def refresh_refused(house: House, code: str, entry: int, run: str, by: str) -> str:
    """The same for a row that waits in quarantine, by its entry's number.

    Raises BadInput too where the entry is closed or its row has no key.
    """
    name, row = single.refused_row(house, code, entry)
    key = {column: row.get(column) for column in _stream(system_of(house, code), name).key}
    there = {column: value for column, value in key.items() if value}
    if len(there) < len(key):
        raise BadInput(f"the refused row {entry} of {code} has no key: its source cannot be asked")
    return refresh_one(house, code, name, there, run, by)


def _land(house: House, code: str, stream: Stream, run: str, batch: Batch) -> BatchCounts:
    with house.engine.connect() as conn:
        seq = runs.next_seq(conn, code, stream.name, run)
    return land_batch(house, code, stream, run, seq, batch)


def _stream(system: System, name: str) -> Stream:
    if name not in system.streams or system.streams[name].mode == "lookup":
        names = [one.name for one in system.streams.values() if one.mode != "lookup"]
        raise BadInput(
            f"{system.code} keeps no stream {name}: allowed are {', '.join(names) or 'none'}"
        )
    return system.streams[name]
