"""Child processes: started in their own session, remembered by pid and start time, ended whole.

A session and not a group: some programs give their children groups of their own. What a killed
run left behind is found again in `pids.json` of the state folder. A pid alone is not enough, since
the system gives pids out again: the start time must agree too.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import psutil

_REMEMBERING = threading.Lock()


class Child:
    """One running program with its own session and log file."""

    def __init__(self, name: str, run: Callable[[], subprocess.Popen[bytes]], log: Path) -> None:
        self.name = name
        self._run = run
        self.process = run()
        self.log = log

    def again(self) -> None:
        """Start the same program anew, after it has ended."""
        self.process.wait()
        self.process = self._run()

    def alive(self) -> bool:
        """Whether it is running."""
        return self.process.poll() is None

    def stop(self, seconds: float = 10, first: signal.Signals = signal.SIGTERM) -> None:
        """End the whole session: politely, then by force. Waits for it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, first)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        _end(lambda: _session(self.process.pid))
        self.process.wait()


def start(
    home: Path,
    name: str,
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Child:
    """Start a program in its own session; its output goes to `logs/<name>.log`."""
    logs = home / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / f"{name}.log"

    def run() -> subprocess.Popen[bytes]:
        with log.open("ab") as out:
            process = subprocess.Popen(
                command,
                stdout=out,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **(env or {})},
                cwd=cwd,
                start_new_session=True,
            )
        remember(home, name, process.pid)
        return process

    return Child(name, run, log)


def remember(home: Path, name: str, pid: int) -> None:
    """Write down a program that we started."""
    file = home / "pids.json"
    with _REMEMBERING:
        known = _read(file)
        known[name] = {"pid": pid, "started": psutil.Process(pid).create_time()}
        _write(file, known)


def end_leftovers(home: Path) -> list[str]:
    """End what a killed run left behind. Returns the names of what was still running."""
    file = home / "pids.json"
    ended = []
    for name, entry in _read(file).items():
        find = partial(_ours, int(entry["pid"]), entry["started"])
        if find():
            ended.append(name)
        _end(find)
    if file.exists():
        _write(file, {})
    return ended


def _end(find: Callable[[], list[psutil.Process]]) -> None:
    """Kill what `find` finds, and again what was forked meanwhile, until nothing is left."""
    for _ in range(20):
        processes = find()
        if not processes:
            return
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(processes, 10)


def _session(leader: int) -> list[psutil.Process]:
    """The living processes of a session."""
    members = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError, PermissionError):
            if os.getsid(process.pid) == leader and process.status() != psutil.STATUS_ZOMBIE:
                members.append(process)
    return members


def _ours(leader: int, started: float) -> list[psutil.Process]:
    """A session that we started, not that of a later owner of its number."""
    members = []
    for process in _session(leader):
        with contextlib.suppress(psutil.NoSuchProcess):
            born = process.create_time()
            if process.pid == leader and abs(born - started) > 1:
                return []
            if born >= started - 1:
                members.append(process)
    return members


def _read(file: Path) -> dict[str, dict[str, float]]:
    try:
        return dict(json.loads(file.read_text("utf-8")))
    except (FileNotFoundError, ValueError):
        return {}


def _write(file: Path, known: dict[str, dict[str, float]]) -> None:
    draft = file.with_suffix(".new")
    draft.write_text(json.dumps(known), "utf-8")
    draft.replace(file)
