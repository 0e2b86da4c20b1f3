"""What an audit of the lock says: what is weak, and what nobody was asked about."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from docker.audit import Audited, read, told
from tests.docs.pages import ROOT

CLEAN = {"name": "six", "version": "1.17.0", "vulns": []}
WEAK = {
    "name": "some",
    "version": "1.0",
    "vulns": [
        {"id": "PYSEC-2026-1", "fix_versions": ["1.1", "2.0"], "aliases": [], "description": "x"},
        {"id": "PYSEC-2026-2", "fix_versions": [], "aliases": [], "description": "y"},
    ],
}
UNASKED = {"name": "other", "skip_reason": "Dependency not found: other (1.0)"}

#: Stands in pip-audit's place, whose service is on a network: it says what it is told to.
SPEAKS = "import os, sys; sys.stdout.write(os.environ['SAYS']); sys.exit(1)"


def audited(folder: Path, says: str, *more: str) -> subprocess.CompletedProcess[str]:
    """`make audit` on the lock of an installation, with what pip-audit says."""
    (folder / "pip_audit.py").write_text(SPEAKS, "utf-8")
    return subprocess.run(
        [sys.executable, str(ROOT / "docker/audit.py"), str(ROOT / "requirements.lock"), *more],
        env={**os.environ, "PYTHONPATH": str(folder), "SAYS": says},
        capture_output=True,
        text=True,
        check=False,
    )


def test_each_weakness_is_named_with_the_version_that_mends_it() -> None:
    found = read({"dependencies": [CLEAN, WEAK, UNASKED]})
    assert found.unasked == ("other",)
    assert found.weak == (
        "some 1.0: PYSEC-2026-1, mended in 1.1, 2.0",
        "some 1.0: PYSEC-2026-2, mended in no version yet",
    )
    assert told(found).splitlines()[0] == (
        "2 of 3 packages were asked about; the advisory service could not be asked about other; "
        "2 known weaknesses"
    )


def test_where_all_were_asked_about_nothing_else_is_said() -> None:
    assert told(Audited(1, (), ())) == "1 of 1 packages were asked about; 0 known weaknesses"


def test_a_weakness_ends_with_1_in_ci_too(tmp_path: Path) -> None:
    said = json.dumps({"dependencies": [WEAK]})
    assert audited(tmp_path, said).returncode == 1
    assert audited(tmp_path, said, "--where-reached").returncode == 1


def test_who_was_not_asked_about_is_no_success_but_fails_no_change(tmp_path: Path) -> None:
    said = json.dumps({"dependencies": [UNASKED]})
    alone = audited(tmp_path, said)
    assert (alone.returncode, "0 of 1 packages were asked about" in alone.stdout) == (2, True)
    assert audited(tmp_path, said, "--where-reached").returncode == 0


def test_a_service_that_is_not_reached_is_said_in_one_line(tmp_path: Path) -> None:
    alone = audited(tmp_path, "no JSON")
    assert alone.stderr == "audit: not audited: pip-audit ended with 1\n"
    assert alone.returncode == 2
    assert audited(tmp_path, "no JSON", "--where-reached").returncode == 0
