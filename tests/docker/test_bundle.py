"""The bundle: what the lock asks of a machine, what is kept out, what the installer refuses."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from docker import bundle
from tests.e2e.installed import ROOT

LOCK = (ROOT / "requirements.lock").read_text("utf-8")
SCRIPT = ROOT / "docker" / "install-bundle.sh"


def names(machine: str) -> set[str]:
    return {pin.name for pin in bundle.pins(LOCK, machine)}


def test_each_machine_gets_what_the_lock_says_for_it() -> None:
    assert names("x86_64") - names("aarch64") == {"pgpq"}
    assert names("aarch64") < names("x86_64")
    assert not {"pywin32", "colorama"} & names("x86_64")
    assert all(pin.digests for pin in bundle.pins(LOCK, "aarch64"))


def test_a_line_that_is_neither_package_nor_digest_is_refused() -> None:
    with pytest.raises(bundle.Fault, match="neither package nor digest: -e git"):
        bundle.pins("-e git+https://x\n", "x86_64")


def test_only_wheels_with_the_locks_digest_are_taken(tmp_path: Path) -> None:
    good, bad = (tmp_path / f"a{n}-1.0-py3-none-any.whl" for n in (1, 2))
    good.write_bytes(b"good")
    bad.write_bytes(b"changed")
    wanted = [bundle.Pin(f"a{n}", "1.0", [], {hashlib.sha256(b"good").hexdigest()}) for n in (1, 2)]
    assert bundle.there(tmp_path, wanted) == {"a1": good}


def test_an_unknown_machine_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert bundle.main(["/nowhere", "riscv64"]) == 2
    assert capsys.readouterr().err == "bundle: no machine riscv64: name x86_64 or aarch64\n"


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """A bundle of one small wheel and a project that needs it, in the real one's form."""
    place, project = tmp_path / "bundle", tmp_path / "project"
    machine = place / "wheels" / os.uname().machine
    for folder in (machine, place / "wheels" / "any", project):
        folder.mkdir(parents=True)
    (project / "README").write_text("the project", "utf-8")
    with tarfile.open(place / "source.tar", "w") as tar:
        tar.add(project, ".")
    (place / "requirements.lock").write_text("", "utf-8")
    (place / "install-bundle.sh").write_bytes(SCRIPT.read_bytes())
    lines = [
        f"{bundle.digest_of(file)}  {file.relative_to(place)}\n"
        for file in sorted(place.rglob("*"))
        if file.is_file()
    ]
    (place / "SHA256SUMS").write_text("".join(lines), "utf-8")
    return place


def install(place: Path, *words: str) -> str:
    """What the installer says when it refuses."""
    said = subprocess.run(
        ["sh", str(place / "install-bundle.sh"), *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 2
    return said.stderr


def test_the_installer_refuses_in_a_sentence(unpacked: Path, tmp_path: Path) -> None:
    new = str(tmp_path / "new")
    assert "name the folder to install into" in install(unpacked)
    assert "is there already" in install(unpacked, str(tmp_path), sys.executable)
    assert "no nothing3 here: name a Python 3.11" in install(unpacked, new, "nothing3")
    assert not Path(new).exists()


def test_a_changed_file_stops_the_installer(unpacked: Path, tmp_path: Path) -> None:
    (unpacked / "source.tar").write_bytes(b"another")
    said = install(unpacked, str(tmp_path / "new"), sys.executable)
    assert "a file of the bundle is not as it was made" in said
    assert not (tmp_path / "new").exists()


def test_a_machine_without_wheels_is_named(unpacked: Path, tmp_path: Path) -> None:
    (unpacked / "wheels" / os.uname().machine).rename(unpacked / "wheels" / "s390x")
    said = install(unpacked, str(tmp_path / "new"), sys.executable)
    assert f"no wheels for {os.uname().machine}: it has any s390x" in said
