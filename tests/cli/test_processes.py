"""Children end whole, and what a killed launcher left behind is found and ended, nothing else."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from cli import postgres
from cli.processes import end_leftovers, start
from tests.ports import free_ports

#: A program whose child has a process group of its own, as Airflow's tasks have.
FAMILY = (
    "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', "
    "'import os, time; os.setpgid(0, 0); print(os.getpid(), flush=True); time.sleep(600)']); "
    "time.sleep(600)"
)


def grandchild(log: Path) -> psutil.Process:
    deadline = time.monotonic() + 20
    while not (log.exists() and log.read_text().strip().isdigit()):
        assert time.monotonic() < deadline, "the grandchild did not start"
        time.sleep(0.02)
    return psutil.Process(int(log.read_text()))


def test_stopping_a_child_ends_its_whole_session(tmp_path: Path) -> None:
    child = start(tmp_path, "family", [sys.executable, "-c", FAMILY])
    inner = grandchild(child.log)
    child.stop(1)
    assert not child.alive()
    assert not inner.is_running()


def test_what_a_killed_launcher_left_is_ended_by_the_next(tmp_path: Path) -> None:
    child = start(tmp_path, "family", [sys.executable, "-c", FAMILY])
    inner = grandchild(child.log)
    os.kill(child.process.pid, signal.SIGKILL)
    child.process.wait()
    assert inner.is_running()
    assert end_leftovers(tmp_path) == ["family"]
    assert not inner.is_running()
    assert end_leftovers(tmp_path) == []


def test_a_later_owner_of_the_number_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True
    ) as other:
        try:
            known = {"gone": {"pid": other.pid, "started": 1.0}}
            (tmp_path / "pids.json").write_text(json.dumps(known))
            assert end_leftovers(tmp_path) == []
            assert other.poll() is None
        finally:
            other.kill()


@pytest.mark.parametrize("content", ["", "{", "[]x"])
def test_a_broken_list_of_children_is_no_obstacle(tmp_path: Path, content: str) -> None:
    (tmp_path / "pids.json").write_text(content)
    assert end_leftovers(tmp_path) == []


def test_a_database_waits_for_what_a_killed_one_left(tmp_path: Path) -> None:
    """The first one still holds the folder when the second one starts."""
    data, first_port = tmp_path / "data", free_ports(2)
    second_port = first_port + 1
    postgres.make_cluster(data, "a password")
    first = postgres.start_cluster(tmp_path, "first", data, first_port)
    second = None
    try:
        postgres.wait_ready(first, first_port, "a password")
        second = postgres.start_cluster(tmp_path, "second", data, second_port)
        second.process.wait(30)  # refused: the folder is in use
        stopping = threading.Thread(target=postgres.stop, args=(first,))
        stopping.start()
        postgres.wait_ready(second, second_port, "a password")
        stopping.join()
        assert second.alive()
    finally:
        for child in (first, second):
            if child is not None:
                postgres.stop(child)
