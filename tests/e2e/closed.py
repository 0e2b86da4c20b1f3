"""Looks for an installation's secrets where others see them: environments, command lines, logs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import psutil

#: In `secrets/` stand addresses and account names, too: those are not secret.
SECRET: Final = re.compile(r"PASSWORD|SECRET|TOKEN|KEY|PIN|_ID$")
#: Shorter ones stand somewhere by chance.
SHORTEST: Final = 8


def secrets_of(home: Path) -> dict[str, bytes]:
    """Name to value of every secret of the installation; keys are named by file and line."""
    found = {
        file.name: file.read_bytes().strip()
        for file in (home / "secrets").iterdir()
        if SECRET.search(file.name) and not file.name.startswith(".")  # a draft, gone in a moment
    }
    for file in (home / "keys").iterdir():
        if file.suffix == ".pem":
            body = [line for line in file.read_bytes().splitlines() if not line.startswith(b"--")]
            found |= {f"{file.name}/{at}": line for at, line in enumerate(body)}
        elif file.suffix == ".key":
            raw = file.read_bytes()
            found |= {
                file.name: raw,
                f"{file.name}/hex": raw.hex().encode(),
            }
    return {name: value for name, value in found.items() if len(value) >= SHORTEST}


def told_by(process: psutil.Process, known: Mapping[str, bytes]) -> set[str]:
    """Which secrets a process shows in its command line or its environment; "program: NAME"."""
    try:
        shown = b"\0".join(
            Path(f"/proc/{process.pid}/{name}").read_bytes() for name in ("cmdline", "environ")
        )
        program = Path(f"/proc/{process.pid}/comm").read_text("utf-8").strip()
    except OSError:
        return set()
    return {f"{program}: {name}" for name, value in known.items() if value in shown}


def told_in(folder: Path, known: Mapping[str, bytes]) -> set[str]:
    """Which secrets stand in the files of a folder; "file: NAME"."""
    found = set()
    for file in folder.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            found |= {f"{file.name}: {name}" for name, value in known.items() if value in data}
    return found


def programs_of(leaders: Iterable[int]) -> list[psutil.Process]:
    """Every living process below these, and they."""
    found: list[psutil.Process] = []
    for pid in leaders:
        try:
            one = psutil.Process(pid)
            found += [one, *one.children(recursive=True)]
        except psutil.NoSuchProcess:
            continue
    return found
