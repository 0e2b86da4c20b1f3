"""Processes of their own that start at once: forks of a server that has imported everything."""

from __future__ import annotations

import multiprocessing
import os
import sys
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.e2e.installed import ROOT, do_step

FORKS: ForkServerContext = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    ["pipeline.preload", "pipeline.steps", "cli.main", "cli.up", "tests.e2e.installed"]
)


def steps_process(home: Path, run: str, steps: list[str], progress: Path) -> BaseProcess:
    """A process that does these steps; before and after each it writes a line to `progress`."""
    process = FORKS.Process(target=_steps, args=(home, run, steps, progress), daemon=True)
    process.start()
    return process


def _steps(home: Path, run: str, steps: list[str], progress: Path) -> None:
    from pipeline.wiring import open_house

    house = open_house(home)
    file = os.open(progress, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    for step in steps:
        os.write(file, f"begin {step}\n".encode())
        try:
            do_step(house, step, run)
        except Exception as error:
            os.write(file, f"failed {step}: {type(error).__name__}: {error}\n".encode())
            raise
        os.write(file, f"end {step}\n".encode())


def command_process(words: list[str], env: dict[str, str], out: Path, err: Path) -> BaseProcess:
    """A process that runs the command line, its output in two files."""
    process = FORKS.Process(target=_command, args=(words, env, out, err), daemon=True)
    process.start()
    return process


def _command(words: list[str], env: dict[str, str], out: Path, err: Path) -> None:
    from cli.main import run

    for number, file in ((1, out), (2, err)):
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(opened, number)
    os.chdir(ROOT)
    os.environ.pop("ZHONGTAI_HOME", None)
    os.environ.update(env)
    sys.argv = ["zhongtai", *words]
    run()
