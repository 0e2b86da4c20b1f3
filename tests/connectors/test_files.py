"""Dropped files: order, completeness, resuming; folders and a real object store."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from minio import Minio

from connectors import Connector, open_connector
from connectors.frames import BATCH
from kernel.batch import Batch
from kernel.clock import system_clock
from kernel.errors import NotAuthorised, PersonMustAct, RetryLater
from registry.contract import Stream
from tests.connectors.made import ids, made_secrets, made_stream, made_system

STREAM = made_stream(path="licence", deletes={"sign": "flag", "column": "op", "value": "D"})
FULL = made_stream(path="licence", mode="full", cursor=None, deletes={"sign": "absence"})


def drop(folder: Path, name: str, *rows: str, sign: str = "done") -> None:
    """A CSV file of ids, and its sign."""
    content = ("id,number\r\n" + "".join(f"{row},1\r\n" for row in rows)).encode()
    (folder / name).write_bytes(content)
    if sign == "sha256":
        told = f"{hashlib.sha256(content).hexdigest()}  {name}\n"
        (folder / f"{name}.sha256").write_text(told)
    elif sign == "done":
        (folder / f"{name}.done").touch()


def opened(folder: Path, stream: Stream = STREAM, complete: str = "done") -> Connector:
    """The client of a folder."""
    transport = {
        "kind": "files",
        "store": "folder",
        "address": "XX_URL",
        "format": "csv",
        "encoding": "utf-8",
        "complete": complete,
    }
    secrets = made_secrets(folder.parent / "home", URL=str(folder))
    return open_connector(made_system(transport, stream), secrets, system_clock)


def read(
    folder: Path, cursor: str | None = None, stream: Stream = STREAM, full: bool = False
) -> list[Batch]:
    """Every batch from the cursor on."""
    return list(opened(folder, stream).rows(stream, cursor, full))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder."""
    made = tmp_path / "drops"
    made.mkdir()
    return made


def test_the_newest_full_file_comes_first_then_the_increments_after_it(folder: Path) -> None:
    drop(folder, "licence_full_20261101000000.csv", "old")
    drop(folder, "licence_inc_20261102000000.csv", "older")
    drop(folder, "licence_full_20261110000000.csv", "a", "b")
    drop(folder, "licence_inc_20261111000000.csv", "c")
    drop(folder, "licence_inc_20261112000000.csv", "d")
    drop(folder, "case_full_20261112000000.csv", "not ours")
    batches = read(folder)
    assert ids(batches) == ["a", "b", "c", "d"]
    assert read(folder, batches[-1].cursor) == []
    drop(folder, "licence_inc_20261113000000.csv", "e")
    assert ids(read(folder, batches[-1].cursor)) == ["e"]
    assert ids(read(folder, batches[-1].cursor, full=True)) == ["a", "b", "c", "d", "e"]


def test_a_later_file_does_not_overtake_one_that_is_not_complete(folder: Path) -> None:
    drop(folder, "licence_full_20261110000000.csv", "a")
    drop(folder, "licence_inc_20261111000000.csv", "b", sign="none")
    drop(folder, "licence_inc_20261112000000.csv", "c")
    batches = read(folder)
    assert ids(batches) == ["a"]
    drop(folder, "licence_inc_20261111000000.csv", "b")
    assert ids(read(folder, batches[-1].cursor)) == ["b", "c"]


def test_a_full_stream_is_its_newest_complete_file_each_time(folder: Path) -> None:
    drop(folder, "licence_full_20261110000000.csv", "a", "b")
    drop(folder, "licence_full_20261112000000.csv", "a", sign="none")
    batches = read(folder, None, FULL)
    assert ids(batches) == ["a", "b"]
    assert ids(read(folder, batches[-1].cursor, FULL)) == ["a", "b"]


def test_nothing_complete_yet_is_said_and_never_taken_for_empty(folder: Path) -> None:
    drop(folder, "licence_full_20261110000000.csv", "a", sign="none")
    for stream in (STREAM, FULL):
        with pytest.raises(RetryLater, match="no complete full file"):
            read(folder, None, stream)


@pytest.mark.usefixtures("hasty")
def test_a_file_that_disagrees_with_its_checksum_is_not_read(folder: Path) -> None:
    drop(folder, "licence_full_20261110000000.csv", "a", sign="sha256")
    (folder / "licence_full_20261110000000.csv").write_bytes(b"id,number\r\nb,1\r\n")
    with pytest.raises(RetryLater, match="checksum"):
        list(opened(folder, STREAM, "checksum").rows(STREAM, None, full=False))


def test_a_read_cut_inside_a_file_goes_on_behind_the_landed_rows(folder: Path) -> None:
    rows = [f"r{i:05}" for i in range(2 * BATCH.rows + 7)]
    drop(folder, "licence_full_20261110000000.csv", *rows)
    drop(folder, "licence_inc_20261111000000.csv", "x")
    whole = read(folder)
    assert ids(whole) == [*rows, "x"]
    for i, batch in enumerate(whole):
        assert ids([*whole[: i + 1], *read(folder, batch.cursor)]) == [*rows, "x"]


@pytest.mark.usefixtures("hasty")
def test_a_broken_file_names_itself_and_a_folder_away_is_retry_later(folder: Path) -> None:
    drop(folder, "licence_full_20261110000000.csv", 'a"b,"c')
    with pytest.raises(PersonMustAct, match=r"licence_full_20261110000000\.csv of xx_test"):
        read(folder)
    with pytest.raises(RetryLater, match="folder of xx_test"):
        opened(folder / "away").check()


def test_files_in_an_object_store_are_read_and_a_wrong_secret_is_refused(
    servers: dict[str, Any], tmp_path: Path
) -> None:
    place, access = f"127.0.0.1:{servers['s3_port']}", str(servers["s3_id"])
    client = Minio(place, access, str(servers["s3_secret"]), secure=False)
    client.make_bucket("drops-here")
    for name, content in (
        ("full_20261110000000.jsonl", b'{"id":"a","n":1.50}\n'),
        ("full_20261110000000.jsonl.done", b""),
    ):
        client.put_object("drops-here", f"xx/licence_{name}", io.BytesIO(content), len(content))
    transport = {
        "kind": "files",
        "store": "s3",
        "address": "XX_URL",
        "format": "jsonl",
        "encoding": "utf-8",
        "complete": "done",
        "auth": {"kind": "s3", "id": "XX_ID", "secret": "XX_SECRET"},
    }
    system = made_system(transport, STREAM)
    address = {"URL": f"http://{place}/drops-here/xx", "ID": access}
    secrets = made_secrets(tmp_path / "good", **address, SECRET=str(servers["s3_secret"]))
    batches = list(open_connector(system, secrets, system_clock).rows(STREAM, None, full=False))
    assert batches[0].frame.to_dict("list") == {"id": ["a"], "n": ["1.50"]}
    assert json.loads(str(batches[0].cursor))["file"] == "licence_full_20261110000000.jsonl"
    wrong = made_secrets(tmp_path / "wrong", **address, SECRET="wr0ng-secret")
    with pytest.raises(NotAuthorised) as raised:
        open_connector(system, wrong, system_clock).check()
    assert "wr0ng" not in str(raised.value)
