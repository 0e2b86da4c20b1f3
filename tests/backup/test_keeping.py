"""A backup folder lets go of what no kept moment needs, and of nothing else."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from pipeline.backup.keeping import let_go
from pipeline.backup.manifest import bases
from pipeline.backup.objects import Version, as_of, pass_files, place, versions, write_file

NOW = datetime(2026, 11, 30, 2, tzinfo=UTC)
DAYS = (60, 40, 20, 1)  # days ago that bases ended
SIZE = 1024  # of a file of the log, so that they are small here


def base(folder: Path, ago: int, low: int) -> None:
    """A base backup that needs the log from its file number `low` on."""
    ended = NOW - timedelta(days=ago)
    place = folder / "bases" / f"{ended:%Y%m%dT%H%M%S.%fZ}"
    facts = {"facts": {"ended": ended.isoformat()}, "key_id": "k", "signature": "00"}
    ranges = [{"Timeline": 1, "Start-LSN": f"0/{low * SIZE + 40:X}", "End-LSN": "0/FFFFFF"}]
    write_file(place / "database" / "backup_manifest", json.dumps({"WAL-Ranges": ranges}).encode())
    write_file(place / "database" / "base.tar", b"")
    write_file(place / "manifest.json", json.dumps(facts).encode())


def version(name: str, ago: int, letter: str) -> Version:
    modified = (NOW - timedelta(days=ago)).timestamp()
    return Version(name, f"e{ago}", modified, letter * 64, 1)


def a_pass(folder: Path, ago: int, *found: Version) -> None:
    begun = NOW - timedelta(days=ago)
    for one in found:
        write_file(place(folder, one.sha256), b"x")
    lines = [json.dumps(asdict(one)) for one in found]
    lines.append(json.dumps({"end": True, "objects": 9, "new": len(found), "followed": True}))
    name = f"{begun:%Y%m%dT%H%M%S.%fZ}.jsonl"
    write_file(folder / "passes" / name, ("\n".join(lines) + "\n").encode())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four bases, a log of ten files, an object that was replaced twice and one that was not."""
    for number, ago in enumerate(DAYS):
        base(tmp_path, ago, 2 + 2 * number)
    for number in range(10):
        write_file(tmp_path / "wal" / f"0000000100000000{number:08X}", b"w" * SIZE)
    write_file(tmp_path / "wal" / "00000002.history", b"h")
    write_file(tmp_path / "wal" / f"0000000100000000{10:08X}.partial", b"w" * SIZE)
    a_pass(tmp_path, 58, version("raw/a", 59, "a"), version("copies/b", 59, "b"))
    a_pass(tmp_path, 44, version("raw/a", 45, "c"))
    a_pass(tmp_path, 29, version("raw/a", 30, "d"))
    return tmp_path


def test_every_moment_of_the_days_stays_and_the_base_before_them(folder: Path) -> None:
    done = let_go(folder, NOW, 30)
    assert done is not None
    assert [(NOW - one.ended).days for one in bases(folder)] == [40, 20, 1]
    assert done.since == NOW - timedelta(days=40)
    assert (done.bases, done.segments, done.contents) == (1, 4, 1)
    left = sorted(file.name[16:] for file in (folder / "wal").glob("0000000100000000*"))
    assert left == [f"{n:08X}" for n in range(4, 10)] + [f"{10:08X}.partial"]
    assert (folder / "wal" / "00000002.history").is_file()


def test_what_a_kept_moment_needs_is_there_and_what_went_is_on_no_list(folder: Path) -> None:
    moments = [NOW - timedelta(days=ago) for ago in (40, 35, 25, 0)]
    before = [as_of(folder, at) for at in moments]
    let_go(folder, NOW, 30)
    assert [as_of(folder, at) for at in moments] == before
    assert [one.sha256[0] for one in versions(folder)] == ["b", "c", "d"]
    assert all(place(folder, one.sha256).is_file() for one in versions(folder))
    assert not place(folder, "a" * 64).exists()
    assert len(pass_files(folder)) == 3


def test_again_lets_go_of_nothing_and_the_last_base_never_goes(folder: Path) -> None:
    let_go(folder, NOW, 30)
    again = let_go(folder, NOW, 30)
    assert again is not None
    assert (again.bases, again.segments, again.contents) == (0, 0, 0)
    let_go(folder, NOW + timedelta(days=4000), 1)
    assert [(NOW - one.ended).days for one in bases(folder)] == [1]


def test_a_kill_in_the_middle_of_a_base_is_mended(folder: Path) -> None:
    oldest = bases(folder)[0].folder
    (oldest / "manifest.json").unlink()  # the first thing that goes
    done = let_go(folder, NOW, 30)
    assert done is not None
    assert not oldest.exists()


def test_a_folder_without_a_base_keeps_all(tmp_path: Path) -> None:
    write_file(tmp_path / "wal" / ("0" * 24), b"w")
    said = CliRunner().invoke(app, ["backup", "keep", "--to", str(tmp_path), "--days", "30"])
    assert "holds no base backup yet: nothing is let go of" in said.output
    assert (tmp_path / "wal" / ("0" * 24)).is_file()


def test_the_command_says_what_went(folder: Path) -> None:
    said = CliRunner().invoke(app, ["backup", "keep", "--to", str(folder), "--days", "1"])
    assert "let go of" in said.output
    wrong = CliRunner().invoke(app, ["backup", "keep", "--to", str(folder / "no"), "--days", "1"])
    assert wrong.exit_code != 0
