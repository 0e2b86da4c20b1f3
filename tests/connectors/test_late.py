"""A row that comes late, behind those already read: every contract that has a cursor gets it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from connectors.times import look_back
from kernel.errors import Disagrees
from tests.connectors.copies import SYSTEMS, Copy
from tests.running import RunningCity

#: System -> its streams that are read from a cursor on.
TIMED = {
    code: names
    for code, system in SYSTEMS.items()
    if (names := [name for name, stream in system.streams.items() if stream.cursor is not None])
}
BY_TIME, FILES = ("rest", "soap", "sql"), "files"


@contextmanager
def withheld(city: RunningCity, code: str) -> Iterator[None]:
    """Meanwhile the row or file that changed last but one is not there yet."""
    city.truth("/misbehave", {"system": code, "how": "late", "on": True})
    try:
        yield
    finally:
        city.truth("/misbehave", {"system": code, "how": "late", "on": False})


def read_again(city: RunningCity, copy: Copy) -> None:
    """The next read: by time it looks back; a change table needs no help; a file is told."""
    kind = SYSTEMS[copy.code].transport.kind
    if kind == FILES:
        with pytest.raises(Disagrees, match=f"{copy.code} {copy.stream.name} came after later"):
            copy.read(city)
        return
    if kind in BY_TIME:
        patient = copy.stream.model_copy(update={"lookback": "9999d"})
        copy.cursor = look_back(patient, copy.cursor)
    copy.read(city)


@pytest.mark.parametrize("code", TIMED)
def test_a_row_that_comes_late_is_not_lost(city: RunningCity, code: str) -> None:
    copies = [Copy(code, name) for name in TIMED[code]]
    with withheld(city, code):
        for copy in copies:
            copy.read(city)
    for copy in copies:
        known = city.keys(code, copy.stream.name)
        lacking = known - copy.rows.keys()
        assert len(lacking) <= 1  # none where what is late is a delete, or a file of known rows
        read_again(city, copy)
        assert copy.rows.keys() == known


def test_every_contract_with_a_cursor_is_tried() -> None:
    kinds = {SYSTEMS[code].transport.kind for code in TIMED}
    assert kinds == {*BY_TIME, "exchange", FILES}
    assert sum(map(len, TIMED.values())) == 61
