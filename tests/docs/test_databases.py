"""docs/databases.md names every feature of PostgreSQL that the code uses, and no other."""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest

from tests.docs.features import UNUSED, USED, code, found, plain
from tests.docs.pages import ROOT

PAGE = (ROOT / "docs/databases.md").read_text("utf-8")
#: Names that begin with pg_ and are files of a cluster.
FILES = {"pg_wal", "pg_hba"}
#: What the dialect offers beside SQLAlchemy's own: each is a feature of the table.
DIALECT = {"insert", "JSONB", "ARRAY", "distinct_on"}
OPTIONS = {"postgresql_where", "postgresql_using", "postgresql_on_commit"}


class Row(NamedTuple):
    feature: str
    example: str
    since: str
    kingbase: str
    opengauss: str
    there: str


def _rows(page: str) -> list[Row]:
    """The rows of the tables of features."""
    body = page.partition("\n## Writing rows")[2].partition("\n## What is not used")[0]
    lines = [line for line in body.splitlines() if line.startswith("| ")]
    cells = [re.split(r"(?<!\\) \| ", line.strip("| ")) for line in lines]
    return [
        Row(one[0].replace("\\|", "|"), one[1].strip("`"), *one[2:])
        for one in cells
        if one[0] != "feature"
    ]


def _not_used(page: str) -> set[str]:
    body = page.partition("\n## What is not used")[2].partition("\n## ")[0]
    return set(re.findall(r"^- (.+)$", body, re.MULTILINE))


def _cited(text: str) -> set[str]:
    """The documents named in brackets: [K1], [G1, G2]."""
    return {name for part in re.findall(r"\[([KG]\d[^\]]*)\]", text) for name in part.split(", ")}


ROWS = _rows(PAGE)


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return code(ROOT)


def test_the_page_names_what_the_code_uses_and_no_more(files: dict[str, str]) -> None:
    assert sorted(row.feature for row in ROWS) == sorted(found(files, USED))


def test_each_example_shows_its_feature(files: dict[str, str]) -> None:
    places = found(files, USED)
    assert [row.feature for row in ROWS if row.example not in places[row.feature]] == []


def test_what_the_page_says_is_not_used_is_not_used(files: dict[str, str]) -> None:
    assert _not_used(PAGE) == set(UNUSED)
    assert found(files, UNUSED) == {}


def test_nothing_of_the_dialect_and_no_pg_name_is_outside_the_table(files: dict[str, str]) -> None:
    text = "\n".join(files.values())
    imported = re.findall(r"from sqlalchemy\.dialects\.postgresql import (.+)", text)
    names = {name.partition(" as ")[0] for line in imported for name in line.split(", ")}
    assert names == DIALECT
    assert set(re.findall(r"\bpostgresql_\w+(?==)", text)) == OPTIONS
    for name in set(re.findall(r"\bpg_[a-z_]+", text)) - FILES:
        assert any(re.search(pattern, f"{name}(") for pattern in USED.values()), name


def test_every_word_on_the_other_databases_has_its_document() -> None:
    listed = set(re.findall(r"^\| ([KG]\d+) \|", PAGE, re.MULTILINE))
    for row in ROWS:
        for cell, letter in ((row.kingbase, "K"), (row.opengauss, "G")):
            cited = {
                name for part in re.findall(r"\[([^\]]+)\]", cell) for name in part.split(", ")
            }
            assert cited <= listed, row
            assert cell == "not known" or any(name[0] == letter for name in cited), row
    cited = {name for part in re.findall(r"\[([KG][^\]]+)\]", PAGE) for name in part.split(", ")}
    assert cited == listed


MADE_UP = '''
"""Talks of LATERAL and SKIP LOCKED."""
# so does this: pg_logical_emit_message
ASKED = text("SELECT x FROM a,"
             " LATERAL unnest(a.b)")
def one():
    """DISTINCT ON is only named."""
    return text("""
SELECT * FROM job
FOR UPDATE SKIP LOCKED
""")
'''


def test_the_scanner_sees_strings_and_neither_comments_nor_docstrings() -> None:
    snippet = {"made_up.py": plain(MADE_UP)}
    assert set(found(snippet, USED)) == {"LATERAL", "FOR UPDATE"}
    assert set(found(snippet, UNUSED)) == {"SKIP LOCKED, NOWAIT"}


def test_a_feature_that_the_page_lacks_is_noticed(files: dict[str, str]) -> None:
    more = {**files, "catalog/new.py": plain('Q = "MERGE INTO a USING b ON true"')}
    assert found(more, UNUSED) == {"MERGE": ["catalog/new.py"]}
    without = [row for row in _rows(PAGE) if row.feature != "LATERAL"]
    assert sorted(row.feature for row in without) != sorted(found(files, USED))
