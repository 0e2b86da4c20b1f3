"""What a sync loads before its first row: its memory is flat, and small."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: What some deed needs and no sync does, or only later: each takes 5 to 120 MB.
HEAVY = {
    "airflow",
    "fastapi",
    "great_expectations",
    "jinja2",
    "openpyxl",
    "paramiko",
    "pyhanko",
    "pypinyin",
    "rapidfuzz",
    "scipy",
    "sklearn",
    "zeep",
}


def test_a_sync_loads_nothing_that_others_need() -> None:
    code = "import sys, pipeline.sync, pipeline.wiring; print(*sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert {name.partition(".")[0] for name in told.stdout.split()} & HEAVY == set()
