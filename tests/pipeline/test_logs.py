"""One JSON line an event, from Airflow's task to the row; read by run, batch and request."""

from __future__ import annotations

import json
import logging
import os
import pty
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import select

from certs.tables import licence as sealed_licence
from kernel import logs
from kernel.errors import BadInput
from kernel.house import House
from landing.tables import licence as landed
from pipeline.ops.loglines import Wanted, of_batch, read, said
from tests.e2e.shell import zhongtai
from tests.pipeline.sources import CODE, environment, licence, on_disk
from tests.pipeline.watched import town
from tests.running_portal import running_portal

RUN = "scheduled__2026-11-26T02:13:00+00:00"
Servers = dict[str, str | int]


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """What a test starts in this process ends with it."""
    ours = logging.getLogger("zhongtai")
    handlers, spread = ours.handlers[:], ours.propagate
    yield
    ours.handlers[:], ours.propagate = handlers, spread


def task(home: Path, call: str) -> int:
    """A task in a process of its own, as Airflow starts one; its exit code."""
    env = {**environment(), "ZHONGTAI_HOME": str(home)}
    code = f"from pipeline import tasks; tasks.{call}"
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=False)
    return done.returncode


def words(home: Path, **wanted: Any) -> list[str]:
    """What the lines say."""
    return [line["words"] for line in read(home, Wanted(**wanted))]


def test_a_run_is_followed_from_its_task_to_its_rows(
    house: House, servers: Servers, tmp_path: Path
) -> None:
    with town(house, tmp_path, *(licence(f"k{n}") for n in range(7))) as (one, _, _):
        home = on_disk(one, servers)
        assert task(home, f"land('{CODE}', '{RUN}')") == 0
        assert task(home, f"seal('{CODE}', '{RUN}')") == 0
        with one.engine.connect() as conn:
            rows = conn.execute(select(landed.c.batch, landed.c.run)).all()
            of_licences = set(conn.scalars(select(sealed_licence.c.batch)))
    lines = list(read(home, Wanted(run=RUN)))
    heard = [line["words"].split(":")[0] for line in lines]
    assert heard == [
        "task began", "sync began", "batch landed", f"{CODE} licence", "sync done",
        "task done", "task began", "licences sealed by one signature", "licences sealed",
        "task done",
    ]  # fmt: skip
    assert {(line["program"], line["run"], line["system"]) for line in lines} == {
        ("airflow", RUN, CODE)
    }
    batches = {line["batch"] for line in lines if "batch" in line}
    assert batches == {row.batch for row in rows} == of_licences
    assert sum(line["figures"]["stored"] for line in lines if "batch" in line) == len(rows) == 7
    for batch in batches:
        assert list(read(home, of_batch(batch))) == lines


def test_a_failed_run_has_the_id_of_the_request_that_failed(
    house: House, servers: Servers, tmp_path: Path
) -> None:
    with town(house, tmp_path) as (one, source, _):
        source.refuses = True
        assert task(on_disk(one, servers), f"land('{CODE}', 'r1')") == 1
        home = one.settings.home
    failed = list(read(home, Wanted(run="r1", level="error")))
    assert [line["words"].split(":")[0] for line in failed] == [
        "sync failed",
        "task failed, a person must act",
    ]
    assert failed[0]["request"] == source.ids[-1]
    assert words(home, request=source.ids[-1]) == [failed[0]["words"]]


def test_a_request_is_found_by_the_number_on_its_answer(
    house: House, servers: Servers, tmp_path: Path
) -> None:
    home = on_disk(house, servers)
    with running_portal(home, tmp_path) as url:
        answer = requests.get(f"{url}/login?name=36070219850307123X", timeout=20)
        wrong = requests.get(f"{url}/nothing/36070219850307123X", timeout=20)
        assert requests.get(f"{url}/health", timeout=20).ok
        assert requests.get(f"{url}/static/icon.svg", timeout=20).ok
    (line,) = read(home, Wanted(request=answer.headers["X-Request-Id"]))
    about = {name: line[name] for name in ("level", "program", "method", "route", "words")}
    assert about == {"level": "info", "program": "portal", "method": "GET", "route": "/login",
                     "words": "answered"}  # fmt: skip
    assert line["figures"]["status"] == 200
    (line,) = read(home, Wanted(request=wrong.headers["X-Request-Id"]))
    assert line["route"] == "unmatched"
    routes = {line.get("route") for line in read(home, Wanted())}
    assert routes == {None, "/login", "unmatched"}
    everything = b"".join(
        file.read_bytes() for file in (home / "logs").rglob("*") if file.is_file()
    )
    assert b"36070219850307123X" not in everything + (tmp_path / "portal.log").read_bytes()


def test_the_command_reads_them(house: House, servers: Servers, tmp_path: Path) -> None:
    with town(house, tmp_path) as (one, _, _):
        home = on_disk(one, servers)
        assert task(home, f"land('{CODE}', 'r1')") == 0
    told = zhongtai("logs", "--run", "r1", home=home)
    assert (told.code, told.err) == (0, "")
    assert " info    airflow batch landed  (run r1, system sc_food, stream licence, " in told.out
    batch = next(line["batch"] for line in read(home, Wanted()) if "batch" in line)
    again = zhongtai("logs", "--batch", batch, "--json", home=home)
    assert [said(json.loads(line)) for line in again.out.splitlines()] == told.out.splitlines()
    assert zhongtai("logs", "--run", "r2", home=home).code == 2


def test_a_wrong_level_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no level loud"):
        list(read(tmp_path, Wanted(level="loud")))


def test_a_long_number_in_a_sentence_is_masked_and_no_other_text_is_taken(tmp_path: Path) -> None:
    logs.start("test", tmp_path)
    logs.warning("the source said: no person 36070219850307123X, nor 360702198503071")
    assert words(tmp_path) == ["the source said: no person [number], nor [number]"]
    with pytest.raises(ValueError, match="a line is not about holder"):
        logs.info("looked", holder="某人")


def test_lines_of_many_processes_are_whole_and_what_is_bound_is_theirs(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from kernel import logs\n"
        "logs.start('test', Path(sys.argv[1]))\n"
        "with logs.about(run=sys.argv[2]):\n"
        "    for n in range(500): logs.info('x' * 300, n=n)\n"
    )

    def write(run: str) -> int:
        command = [sys.executable, "-c", code, str(tmp_path), run]
        return subprocess.run(command, env=environment(), check=False).returncode

    with ThreadPoolExecutor(4) as many:
        assert list(many.map(write, "abcd")) == [0] * 4
    for run in "abcd":
        numbers = [line["figures"]["n"] for line in read(tmp_path, Wanted(run=run))]
        assert numbers == list(range(500))


def test_days_beyond_the_kept_ones_are_removed_when_a_new_day_begins(tmp_path: Path) -> None:
    folder = logs.folder_of(tmp_path)
    folder.mkdir(parents=True)
    for day in ("2020-01-01", "2999-01-01"):
        (folder / f"{day}.jsonl").touch()
    logs.start("test", tmp_path)
    logs.info("a first line")
    today = time.strftime("%Y-%m-%d", time.gmtime())
    assert {file.stem for file in folder.iterdir()} == {today, "2999-01-01"}


def test_a_file_that_was_moved_away_is_begun_anew(tmp_path: Path) -> None:
    logs.start("test", tmp_path)
    logs.info("before")
    (file,) = logs.folder_of(tmp_path).iterdir()
    file.unlink()
    logs.info("after")
    assert words(tmp_path) == ["after"]


def test_a_folder_that_takes_no_line_ends_no_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be", "utf-8")
    logs.start("test", tmp_path)
    logs.error("this is lost")
    assert "a log line could not be written" in capsys.readouterr().err


@pytest.mark.parametrize(("terminal", "begins"), [(True, "20"), (False, "{")])
def test_a_person_at_a_terminal_reads_words_and_a_pipe_gets_json(
    tmp_path: Path, terminal: bool, begins: str
) -> None:
    ours, theirs = pty.openpty() if terminal else os.pipe()
    code = (
        "import sys; from pathlib import Path; from kernel import logs\n"
        "logs.start('portal', Path(sys.argv[1])); logs.info('quiet'); logs.warning('loud')\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    assert subprocess.run(command, env=environment(), stderr=theirs, check=True).returncode == 0
    shown = os.read(ours, 4096).decode()
    os.close(ours)
    os.close(theirs)
    assert shown.startswith(begins)
    assert "loud" in shown
    assert "quiet" not in shown
    assert words(tmp_path) == ["quiet", "loud"]


def test_where_standard_error_is_asked_for_all_goes_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.start("test", tmp_path, "stderr")
    logs.info("heard", run="r1")
    assert json.loads(capsys.readouterr().err)["run"] == "r1"
    assert not (tmp_path / "logs").exists()
