"""Runs one cell of the fault matrix: city -> connector -> landing, wrong once and right again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from certs.waivers.waive import ToAsk
from city.servers.misbehave import HOWS
from kernel.clock import system_clock
from kernel.errors import ZhongtaiError
from kernel.house import House
from pipeline.lookups import ask_all
from pipeline.sync import sync, system_of
from tests.certs.town import Town
from tests.kit.places import Place, placed
from tests.kit.seen import Seen, State, plain, seen, state_of
from tests.running import RunningCity

#: Faults that an installation meets on its first read; before the others it has read all once.
AT_FIRST = (
    *(*HOWS, "down", "locked_out", "clock_skew", "late"),
    *("duplicate", "reorder", "lying_total", "repeated_page"),
)
#: What a tap leaves out nobody can know before it has given all once.
LATER = (("singer", "truncate"),)
RETRIED = ("http500", "http429", "cut", "truncate", "wrong_encoding", "bad_token")


def run_cell(
    house: House, city: RunningCity, folder: Path, transport: str, fault: str
) -> tuple[Seen, bool]:
    """What was seen, and whether a read after the fault ends with the source's rows."""
    with placed(house, city, folder, transport, fault) as place:
        if transport == "look-up":
            return _asked(place)
        before = State()
        if fault not in AT_FIRST or (transport, fault) in LATER:
            sync(place.house, place.code, "before", full=True)
            before = state_of(place.house, place.code)
        error = ACTS.get(fault, _in_state)(place)
        during = state_of(place.house, place.code)
        place.bend.clear()
        _mend(place)
        sync(place.house, place.code, "after", full=True)
        after = state_of(place.house, place.code)
        found = seen(error, before, during, after, fault in RETRIED)
        return found, len(after.keys) == place.known()


def _mend(place: Place) -> None:
    if place.fault not in ACTS:
        place.off()


def _caught(house: House, code: str, run: str, full: bool) -> ZhongtaiError | None:
    """What the sync raised of our own errors; anything else is a fault of the platform."""
    try:
        sync(house, code, run, full=full)
    except ZhongtaiError as error:
        return error
    return None


def _in_state(place: Place) -> ZhongtaiError | None:
    """A read while the fault holds."""
    place.on()
    try:
        return _caught(place.house, place.code, "during", _in_full(place))
    except BaseException:
        place.off()
        raise


def _in_full(place: Place) -> bool:
    """Whether all has to be asked for: a pusher has told others before, new files come anyway."""
    if place.transport == "push":
        return True
    return place.fault not in AT_FIRST and not place.transport.startswith("files")


def _late(place: Place) -> ZhongtaiError | None:
    """A read that lacks a row, and the next one, when the row has come behind the others."""
    place.on()
    try:
        sync(place.house, place.code, "lacking")
    finally:
        place.off()
    return _caught(place.house, place.code, "during", False)


def _deleted(place: Place) -> ZhongtaiError | None:
    before = state_of(place.house, place.code)
    place.delete_one()
    error = _caught(place.house, place.code, "during", False)
    gone = before.live - state_of(place.house, place.code).live
    assert len(gone) == 1 or error is not None
    return error


def _locked_out(place: Place) -> ZhongtaiError | None:
    return _caught(place.locked_out(), place.code, "during", False)


def _skewed(place: Place) -> ZhongtaiError | None:
    """Our clock is an hour ahead of the source's."""
    right = place.house

    def ahead() -> datetime:
        return system_clock() + timedelta(hours=1)

    place.house = replace(right, clock=ahead)
    try:
        return _caught(place.house, place.code, "during", False)
    finally:
        place.house = right


ACTS = {
    "late": _late,
    "deleted": _deleted,
    "locked_out": _locked_out,
    "clock_skew": _skewed,
}


def _asked(place: Place) -> tuple[Seen, bool]:
    """A question to a look-up: what the plan is told, and whether the next question is answered."""
    (stream,) = system_of(place.house, place.code).streams
    town = Town(place.house)
    town.house = place.house
    town.case("C1")
    question = [ToAsk(place.code, stream, ("结婚证",))]
    place.on()
    try:
        during = ask_all(place.house, question, "C1", "核验", "clerk")
    finally:
        place.off()
    after = ask_all(place.house, question, "C1", "核验", "clerk")
    right = len(after.found) == 1
    if during.found:
        return Seen(_answered(place.fault), ""), right
    return Seen("no answer, the plan goes on", plain(during.resting[place.code])), right


def _answered(fault: str) -> str:
    return "right rows after a retry" if fault in RETRIED else "right rows"
