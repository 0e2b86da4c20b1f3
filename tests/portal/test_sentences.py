"""English sentences of errors on Chinese pages: each has its Chinese, the original stays."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel import errors
from portal.sentences import is_known, told
from portal.words import speaking

ROOT = Path(__file__).parents[2]
#: What a sync, a look at a source, a dry run or a move may say to who reads a page.
FILES = (
    *sorted((ROOT / "connectors").glob("*.py")),
    *(ROOT / "landing" / f"{name}.py" for name in ("calls", "checks", "holds", "schema")),
    *(ROOT / "landing" / f"{name}.py" for name in ("shortfall", "single", "pauses", "pushed")),
    ROOT / "landing" / "findings.py",
    *(ROOT / "pipeline" / f"{name}.py" for name in ("sync", "resting", "approval")),
    *(ROOT / "registry" / f"{name}.py" for name in ("callers", "moves", "roster", "typed")),
    *(ROOT / "certs" / "events" / f"{name}.py" for name in ("post", "receivers", "subscriptions")),
    *(ROOT / "catalog" / "judging" / f"{name}.py" for name in ("judge", "queue", "statements")),
    *(ROOT / "catalog" / "forms" / f"{name}.py" for name in ("changes", "table")),
    *(ROOT / "catalog" / name for name in ("versions/history.py", "exchange/sheets.py")),
    *(ROOT / "registry" / f"{name}.py" for name in ("staff", "waiver_moves")),
    ROOT / "certs" / "rights" / "orders.py",
    ROOT / "certs" / "rights" / "use_moves.py",
    ROOT / "certs" / "corrections" / "correct.py",
    ROOT / "kernel" / "secrets.py",
)
NAMES = {name for name, one in vars(errors).items() if isinstance(one, type)} | {"Busy"}
#: A sentence of our own for users.
OURS = re.compile(r"[\u4e00-\u9fff]")
#: Said to who types commands, never kept with a run nor shown on a page.
ELSEWHERE = {
    "no account 9, or it is disabled",
    "9 is of the role 9; allowed are 9",
    "no auth 9; allowed are 9",
    "there are administrators already: they make the other accounts",
    "name three different people: a system, a security and an audit administrator",
    "the provider's account name or staff number is not of our form",
    "a form is 9, not 9",
    "an answer is 9",
}


def sentences() -> Iterator[tuple[str, str]]:
    """Where, and the sentence; each fact in it stands as a 9, as a code or a number would."""
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in NAMES and node.args:
                text = _text(node.args[0])
                if " " in text.strip() and not OURS.search(text):
                    yield f"{file.name}:{node.lineno}", text


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if not isinstance(node, ast.JoinedStr):
        return ""
    parts = (str(part.value) if isinstance(part, ast.Constant) else "9" for part in node.values)
    return "".join(parts)


FOUND = sorted({(place, text) for place, text in sentences() if text not in ELSEWHERE})


def test_there_are_many() -> None:
    assert len(FOUND) > 80


@pytest.mark.parametrize(("place", "text"), FOUND)
def test_each_has_its_chinese(place: str, text: str) -> None:
    assert is_known(text), f"{place}: {text}"


def test_the_original_stays_beside_it() -> None:
    said = told("sc_food cannot be reached (ConnectTimeout): try again later")
    assert said.text.startswith("连不上 sc_food（ConnectTimeout）")
    assert said.original == "sc_food cannot be reached (ConnectTimeout): try again later"


def test_what_nobody_foresaw_is_named_as_such_with_the_original() -> None:
    said = told("the moon is too full to be read")
    assert said.text == "系统给出了下面的说明"
    assert said.original == "the moon is too full to be read"


def test_a_sentence_of_our_own_and_a_reader_of_english_get_it_as_it_is() -> None:
    assert told("请至少选一个表").original == ""
    with speaking("en"):
        assert told("sc_food rests now: ask it within its hours").original == ""
