"""An older version's programs beside this one's during an upgrade: clerks look, systems are synced.

The older version is a commit of this repository, run in the same environment. It makes the
installation and serves it; this version brings its tables up meanwhile and serves the same
installation from a second portal; then the older one ends.
"""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import requests

from bench.soak.clerks import Clerks
from cli.installation import free_base

Figure = dict[str, Any]
ROOT = Path(__file__).parents[2]
NEWEST = "pipeline/migrations/versions"
SYSTEMS = ("sc_food", "ga_seal", "rs_insurance")
SECONDS = 900.0


def figure(value: float, goal: str = "-", holds: bool | None = None) -> Figure:
    """One line of the table."""
    return {"value": round(value, 1), "goal": goal, "holds": holds}


def run(arguments: list[str]) -> dict[str, Figure]:
    """Upgrade under clerks, and give the table. What was refused is named above it."""
    parser = argparse.ArgumentParser(prog="bench upgrade")
    parser.add_argument("--before", help="a commit; without it the last one with older tables")
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--clerks", type=int, default=8)
    parser.add_argument("--looks", type=int, default=60, help="answers in each of three stages")
    options = parser.parse_args(arguments)
    commit = options.before or _git("log", "-1", "--diff-filter=A", "--format=%H^", "--", NEWEST)
    with tempfile.TemporaryDirectory() as name:
        older, home = Path(name) / "older", Path(name) / "home"
        with tarfile.open(fileobj=io.BytesIO(_archive(commit))) as archive:
            archive.extractall(older, filter="data")
        with _serving(older, home, options.people) as old_portal:
            return _upgraded(Upgrade(older, home), old_portal, options)


class Upgrade:
    """Commands of both versions on one installation."""

    def __init__(self, older: Path, home: Path) -> None:
        self.older, self.home = older, home
        self.failed: list[str] = []

    def zhongtai(self, root: Path, *words: str) -> float:
        """Run a command of a version. Gives its seconds; how it failed is kept."""
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", *words, "--home", str(self.home)],
            cwd=root,
            env=_environment(root, self.home),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        if done.returncode:
            said = (done.stderr.strip().splitlines() or [""])[-1]
            which = "older" if root == self.older else "newer"
            self.failed.append(f"{which}: zhongtai {' '.join(words)}: {done.returncode} {said}")
        return time.monotonic() - began

    def syncs(self, root: Path) -> None:
        """Some systems, read and sealed by that version."""
        for system in SYSTEMS:
            self.zhongtai(root, "sync", system, "--full")


def _upgraded(upgrade: Upgrade, old_portal: str, options: argparse.Namespace) -> dict[str, Figure]:
    old = Clerks(old_portal, options.clerks, 1)
    old.start()
    _until(lambda: len(old.seen.times) >= options.looks)
    before, usual = len(old.seen.times), set(old.seen.reasons)
    seconds = upgrade.zhongtai(ROOT, "install")
    during = len(old.seen.times) - before
    with _portal(upgrade.home) as new_portal:
        new = Clerks(new_portal, options.clerks, 2)
        new.start()
        upgrade.syncs(upgrade.older)
        upgrade.syncs(ROOT)
        beside = len(old.seen.times) + options.looks
        _until(lambda: len(old.seen.times) >= beside and len(new.seen.times) >= options.looks)
        old.stop()
        upgrade.zhongtai(upgrade.older, "ledger", "verify")
        alone = len(new.seen.times) + options.looks
        _until(lambda: len(new.seen.times) >= alone)
        new.stop()
    upgrade.zhongtai(ROOT, "ledger", "verify")
    upgrade.zhongtai(ROOT, "certs", "audit")
    refused = [f"older portal: {one}" for one in _refused(old, usual)]
    refused += [f"newer portal: {one}" for one in _refused(new, usual)]
    for one in [*upgrade.failed, *refused]:
        print(one)
    return {
        "seconds of zhongtai install": figure(seconds),
        "answers before": figure(before),
        "answers of the older portal meanwhile": figure(during, ">= 1", during > 0),
        "answers of the older portal on new tables": figure(len(old.seen.times) - before - during),
        "answers of the newer portal": figure(len(new.seen.times)),
        "refused": figure(len(refused), "0", not refused),
        "commands that failed": figure(len(upgrade.failed), "0", not upgrade.failed),
    }


def _refused(clerks: Clerks, usual: set[str]) -> Iterator[str]:
    """What was not answered; `usual`: reasons for which cases were refused before, closed ones."""
    seen = clerks.seen
    for status, many in seen.statuses.items():
        if status not in (200, 403):
            yield f"{status} ({many})"
    yield from (f"{why} ({many})" for why, many in seen.reasons.items() if why not in usual)
    if seen.away:
        yield f"away ({seen.away})"


@contextmanager
def _serving(older: Path, home: Path, people: int) -> Iterator[str]:
    """The older version's installation, by its own code. Gives its portal's address."""
    script = ROOT / "bench" / "upgrade" / "older.py"
    with subprocess.Popen(
        [sys.executable, str(script), str(home), str(people)],
        cwd=older,
        env=_environment(older, home),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise ValueError("it is started with pipes")
        try:
            yield next(line.strip() for line in process.stdout if line.startswith("http"))
        finally:
            process.stdin.close()
            process.wait(SECONDS)


@contextmanager
def _portal(home: Path) -> Iterator[str]:
    """This version's portal beside the other one."""
    port = free_base()
    with subprocess.Popen(
        [sys.executable, "-m", "portal", "--port", str(port)],
        cwd=ROOT,
        env=_environment(ROOT, home),
        stdin=subprocess.DEVNULL,
    ) as process:
        try:
            _until(lambda: _answers(f"http://127.0.0.1:{port}"))
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/health", timeout=5).ok
    except requests.ConnectionError:
        return False


def _environment(root: Path, home: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(root), "ZHONGTAI_HOME": str(home)}


def _until(what: Callable[[], bool]) -> None:
    """Raises TimeoutError when it does not come."""
    end, pause = time.monotonic() + SECONDS, Event()
    while not what():
        if time.monotonic() > end:
            raise TimeoutError("it did not come so far in a quarter of an hour")
        pause.wait(0.05)


def _archive(commit: str) -> bytes:
    return subprocess.run(
        ["git", "archive", "--format=tar", commit], cwd=ROOT, capture_output=True, check=True
    ).stdout


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()
