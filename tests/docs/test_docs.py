"""What the docs name is there: commands, options, settings, ports, files, tests."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from cli import place
from cli.main import app
from kernel.settings import Settings
from tests.docs.pages import DOCS, ROOT, blocks, typed, without_blocks

COMMANDS: Any = typer.main.get_command(app)
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text("utf-8")
OPERATIONS = (ROOT / "docs/operations.md").read_text("utf-8")
CODE_SPAN = re.compile(r"`((?:zhongtai|make) [^`]+)`")
LINK = re.compile(r"(?<!`)\[[^\]]*\]\(([^)\s]+)\)|src(?:set)?=\"([^\"]+)\"")
ROOMS = [
    "kernel", "ledger", "registry", "connectors", "landing", "catalog", "certs", "pipeline",
    "portal", "cli", "dags", "city", "docker", "bench",
]  # fmt: skip
HEADINGS = ["Role", "Data it holds", "Messaging", "Ports", "What it keeps"]
PAGES = pytest.mark.parametrize("page", DOCS, ids=lambda page: str(page.relative_to(ROOT)))


def _commands(text: str) -> Iterator[str]:
    """Every `zhongtai …` and `make …` of a page: typed ones, and those in the running text."""
    for one in typed(text):
        yield one.command
    for block in blocks(text, "sh"):
        yield from (line for line in block.splitlines() if line.strip())
    yield from CODE_SPAN.findall(without_blocks(text).replace("\n", " "))


def _wrong(words: list[str]) -> str | None:
    """What a `zhongtai` command line has that the program does not; None when all is there."""
    command: Any = COMMANDS
    options: dict[str, Any] = {}
    while words and hasattr(command, "commands"):
        name = words.pop(0)
        if name in ("…", "--help"):
            return None
        if name not in command.commands:
            return f"no command {name}"
        command = command.commands[name]
    options = {name: one for one in command.params for name in one.opts}
    unknown = [word for word in words if word.startswith("--") and word not in options]
    return f"no option {unknown[0]}" if unknown and unknown != ["--help"] else None


def _make(words: list[str]) -> str | None:
    """What a `make` command line has that the Makefile does not."""
    values = dict(word.split("=", 1) for word in words if "=" in word)
    targets = [word for word in words if "=" not in word and word != "…"]
    for target in targets:
        if not re.search(rf"^{re.escape(target)}:", MAKEFILE, re.MULTILINE):
            return f"no target {target}"
    for name in values:
        if f"{name} ?=" not in MAKEFILE:
            return f"no variable {name}"
    if targets == ["run"] and "ARGS" in values:
        return _wrong(["up", *shlex.split(values["ARGS"])])
    if targets == ["bench"] and values.get("NAME", "sync") not in ("…", "NAME"):
        name = values.get("NAME", "sync")
        return None if (ROOT / "bench" / name / "run.py").is_file() else f"no bench {name}"
    return None


@PAGES
def test_every_command_and_option_is_there(page: Path) -> None:
    for line in _commands(page.read_text("utf-8")):
        words = shlex.split(line.split(" | ")[0], comments=True)
        if words[:1] == ["zhongtai"]:
            assert _wrong(words[1:]) is None, line
        elif words[:1] == ["make"]:
            assert _make(words[1:]) is None, line


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("zhongtai frobnicate", "no command frobnicate"),
        ("zhongtai systems check --online", "no option --online"),
        ("zhongtai status --json --home var", None),
    ],
)
def test_a_command_that_is_not_there_is_noticed(line: str, said: str | None) -> None:
    assert _wrong(line.split()[1:]) == said


def test_every_command_has_its_place_in_operations() -> None:
    def leaves(command: Any, before: str) -> Iterator[str]:
        for name, one in command.commands.items():
            whole = f"{before} {name}"
            yield from leaves(one, whole) if hasattr(one, "commands") else [whole]

    for name in leaves(COMMANDS, "zhongtai"):
        assert re.search(rf"^#+ `{name}\b", OPERATIONS, re.MULTILINE), name


def test_every_option_is_explained_in_operations() -> None:
    def options(command: Any) -> Iterator[str]:
        for one in getattr(command, "commands", {}).values():
            yield from options(one)
        yield from (name for one in command.params for name in one.opts if name[:2] == "--")

    for name in set(options(COMMANDS)) - {"--help"}:
        assert f"`{name}" in OPERATIONS, name


@PAGES
def test_every_link_leads_to_a_file(page: Path) -> None:
    for found in LINK.findall(without_blocks(page.read_text("utf-8"))):
        target = (found[0] or found[1]).split("#")[0]
        if not target or "://" in target:
            continue
        assert (page.parent / target).exists(), target


def test_the_settings_are_the_documented_ones() -> None:
    table = OPERATIONS.split("## settings.json")[1].split("\n## ")[0]
    documented = set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))
    assert documented == set(Settings.__dataclass_fields__) - {"home"}


def test_every_secret_that_the_launcher_makes_is_documented() -> None:
    for name in (*place.MADE_SECRETS, "AIRFLOW_FERNET_KEY"):
        assert f"`{name}`" in OPERATIONS, name


def test_the_ports_are_the_documented_ones() -> None:
    table = ARCHITECTURE.split("# Ports\n")[1].split("\n# ")[0]
    documented: dict[int, str] = {}
    for first, last, what in re.findall(
        r"^\| \+(\d+)(?: … \+(\d+))? \| [\d …]+ \| (.*) \|$", table, re.MULTILINE
    ):
        for port in range(int(first), int(last or first) + 1):
            documented[port] = what
    assert documented == place.Ports(0).all()


def test_every_room_has_its_five_headings() -> None:
    rooms = dict(re.findall(r"^## (\w+)\n(.*?)(?=^#)", ARCHITECTURE, re.MULTILINE | re.DOTALL))
    assert [name for name in rooms if name in ROOMS] == ROOMS
    for name in ROOMS:
        assert re.findall(r"^\*\*([\w ]+)\.\*\*", rooms[name], re.MULTILINE) == HEADINGS, name
        assert (ROOT / name).is_dir()


def test_the_threats_name_files_and_tests_that_are_there() -> None:
    page = (ROOT / "docs/threats.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 60
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split(" | ")]
        assert len(cells) == 4, row
        assert "none yet" in cells[3] or re.search(r"`tests/[\w/]+\.py::\w+`", cells[3]), row
    for name in set(re.findall(r"`([\w/]+\.(?:py|yml|lock))(?:::\w+)?`", page)):
        assert (ROOT / name).is_file(), name
    tests = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page)
    for file, test in tests:
        assert f"def {test}(" in (ROOT / file).read_text("utf-8"), test


@PAGES
def test_no_page_is_empty_or_names_a_file_of_python_that_is_not_there(page: Path) -> None:
    text = page.read_text("utf-8")
    assert len(text) > 100
    for name in set(re.findall(r"`([a-z_]+/[\w/]+\.py)`", text)):
        assert (ROOT / name).is_file(), name


def test_each_decision_has_its_number_once() -> None:
    files = sorted((ROOT / "docs/decisions").glob("0*.md"))
    numbers = [int(file.name[:4]) for file in files]
    assert numbers == list(range(1, len(files) + 1))
    for file in files:
        assert file.read_text("utf-8").startswith(f"# {file.name[:4]} "), file.name


def test_the_readmes_are_twins() -> None:
    """The same headings, commands, pictures, links and tables, in two languages."""

    def bones(name: str) -> list[object]:
        text = (ROOT / name).read_text("utf-8")
        words = without_blocks(text)
        links = [a or b for a, b in LINK.findall(words)]
        return [
            re.findall(r"^#+(?= )", words, re.MULTILINE),
            [one for one in _commands(text) if one.startswith(("zhongtai", "make"))],
            [one for one in links if not one.startswith("README")],
            len(re.findall(r"^\|", words, re.MULTILINE)),
        ]

    for english, chinese in zip(bones("README.md"), bones("README.zh.md"), strict=True):
        assert english == chinese
