"""What a place with files can do to a reader: change, come late, leave gaps, grow, be large."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors import open_connector, stores
from connectors.frames import BATCH
from connectors.stores import FolderStore
from kernel.batch import Batch
from kernel.clock import system_clock
from kernel.errors import Disagrees, PersonMustAct, RetryLater
from tests.connectors.made import ids, made_secrets, made_system
from tests.connectors.test_files import FULL, STREAM, drop, opened, read

FIRST, SECOND = "licence_full_20261110000000.csv", "licence_inc_20261112000000.csv"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder."""
    made = tmp_path / "drops"
    made.mkdir()
    return made


def until_raised(batches: Iterator[Batch]) -> tuple[list[Batch], Disagrees]:
    """What came, and the Disagrees at the end."""
    came: list[Batch] = []
    with pytest.raises(Disagrees) as raised:
        came.extend(batches)
    return came, raised.value


def test_a_file_that_changes_after_it_was_read_is_a_finding(folder: Path) -> None:
    drop(folder, FIRST, "a")
    [batch] = read(folder)
    os.utime(folder / FIRST, (1, 1))
    assert read(folder, batch.cursor) == []  # touched, the same bytes
    drop(folder, FIRST, "b")
    drop(folder, SECOND, "c")
    came, error = until_raised(opened(folder).rows(STREAM, batch.cursor, full=False))
    assert ids(came) == ["c"]  # what is new comes first
    assert (error.kind, error.subject) == ("changed_file", FIRST)
    assert "xx_test licence" in str(error)
    assert ids(read(folder, batch.cursor, full=True)) == ["b", "c"]  # a person takes it as it is


def test_a_full_stream_sees_that_its_file_has_changed(folder: Path) -> None:
    drop(folder, FIRST, "a")
    [batch] = read(folder, None, FULL)
    drop(folder, FIRST, "b", "c")
    came, error = until_raised(opened(folder, FULL).rows(FULL, batch.cursor, full=False))
    assert (came, error.kind) == ([], "changed_file")


def test_a_file_that_changes_in_the_middle_of_its_reading_is_a_finding(folder: Path) -> None:
    drop(folder, FIRST, *[f"r{i}" for i in range(BATCH.rows + 1)])
    first = next(opened(folder).rows(STREAM, None, full=False))
    drop(folder, FIRST, *[f"s{i}" for i in range(BATCH.rows + 1)])
    came, error = until_raised(opened(folder).rows(STREAM, first.cursor, full=False))
    assert (came, error.kind) == ([], "changed_file")


def test_an_older_file_that_comes_late_is_a_finding_and_is_not_read(folder: Path) -> None:
    drop(folder, FIRST, "a")
    drop(folder, SECOND, "c")
    cursor = read(folder)[-1].cursor
    drop(folder, "licence_inc_20261109000000.csv", "before the full file: of no account")
    assert read(folder, cursor) == []
    drop(folder, "licence_inc_20261111000000.csv", "b")
    drop(folder, "licence_inc_20261113000000.csv", "d")
    came, error = until_raised(opened(folder).rows(STREAM, cursor, full=False))
    assert ids(came) == ["d"]
    assert (error.kind, error.subject) == ("late_file", "licence_inc_20261111000000.csv")
    drop(folder, "licence_full_20261114000000.csv", "e")
    assert ids(read(folder, came[-1].cursor)) == ["e"]  # a full file ends it


def test_reading_stops_before_a_missing_number(folder: Path) -> None:
    drop(folder, "licence_full_20261110000000_0007.csv", "a")
    drop(folder, "licence_inc_20261111000000_0008.csv", "b")
    drop(folder, "licence_inc_20261113000000_0010.csv", "d")
    came, error = until_raised(opened(folder).rows(STREAM, None, full=False))
    assert ids(came) == ["a", "b"]
    assert (error.kind, error.subject) == ("missing_file", "licence_inc_20261113000000_0010.csv")
    assert "number 9" in str(error)
    drop(folder, "licence_inc_20261112000000_0009.csv", "c")
    assert ids(read(folder, came[-1].cursor)) == ["c", "d"]


@pytest.mark.usefixtures("hasty")
def test_a_done_file_before_the_last_bytes_is_not_believed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(folder, FIRST, "a")
    whole = FolderStore.blocks

    def grows(self: FolderStore, name: str) -> Iterator[bytes]:
        yield from whole(self, name)
        with (self.folder / name).open("ab") as file:
            file.write(b"b,1\r\n")

    monkeypatch.setattr(FolderStore, "blocks", grows)
    with pytest.raises(RetryLater, match="still being written"):
        read(folder)
    monkeypatch.undo()
    assert ids(read(folder)) == ["a", "b", "b", "b"]


@pytest.mark.usefixtures("hasty")
def test_a_wrong_checksum_is_a_finding(folder: Path) -> None:
    drop(folder, FIRST, "a", sign="sha256")
    (folder / f"{FIRST}.sha256").write_text("0" * 64)
    came, error = until_raised(opened(folder, STREAM, "checksum").rows(STREAM, None, full=False))
    assert (came, error.kind, error.subject) == ([], "checksum", FIRST)
    (folder / f"{FIRST}.sha256").write_bytes(b"0" * 5000)
    with pytest.raises(RetryLater, match="no checksum"):
        list(opened(folder, STREAM, "checksum").rows(STREAM, None, full=False))


def test_a_place_with_too_many_files_and_a_file_too_large_are_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(folder, FIRST, "a")
    monkeypatch.setattr(stores, "MOST_BYTES", 3)
    with pytest.raises(PersonMustAct, match="divide it"):
        read(folder)
    monkeypatch.setattr(stores, "MOST_FILES", 1)
    with pytest.raises(PersonMustAct, match="over 1 files"):
        read(folder)


def test_the_bytes_kept_with_the_batches_are_the_file(folder: Path) -> None:
    text = "id,number\r\n" + "".join(f"r{i},某镕{i}\r\n" for i in range(3 * BATCH.rows))
    content = text.encode("gb18030")
    (folder / FIRST).write_bytes(content)
    (folder / f"{FIRST}.done").touch()
    transport = {
        "kind": "files",
        "store": "folder",
        "address": "XX_URL",
        "format": "csv",
        "encoding": "gb18030",
        "complete": "done",
    }
    secrets = made_secrets(folder.parent / "home", URL=str(folder))
    client = open_connector(made_system(transport, STREAM), secrets, system_clock)
    batches = list(client.rows(STREAM, None, full=False))
    assert b"".join(batch.raw or b"" for batch in batches) == content
    rest = list(client.rows(STREAM, batches[0].cursor, full=False))
    assert [batch.raw for batch in rest] == [batch.raw for batch in batches[1:]]


def test_of_plain_utf_8_the_bytes_around_a_bad_row_are_kept(folder: Path) -> None:
    (folder / FIRST).write_bytes(b"id,number\r\n" + b"a,1\r\n" * BATCH.rows + b"b,\xff\r\n")
    (folder / f"{FIRST}.done").touch()
    batches = read(folder)
    assert batches[0].raw is None
    assert (batches[1].raw or b"").endswith(b"b,\xff\r\n")
    assert batches[1].frame["+bad"].tolist() == [
        f"line {BATCH.rows + 2} holds bytes that are not in the file's encoding"
    ]


MEASURE = """
import hashlib, resource, sys, tempfile
from connectors.decode import READERS
file = tempfile.TemporaryFile()
file.write("序号,姓名,号码\\r\\n".encode("gbk"))
for i in range(0, int(sys.argv[1]), 1000):
    lines = (f"{j},某市民{j},{'9' * 200}\\r\\n" for j in range(i, i + 1000))
    file.write("".join(lines).encode("gbk"))
file.seek(0)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
rows = sum(chunk.frame().shape[0] for chunk in READERS["csv"](file, "gbk"))
print(rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_memory_does_not_grow_with_the_file() -> None:
    """70 MB of CSV within 64 MB beside what Python itself takes."""
    ran = subprocess.run(
        [sys.executable, "-c", MEASURE, "320000"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    rows, grown = map(int, ran.stdout.split())
    assert rows == 320_000
    assert grown < 64 * 1024  # kilobytes
