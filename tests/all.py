"""Everything that `make test` runs, in order; stops at the first that fails.

The tests run as two pytest sessions side by side, those of whole platforms and all the others: both
wait for servers much of the time, and each starts its own; they take about as long as each other.
With arguments there is one session with them.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

BIN = Path(sys.executable).parent
ROOT = Path(__file__).resolve().parent.parent
CHECKS: list[tuple[str, list[str]]] = [
    ("lint", [str(BIN / "ruff"), "check", "."]),
    ("format", [str(BIN / "ruff"), "format", "--check", "."]),
    ("types", [str(BIN / "mypy"), "."]),
    ("layers", [str(BIN / "lint-imports")]),
]
#: The session of whole platforms and of kills.
WHOLE = [f"tests/{name}" for name in ("e2e", "runbook", "kit", "backup")]
PYTEST = [sys.executable, "-m", "pytest", "--durations=25"]


def main(arguments: list[str]) -> int:
    """Run all. Arguments go to pytest."""
    for name, command in CHECKS:
        began = _begin(name)
        status = subprocess.run(command, cwd=ROOT, check=False).returncode
        if not _good(name, began, status):
            return status
    if arguments:
        return subprocess.run([*PYTEST, *arguments], cwd=ROOT, check=False).returncode
    began = _begin("tests")
    status = _both([f"--ignore={folder}" for folder in WHOLE], WHOLE)
    return 0 if _good("tests", began, status) else status


def _both(first: list[str], second: list[str]) -> int:
    """Two sessions at a time: the first is seen while it runs, the second's words come after it."""
    with tempfile.TemporaryFile() as words:
        beside = subprocess.Popen(
            [*PYTEST, *second], cwd=ROOT, stdout=words, stderr=subprocess.STDOUT
        )
        one = subprocess.run([*PYTEST, *first], cwd=ROOT, check=False).returncode
        two = beside.wait()
        words.seek(0)
        sys.stdout.buffer.write(words.read())
        sys.stdout.flush()
    return one or two


def _begin(name: str) -> float:
    print(f"== {name}", flush=True)
    return time.monotonic()


def _good(name: str, began: float, status: int) -> bool:
    print(f"== {name}: {time.monotonic() - began:.0f} s", flush=True)
    if status:
        print(f"{name} failed", file=sys.stderr)
    return status == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
