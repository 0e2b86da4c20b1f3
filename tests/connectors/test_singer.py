"""A Singer tap as a source: a real program over the real protocol, well behaved and not."""

from __future__ import annotations

import json
import os
import select
import sys
from pathlib import Path
from typing import Any

import pytest

from connectors import Connector, open_connector, tap
from connectors.frames import BATCH
from kernel.batch import Batch
from kernel.clock import system_clock
from kernel.errors import Disagrees, PersonMustAct, RetryLater
from tests.connectors import made_tap
from tests.connectors.made import ids, made_secrets, made_stream, made_system

STREAM = made_stream(path="permits", deletes={"sign": "flag", "column": "op", "value": "D"})


def opened(home: Path, path: str = "permits", **config: Any) -> Connector:
    """The client of the made tap, put where taps lie."""
    file = home / "taps" / "tap-made"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!{sys.executable}\n{Path(made_tap.__file__).read_text()}")
    file.chmod(0o700)
    transport = {
        "kind": "singer",
        "command": "tap-made",
        "config": {"how": "well", "rows": 10, "every": 4, **config},
        "secrets": {"token": "XX_TOKEN"},
    }
    system = made_system(transport, made_stream(path=path, deletes=STREAM.deletes))
    return open_connector(system, made_secrets(home, TOKEN="t0ken"), system_clock)


def read(home: Path, cursor: str | None = None, **config: Any) -> list[Batch]:
    """Every batch from the cursor on."""
    return list(opened(home, **config).rows(STREAM, cursor, full=False))


def test_rows_come_with_types_and_the_taps_own_state(tmp_path: Path) -> None:
    opened(tmp_path).check()
    [batch] = read(tmp_path)
    assert ids([batch]) == [f"r{row}" for row in range(10)]
    assert batch.types == {"id": "string", "number": "null|string"}
    assert json.loads(str(batch.cursor)) == {"state": {"given": 8}}
    assert ids(read(tmp_path, batch.cursor)) == ["r8", "r9"]
    [whole] = opened(tmp_path).rows(STREAM, batch.cursor, full=True)
    assert len(whole.frame) == 10


@pytest.mark.parametrize("every", [1, 3, 5, 7, 100])
def test_from_any_batch_on_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, every: int
) -> None:
    monkeypatch.setattr(BATCH, "rows", 5)
    rows = [f"r{row}" for row in range(30)]
    cursor = None
    batches = read(tmp_path, rows=30, every=every)
    assert ids(batches) == rows
    for number, batch in enumerate(batches, start=1):
        cursor = batch.cursor or cursor
        again = ids(read(tmp_path, cursor, rows=30, every=every))
        assert list(dict.fromkeys([*ids(batches[:number]), *again])) == rows


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("dies", r"ended with exit code 3 \(ValueError\)"),
        ("killed", "ended by signal 9"),
        ("cut", "ended in the middle of a message"),
        ("endless", "writes a line of over 16 MB"),
        ("hangs", "does not come to its end"),
    ],
)
def test_a_tap_that_fails_says_how_and_leaves_what_came_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str, said: str
) -> None:
    monkeypatch.setattr(BATCH, "rows", 4)
    monkeypatch.setattr(tap, "MOST_SILENT", 1.0)
    monkeypatch.setattr(tap, "GRACE", 0.5)
    batches: list[Batch] = []
    with pytest.raises(RetryLater, match=said) as raised:
        batches.extend(opened(tmp_path, how=how, rows=20).rows(STREAM, None, full=False))
    assert ids(batches) == [f"r{row}" for row in range(8)]
    assert json.loads(str(batches[-1].cursor)) == {"state": {"given": 8}}
    assert "3607" not in str(raised.value)
    rest = read(tmp_path, batches[-1].cursor, rows=20)
    assert ids(rest) == [f"r{row}" for row in range(8, 20)]


@pytest.mark.parametrize(
    ("how", "kind", "subject"),
    [
        ("talks", "singer_message", "line"),
        ("batch", "singer_message", "BATCH"),
        ("no_schema", "singer_message", "RECORD"),
    ],
)
def test_what_is_no_singer_message_is_a_finding_without_a_value(
    tmp_path: Path, how: str, kind: str, subject: str
) -> None:
    with pytest.raises(Disagrees) as raised:
        read(tmp_path, how=how)
    assert (raised.value.kind, raised.value.subject) == (kind, subject)
    assert "3607" not in str(raised.value)


def test_a_tap_that_is_left_in_the_middle_ends(tmp_path: Path) -> None:
    file = tmp_path / "tap-sleeps"
    file.write_text("#!/bin/sh\nsleep 600 &\necho $!\nwait\n")
    file.chmod(0o700)
    with tap.running("xx_test", file, {}, 60) as started:
        child = os.pidfd_open(int(next(iter(started.lines()))))
    ended, _, _ = select.select([child], [], [], 5)
    os.close(child)
    assert ended


def test_a_tap_or_stream_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PersonMustAct, match=r"no stream people: it has permits"):
        opened(tmp_path, path="people").check()
    system = made_system({"kind": "singer", "command": "tap-nowhere"}, STREAM)
    with pytest.raises(PersonMustAct, match="tap-nowhere of xx_test is neither in"):
        open_connector(system, made_secrets(tmp_path), system_clock)
