"""`make audit`: whether an advisory service knows a weakness of a package that a lock pins.

pip-audit asks; what it could not ask about it calls "no known vulnerabilities", and this says so
instead. `python docker/audit.py LOCK`; `--where-reached` (CI): a service that is not reached fails
nothing, since it says nothing of the change.
Ends with 1 for a known weakness, with 2 where packages were not asked about.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECONDS = 120.0
WEAK, UNASKED = 1, 2


@dataclass(frozen=True)
class Audited:
    """How many packages the lock pins, which of them nobody was asked about, and what is weak."""

    packages: int
    unasked: tuple[str, ...]
    weak: tuple[str, ...]


def read(report: dict[str, Any]) -> Audited:
    """Out of pip-audit's JSON report."""
    every = report["dependencies"]
    weak = [
        f"{one['name']} {one['version']}: {flaw['id']}, "
        f"mended in {', '.join(flaw['fix_versions']) or 'no version yet'}"
        for one in every
        for flaw in one.get("vulns", ())
    ]
    unasked = tuple(one["name"] for one in every if "skip_reason" in one)
    return Audited(len(every), unasked, tuple(weak))


def told(one: Audited) -> str:
    """What was found, in lines."""
    asked = f"{one.packages - len(one.unasked)} of {one.packages} packages were asked about"
    if one.unasked:
        shown = ", ".join(one.unasked[:5]) + (" …" if len(one.unasked) > 5 else "")
        asked += f"; the advisory service could not be asked about {shown}"
    return "\n".join([f"{asked}; {len(one.weak)} known weaknesses", *one.weak])


def ask(lock: Path) -> Audited:
    """Ask about a lock. Raises ValueError with the last line of what pip-audit said instead."""
    command = [sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip"]
    command += ["--progress-spinner=off", "--format=json", f"--requirement={lock}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        return read(json.loads(done.stdout))
    except subprocess.TimeoutExpired:
        raise ValueError(f"no answer within {SECONDS:.0f} s") from None
    except json.JSONDecodeError:
        said = done.stderr.strip() or f"pip-audit ended with {done.returncode}"
        raise ValueError(said.splitlines()[-1][:300]) from None


def main(arguments: list[str]) -> int:
    """Ask, say what was found, and how it ends."""
    parser = argparse.ArgumentParser(prog="audit", description=__doc__)
    parser.add_argument("lock", type=Path)
    parser.add_argument("--where-reached", action="store_true")
    options = parser.parse_args(arguments)
    unasked = 0 if options.where_reached else UNASKED
    if not options.lock.is_file():
        print(f"audit: {options.lock} is no file", file=sys.stderr)  # noqa: T201
        return UNASKED
    try:
        found = ask(options.lock)
    except ValueError as error:
        print(f"audit: not audited: {error}", file=sys.stderr)  # noqa: T201
        return unasked
    print(f"audit: {told(found)}")  # noqa: T201
    return WEAK if found.weak else unasked if found.unasked else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
