"""Everything that `make test` runs, in order; stops at the first that fails."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

BIN = Path(sys.executable).parent
ROOT = Path(__file__).resolve().parent.parent
STEPS: list[tuple[str, list[str]]] = [
    ("lint", [str(BIN / "ruff"), "check", "."]),
    ("format", [str(BIN / "ruff"), "format", "--check", "."]),
    ("types", [str(BIN / "mypy"), "."]),
    ("layers", [str(BIN / "lint-imports")]),
    ("tests", [sys.executable, "-m", "pytest", "--durations=8"]),
]


def main(arguments: list[str]) -> int:
    """Run the steps. Arguments go to pytest."""
    for name, command in STEPS:
        began = time.monotonic()
        more = arguments if name == "tests" else []
        print(f"== {name}", flush=True)
        status = subprocess.run([*command, *more], cwd=ROOT, check=False).returncode
        print(f"== {name}: {time.monotonic() - began:.0f} s", flush=True)
        if status:
            print(f"{name} failed", file=sys.stderr)
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
