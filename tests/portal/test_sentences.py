"""English sentences of errors on Chinese pages: each has its Chinese, the original stays."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.chunks import unfit
from kernel import errors
from landing import divisions, findings, shortfall
from portal.sentences import is_known, told
from portal.words import known, speaking

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
    *(
        ROOT / "catalog" / "judging" / f"{name}.py"
        for name in ("judge", "queue", "statements", "wishes")
    ),
    *(ROOT / "catalog" / "forms" / f"{name}.py" for name in ("changes", "table")),
    *(ROOT / "catalog" / name for name in ("versions/history.py", "deciding/bodies.py")),
    *(ROOT / "catalog" / "exchange" / f"{name}.py" for name in ("faults", "sheets")),
    *(ROOT / "catalog" / "flow" / f"{name}.py" for name in ("deltas", "fields", "papers")),
    ROOT / "catalog" / "periods.py",
    *(ROOT / "registry" / f"{name}.py" for name in ("staff", "passwords", "waiver_moves")),
    *(
        ROOT / "certs" / "rights" / f"{name}.py"
        for name in ("acting", "assigning", "presences", "consents", "orders", "use_moves")
    ),
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


#: Call -> which of its arguments is a finding's kind, and which its text.
TOLD = {"Finding": (0, 2), "Disagrees": (1, 0), "_odd": (0, 9), "_warn": (2, 4), "_settle": (3, 4)}
#: What a reader of files says of a row that it cannot read as it stands.
OF_A_ROW = re.compile(r"(line|row|a line after|the column) 9 (has|holds|repeats|is not a JSON) .*")
READERS = ("chunks", "csvrows", "decode", "frames", "parquet", "workbook", "xmlrows")


def calls(*rooms: str) -> Iterator[tuple[str, list[ast.expr]]]:
    """What may open a finding, with its arguments."""
    for file in (one for room in rooms for one in sorted((ROOT / room).glob("*.py"))):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in TOLD:
                yield _name(node.func), node.args


def told_at(place: int) -> set[str]:
    """The kinds (0) or the texts (1) that are written out where findings are made."""
    found = ((args, TOLD[name][place]) for name, args in calls("connectors", "landing", "pipeline"))
    return {text for args, at in found if at < len(args) and (text := _text(args[at]))}


def test_each_kind_of_finding_has_its_words() -> None:
    kinds = told_at(0) | {findings.NEW_COLUMN, findings.MISSING_COLUMN, findings.UNKNOWN_CATEGORY}
    kinds = (kinds | {shortfall.KIND, divisions.UNKNOWN_DIVISION}) - {"webhook_unsigned"}
    assert len(kinds) > 18
    for kind in sorted(kinds):
        assert known(f"finding.{kind}"), kind
        assert known(f"advice.{kind}"), kind


def test_what_a_finding_says_has_its_chinese() -> None:
    texts = {
        *(one for one in told_at(1) - TEMPLATES if " " in one),
        *(f"a column that the contract does not name, {kept}" for kept in findings.KEPT.values()),
        "citizen numbers of the column 9 begin with a division that is not known: 9 in one batch",
        "it was text and is bigint",
        "it should hold days like 2024-01-31 and holds digits",
        "the column 9 holds a category that is not mapped; see the quarantined rows",
        "90 rows came, 55% fewer than the usual 200 (the median of the last 10 runs); at most 30% "
        "is expected",
        "3 rows are stored, and at least 10 should",
        "issuer is filled in 50.0% of 40 rows, and in at least 95% it should be",
        "the newest record is 90 hours old, and at most 26 hours are expected",
        "30 of 90 rows are in quarantine, and at most 10% city-wide may be",
    }
    assert [one for one in sorted(texts) if not is_known(one)] == []


#: What is written out in full above.
TEMPLATES = {"9: 9 in one batch", "a column that the contract does not name, 9"}


def test_what_is_wrong_with_a_row_has_its_chinese_also_where_it_is_several_things() -> None:
    said = set()
    for name in READERS:
        tree = ast.parse((ROOT / "connectors" / f"{name}.py").read_text("utf-8"))
        said |= {_text(node) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)}
    rows = {one for one in said if OF_A_ROW.fullmatch(one)} - OF_THE_FILE
    rows |= {f"line 9 has in the column 9 {one}" for one in CELLS}
    rows |= {f"the column 9 holds {unfit(one)}" for one in ("\x00", "\udcff")}
    assert len(rows) > 12
    assert [one for one in sorted(rows) if not is_known(one)] == []
    both = "line 3 has a merged cell; line 3 has cells beyond the header"
    assert told(both).text == "第 3 行有合并的单元格；第 3 行在表头以外还有内容"


#: Refuse the whole file, or are made whole elsewhere.
OF_THE_FILE = {
    "line 9 has a cell that is not what its type says, or the sheet is broken",
    "line 9 has over 9 columns",
    "line 9 has in the column 9 9",
    "the column 9 holds 9",
}
CELLS = (
    "a formula: put its value there as text",
    "an error (#N/A)",
    "a number stored as a number, digits are lost; format the column as text",
)


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
