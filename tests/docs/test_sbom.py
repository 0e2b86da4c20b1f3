"""The list of packages holds the whole lock, each with its digests, and is the same each time."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT


def made(lock: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """`make sbom` on a lock."""
    said = [sys.executable, str(ROOT / "docker/sbom.py"), str(lock), str(out)]
    return subprocess.run(said, capture_output=True, text=True, check=False)


def test_every_package_of_the_lock_is_in_it_with_its_digests(tmp_path: Path) -> None:
    lock = ROOT / "requirements.lock"
    assert made(lock, tmp_path / "one.json").returncode == 0
    made(lock, tmp_path / "two.json")
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
    bom = json.loads((tmp_path / "one.json").read_bytes())
    text = lock.read_text("utf-8")
    pins = re.findall(r"^([^\s#=]+)==", text, re.MULTILINE)
    assert (bom["bomFormat"], bom["specVersion"]) == ("CycloneDX", "1.5")
    assert [one["name"] for one in bom["components"]] == [name.lower() for name in pins]
    assert all(one["hashes"] for one in bom["components"])
    assert sum(len(one["hashes"]) for one in bom["components"]) == text.count("--hash=sha256:")


@pytest.mark.parametrize("line", ["requests>=2", "-e ."])
def test_a_lock_that_is_not_pinned_makes_none(tmp_path: Path, line: str) -> None:
    lock = tmp_path / "some.lock"
    lock.write_text(f"{line}\n", "utf-8")
    failed = made(lock, tmp_path / "out.json")
    assert failed.returncode != 0
    assert "neither a package nor a digest" in failed.stderr
    assert not (tmp_path / "out.json").exists()
