"""Two syncs of a system never overlap, whatever way they read; a killed process lets go."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from kernel.errors import RetryLater
from kernel.house import House
from pipeline.refresh import refresh_one
from pipeline.sync import How, sync
from tests.connectors.gateway import Reply, Request
from tests.pipeline.sources import (
    CODE,
    STREAM,
    List,
    environment,
    licence,
    listed,
    on_disk,
    until_let_go,
)
from tests.pipeline.test_modes import RECORD, rows_of

CHILD = """
import sys
from pathlib import Path
from pipeline.sync import How, sync
from pipeline.wiring import open_house
house = open_house(Path(sys.argv[1]))
period = ("2026-11-01", "2026-12-01") if sys.argv[2] == "period" else None
print(sync(house, "sc_food", "child", how=How(period=period)).rows, flush=True)
"""
WAYS: dict[str, Callable[[House], object]] = {
    "sync": lambda town: sync(town, CODE, "r1"),
    "full": lambda town: sync(town, CODE, "r1", full=True),
    "period": lambda town: sync(town, CODE, "r1", how=How(period=("2026-11-01", "2026-12-01"))),
    "record": lambda town: refresh_one(town, CODE, STREAM, {"certGuid": "k1"}, "r1", "clerk"),
}


class Held(List):
    """A list that answers nobody until it is let go."""

    def __init__(self, *rows: dict[str, str | None]) -> None:
        super().__init__(*rows)
        self.reached, self.free = threading.Event(), threading.Event()

    def __call__(self, request: Request) -> Reply:
        """Wait, then answer."""
        self.reached.set()
        assert self.free.wait(60)
        return super().__call__(request)


@pytest.mark.parametrize("child_reads", ["sync", "period"])
def test_a_second_process_is_refused_in_a_sentence_and_a_killed_one_lets_go(
    house: House, tmp_path: Path, servers: dict[str, str | int], child_reads: str
) -> None:
    source = Held(licence("k1"))
    with listed(house, tmp_path / "systems", source, RECORD) as town:
        command = [sys.executable, "-c", CHILD, str(on_disk(town, servers)), child_reads]
        child = subprocess.Popen(command, env=environment())
        try:
            assert source.reached.wait(60)
            for way in WAYS.values():
                with pytest.raises(RetryLater, match="another sync of sc_food is running"):
                    way(town)
        finally:
            child.send_signal(signal.SIGKILL)
            child.wait()
            source.free.set()
        assert rows_of(town) == {}
        until_let_go(town)
        assert sync(town, CODE, "r2").stored == 1


def test_a_process_that_ends_well_lets_go_too(
    house: House, tmp_path: Path, servers: dict[str, str | int]
) -> None:
    with listed(house, tmp_path / "systems", List(licence("k1"))) as town:
        command = [sys.executable, "-c", CHILD, str(on_disk(town, servers)), "sync"]
        done = subprocess.run(
            command, env=environment(), capture_output=True, text=True, check=True
        )
        assert done.stdout == "1\n"
        assert sync(town, CODE, "r2").stored == 0
