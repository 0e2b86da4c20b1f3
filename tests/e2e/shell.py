"""The command line as a person types it: its own process."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.installed import ROOT


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str


def zhongtai(*words: str, home: Path | None = None, seconds: float = 120) -> Said:
    """Run `zhongtai …`. `home`: where ZHONGTAI_HOME points."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    env.pop("ZHONGTAI_HOME", None)
    if home is not None:
        env["ZHONGTAI_HOME"] = str(home)
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
