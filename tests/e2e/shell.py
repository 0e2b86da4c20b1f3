"""The command line as a person types it: its own process."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.forks import command_process
from tests.e2e.installed import ROOT


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str


def typed(*words: str, home: Path | None = None, seconds: float = 120) -> Said:
    """Run `zhongtai …` from nothing. `home`: where ZHONGTAI_HOME points."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), **_env(home)}
    if home is None:
        env.pop("ZHONGTAI_HOME", None)
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *words],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    return Said(done.returncode, done.stdout, done.stderr)


def zhongtai(*words: str, home: Path | None = None, seconds: float = 120) -> Said:
    """The same in a process that has its imports already."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        process = command_process(list(words), _env(home), out, err)
        process.join(seconds)
        assert process.exitcode is not None, f"{words} did not end in {seconds} s"
        return Said(process.exitcode, out.read_text("utf-8"), err.read_text("utf-8"))


def _env(home: Path | None) -> dict[str, str]:
    return {"COLUMNS": "200", **({"ZHONGTAI_HOME": str(home)} if home else {})}
