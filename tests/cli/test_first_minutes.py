"""What a newcomer's machine may lack is said in one sentence."""

from __future__ import annotations

import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from cli.place import Ports, check_home, check_ports, only_launcher
from kernel.errors import PersonMustAct

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "docker" / "check-python.sh"


def fake_python(folder: Path, version: str, venv: bool) -> Path:
    """A program that answers the script's questions as that Python would."""
    old = version < "3.11"
    program = folder / "python"
    program.write_text(
        "#!/bin/sh\n"
        f'[ "$1" = --version ] && {{ echo "Python {version}"; exit 0; }}\n'
        f'case "$2" in *version_info*) exit {int(old)};; *ensurepip*) exit {int(not venv)};; esac\n'
    )
    program.chmod(0o755)
    return program


def check(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", str(SCRIPT), program], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("version", "venv", "says"),
    [("3.10.2", True, "Python 3.10.2 is too old"), ("3.11.7", False, "apt install python3-venv")],
)
def test_an_unfit_python_gets_a_sentence_that_says_what_to_do(
    tmp_path: Path, version: str, venv: bool, says: str
) -> None:
    said = check(str(fake_python(tmp_path, version, venv)))
    assert said.returncode == 2
    assert says in said.stderr
    assert said.stderr.count("\n") == 1


def test_a_missing_python_is_named(tmp_path: Path) -> None:
    said = check(str(tmp_path / "none"))
    assert (said.returncode, "no " in said.stderr) == (2, True)


def test_a_fit_python_passes_in_silence(tmp_path: Path) -> None:
    said = check(str(fake_python(tmp_path, "3.13.0", True)))
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")


def test_a_taken_port_is_named_with_what_to_type_instead() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ports = Ports(taken.getsockname()[1])
        with pytest.raises(PersonMustAct, match=rf"port {ports.portal} \(for the portal\)") as said:
            check_ports(ports)
    assert "--port-base" in str(said.value)


def test_a_home_that_cannot_be_written_is_named() -> None:
    with pytest.raises(PersonMustAct, match=r"/proc/zhongtai cannot be written.*--home"):
        check_home(Path("/proc/zhongtai"))


def test_a_full_disk_is_named_with_what_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    full = type(usage)(usage.total, usage.used, 5 * 1024**2)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: full)
    with pytest.raises(PersonMustAct, match="5 MB left and 2048 MB are needed"):
        check_home(tmp_path)


def test_two_launchers_do_not_share_a_home(tmp_path: Path) -> None:
    with (
        only_launcher(tmp_path),
        pytest.raises(PersonMustAct, match="another `zhongtai up` is running"),
        only_launcher(tmp_path),
    ):
        pass
    with only_launcher(tmp_path):
        pass
