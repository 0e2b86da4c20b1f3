"""A page of the runbook as a person follows it: its blocks, with the names of the case put in."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.docs.pages import ROOT, blocks

RUNBOOK = ROOT / "docs" / "runbook"
PLACEHOLDER = re.compile(r"\b[A-Z]{3,}\b")
#: Words in capitals that are no placeholder.
WORDS = {"SELECT", "FROM", "WHERE"}


@dataclass(frozen=True)
class Done:
    """One command, as it was typed, and what it said."""

    command: str
    code: int
    said: str


def section(alert: str, title: str) -> str:
    """The text under a heading of an alert's page."""
    text = (RUNBOOK / f"{alert}.md").read_text("utf-8")
    return text.split(f"## {title}\n")[1].split("\n## ")[0]


def statements(alert: str, title: str) -> list[str]:
    """The SQL under a heading, with placeholders."""
    return blocks(section(alert, title), "sql")


def filled(text: str, names: dict[str, str]) -> str:
    """With the case's own names; every placeholder must have one."""
    found = set(PLACEHOLDER.findall(text)) - WORDS
    assert found <= set(names), f"the page names {found - set(names)}"
    return PLACEHOLDER.sub(lambda one: names.get(one[0], one[0]), text)


def follow(home: Path, alert: str, title: str, **names: str) -> list[Done]:
    """Run every command under a heading, in order, in a shell, as it is written."""
    done = []
    for block in blocks(section(alert, title), "sh"):
        for line in filled(block, names).splitlines():
            done.append(_run(home, line))
    assert done, f"{alert} has no command under {title}"
    return done


def _run(home: Path, line: str) -> Done:
    env = {**os.environ, "ZHONGTAI_HOME": str(home), "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    env["PATH"] = f"{_programs(home)}:{env['PATH']}"
    log = home / "followed.log"
    with log.open("wb") as out:
        code = subprocess.run(
            ["sh", "-c", line], cwd=ROOT, env=env, stdout=out, stderr=out, timeout=180, check=False
        ).returncode
    return Done(line, code, log.read_text("utf-8"))


def _programs(home: Path) -> Path:
    """`zhongtai` and `python`, as an activated environment has them. Written once: a command that
    goes on in the background may only now be opening its program."""
    folder = home / "bin"
    if folder.exists():
        return folder
    folder.mkdir()
    for name, words in (("zhongtai", "-m cli.main "), ("python", "")):
        file = folder / name
        file.write_text(f'#!/bin/sh\nexec {sys.executable} {words}"$@"\n', "utf-8")
        file.chmod(0o755)
    return folder


def mended(home: Path, alert: str, **names: str) -> list[Done]:
    """Do what the page says; every command must go through."""
    done = follow(home, alert, "What to do", **names)
    for one in done:
        assert one.code == 0, one
    return done


def looked(home: Path, alert: str, **names: str) -> str:
    """Look at what the page says; what its commands showed, whatever their exit code says."""
    done = follow(home, alert, "What to look at", **names)
    for one in done:
        assert one.code in (0, 1, 2, 3, 4), one
        assert "Traceback" not in one.said, one
    return "\n".join(one.said for one in done)
