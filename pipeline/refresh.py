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


def refresh_held(house: House, code: str, stream_name: str, key_hash: str, run: str) -> str:
    """The same for a row that is stored here, known by its key's hash (a case's licence)."""
    stream = _stream(system_of(house, code), stream_name)
    key = single.key_of(house, code, stream, key_hash)
    return refresh_one(house, code, stream_name, key, run, "platform")


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
