"""Child processes: started in their own group, remembered by pid and start time, ended as a group.

What a killed run left behind is found again in `pids.json` of the state folder. A pid alone is not
enough, since the system gives pids out again: the start time must agree too.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil


class Child:
    """One running program with its own process group and log file."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], log: Path) -> None:
        self.name = name
        self.process = process
        self.log = log

    def alive(self) -> bool:
        """Whether it is running."""
        return self.process.poll() is None

    def stop(self, seconds: float = 10, first: signal.Signals = signal.SIGTERM) -> None:
        """End the whole group: politely, then by force. Waits for it."""
        _signal_group(self.process.pid, first)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        _signal_group(self.process.pid, signal.SIGKILL)
        self.process.wait()


def _signal_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def start(
    home: Path,
    name: str,
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Child:
    """Start a program in its own group; its output goes to `logs/<name>.log`."""
    logs = home / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / f"{name}.log"
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
    return Child(name, process, log)


def remember(home: Path, name: str, pid: int) -> None:
    """Write down a program that we started."""
    file = home / "pids.json"
    known = _read(file)
    known[name] = {"pid": pid, "started": psutil.Process(pid).create_time()}
    _write(file, known)


def end_leftovers(home: Path) -> list[str]:
    """End what a killed run left behind. Returns the names of what was still running."""
    file = home / "pids.json"
    ended = []
    for name, entry in _read(file).items():
        pid = int(entry["pid"])
        for process in _members(pid, entry["started"]):
            ended.append(name)
            try:
                process.kill()
                process.wait(10)
            except psutil.NoSuchProcess:
                continue
    _write(file, {})
    return sorted(set(ended))


def _members(group: int, started: float) -> list[psutil.Process]:
    """The processes of a group that we started, not those of a later owner of the number."""
    members = []
    for process in psutil.process_iter():
        try:
            same = os.getpgid(process.pid) == group
            if same and process.create_time() >= started - 1:
                members.append(process)
        except (psutil.NoSuchProcess, ProcessLookupError, PermissionError):
            continue
    leaders = [p for p in members if p.pid == group]
    if leaders and abs(leaders[0].create_time() - started) > 1:
        return []
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
