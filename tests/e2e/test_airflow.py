"""One round through Airflow, as `make run` does it: killed in its middle, and run again."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from city.world.truth import personal_numbers
from cli.installation import free_base
from tests.e2e.closed import secrets_of, told_by, told_in
from tests.e2e.installed import PEOPLE, ROOT
from tests.e2e.leaks import Numbers, files

MIDDLE = 8  # systems that have ended when the first start is killed
SECONDS = 400.0
#: What is left running when the launcher is killed: the next start must end it.
ORPHANS = ("portal", "city")
DEAD = psutil.STATUS_ZOMBIE


class Up:
    """`zhongtai up --once` in one folder, again and again."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.report = home.parent / "report.json"
        self.base = free_base()
        self.seen: set[psutil.Process] = set()
        self.told: set[str] = set()
        self.known: dict[str, bytes] = {}

    def start(self, log: Path) -> subprocess.Popen[bytes]:
        """Start the launcher; what it says goes to `log`."""
        words = ["up", "--once", "--people", str(PEOPLE), "--home", str(self.home)]
        words += ["--report", str(self.report), "--port-base", str(self.base)]
        with log.open("wb") as out:
            return subprocess.Popen(
                [sys.executable, "-m", "cli.main", *words],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def programs(self) -> dict[str, int]:
        """Name → pid of what the launcher has started."""
        known = json.loads((self.home / "pids.json").read_text("utf-8"))
        return {name: int(one["pid"]) for name, one in known.items()}

    def look(self, launcher: subprocess.Popen[bytes]) -> None:
        """Remember every process below the launcher, and which secrets it shows."""
        try:
            below = psutil.Process(launcher.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return
        self.seen.update(below)
        if (self.home / "keys" / "ledger.pem").is_file():
            self.known = secrets_of(self.home)
        for process in below:
            self.told |= told_by(process, self.known)

    def running(self) -> list[psutil.Process]:
        """Those of them that live; and any whose command names the folder."""
        found = {one for one in self.seen if one.is_running() and one.status() != DEAD}
        for process in psutil.process_iter(["cmdline"]):
            if any(str(self.home) in word for word in process.info["cmdline"] or ()):
                found.add(process)
        return sorted(found, key=lambda one: one.pid)


def end(process: psutil.Process) -> None:
    """Kill it, if it has not ended by itself since it was seen."""
    with suppress(psutil.NoSuchProcess):
        process.kill()


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """The launcher over a new folder; nothing of it is left at the end."""
    one = Up(tmp_path_factory.mktemp("airflow") / "home")
    yield one
    for process in one.running():
        end(process)


@pytest.fixture(scope="module")
def killed(up: Up) -> list[int]:
    """The first start, killed in the middle of its round: launcher, databases, stores, Airflow.

    Gives the pids of what was left running.
    """
    log = up.home.parent / "first.log"
    launcher = up.start(log)
    deadline = time.monotonic() + SECONDS
    while log.read_text("utf-8").count("\n  ok ") < MIDDLE:
        assert launcher.poll() is None, log.read_text("utf-8")
        assert time.monotonic() < deadline, log.read_text("utf-8")
        up.look(launcher)
        time.sleep(0.05)
    programs = up.programs()
    assert set(programs) >= {"airflow-scheduler", "airflow-api", "postgres", "s3", *ORPHANS}
    launcher.send_signal(signal.SIGKILL)
    launcher.wait()
    left = {programs[name] for name in ORPHANS}
    for process in up.running():
        if _session(process.pid) not in left:
            end(process)
    return sorted(left)


@pytest.fixture(scope="module")
def ended(up: Up, killed: list[int]) -> tuple[int, str]:
    """The second start over the same folder: exit status, and what it said."""
    log = up.home.parent / "second.log"
    launcher = up.start(log)
    deadline = time.monotonic() + SECONDS
    while launcher.poll() is None:
        assert time.monotonic() < deadline, log.read_text("utf-8")
        up.look(launcher)
        time.sleep(0.2)
    return launcher.returncode, log.read_text("utf-8")


def _session(pid: int) -> int:
    try:
        return os.getsid(pid)
    except (ProcessLookupError, PermissionError):
        return 0


def test_a_start_after_a_kill_ends_with_success(ended: tuple[int, str]) -> None:
    status, said = ended
    assert status == 0, said
    assert "Ended what an earlier run left behind" in said
    assert all(name in said for name in ORPHANS)
    assert "Traceback" not in said
    assert said.count("\n  ok ") == 47


def test_nothing_that_was_started_is_left(up: Up, ended: tuple[int, str]) -> None:
    assert len(up.seen) > 20
    assert up.running() == []


def test_no_program_shows_a_secret_and_no_log_holds_one(up: Up, ended: tuple[int, str]) -> None:
    assert {"DATABASE_PASSWORD", "AIRFLOW_JWT_SECRET", "CITY_S3_SECRET"} <= set(up.known)
    assert len(up.known) > 40
    assert up.told == set()
    assert told_in(up.home / "logs", up.known) == set()


@pytest.fixture(scope="module")
def report(up: Up, ended: tuple[int, str]) -> dict[str, Any]:
    """The report of the round that went through."""
    assert ended[0] == 0
    return dict(json.loads(up.report.read_text("utf-8")))


def test_the_report_has_the_shape_that_the_readme_lists(report: dict[str, Any]) -> None:
    assert shape(report) == {
        "seconds": float,
        "systems": list,
        "catalogue": {
            "version": int,
            "canonical_items": int,
            "county_items": int,
            "unified": int,
            "to_review": int,
        },
        "licences": {"published": int, "types": int},
        "ledger": {"entries": int, "verified": bool},
        "example": {"case": str, "materials": list, "waived": list},
    }
    for system in report["systems"]:
        look_up = "probes" in system
        counted = (
            {"probes": int, "answered": int}
            if look_up
            else {"source_rows": int, "stored_rows": int, "quarantined": int}
        )
        head = {"code": str, "state": str, "seconds": float, "streams": list}
        assert shape(system) == head | counted
        assert system["streams"]
        for stream in system["streams"]:
            assert shape(stream) == {"kind": str} | counted


def shape(document: dict[str, Any]) -> dict[str, Any]:
    """The type of every value; of objects, the types inside."""
    return {
        key: shape(value) if isinstance(value, dict) else type(value)
        for key, value in document.items()
    }


def test_the_report_says_that_all_holds(report: dict[str, Any]) -> None:
    systems = report["systems"]
    assert len({one["code"] for one in systems}) == len(systems) == 47
    assert {one["state"] for one in systems} == {"ok"}
    for system in systems:
        if "probes" in system:
            assert system["answered"] == system["probes"] > 0
            continue
        for part in [system, *system["streams"]]:
            assert part["source_rows"] == part["stored_rows"] + part["quarantined"]
        for name in ("source_rows", "stored_rows", "quarantined"):
            assert system[name] == sum(stream[name] for stream in system["streams"])
    assert sum(one.get("source_rows", 0) for one in systems) > 10_000
    assert sum(one.get("quarantined", 0) for one in systems) > 0
    assert len([one for one in systems if "probes" in one]) == 4


def test_the_reports_catalogue_licences_ledger_and_example(report: dict[str, Any]) -> None:
    catalogue = report["catalogue"]
    assert catalogue["version"] >= 1
    assert catalogue["unified"] + catalogue["to_review"] == catalogue["county_items"] > 0
    assert catalogue["canonical_items"] > 1000
    assert report["licences"]["published"] > 900
    assert report["licences"]["types"] > 40
    assert report["ledger"]["verified"] is True
    assert report["ledger"]["entries"] > 0
    example = report["example"]
    assert example["waived"]
    assert set(example["waived"]) < set(example["materials"])


def test_no_citizen_number_in_what_airflow_wrote(up: Up, report: dict[str, Any]) -> None:
    """Its logs, its database's files, the report; and everything of the platform once more."""
    with sqlite3.connect(up.home / "city" / "world.db") as conn:
        numbers = Numbers(personal_numbers(conn))
    assert len(numbers.known) > 200
    assert list((up.home / "logs" / "airflow").rglob("*.log"))
    leaks = [
        f"{folder}/{name}"
        for folder in ("logs", "postgres", "s3", "airflow")
        for name, data in files(up.home / folder)
        if numbers.among(data)
    ]
    assert leaks == []
    assert not numbers.among(up.report.read_bytes())
    for log in up.home.parent.glob("*.log"):
        assert not numbers.among(log.read_bytes())
