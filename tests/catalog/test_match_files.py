"""`zhongtai match`: any CSV in, one row out for each row in, bad input in one sentence."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from catalog.items.files import GIVEN, match_files
from kernel.errors import BadInput

CANONICAL = """canonical_id,name,department,main_item,task_type,base_code
C1,食品经营许可核发,市监局,食品经营许可,1,B1
C2,食品经营许可变更,市监局,食品经营许可,1,B2
C3,取水许可证新办审批,水利局,取水许可,1,B3
C4,公司设立登记,市监局,,1,
C5,分公司设立登记,市监局,,1,
C6,烟草专卖零售许可证停业,烟草专卖局,,1,
"""
QUERIES = """\ufeffquery_id,query_name,parent,department,place
Q2,食品经营许可证核发（县级）,,,某县
Q1,分公司设立登记,企业登记,市场监督管理局,某县
Q3,变更,食品经营许可,,某县
Q3,婚姻介绍所年会筹备,,,某县
"""


def written(
    folder: Path, queries: str = QUERIES, canonical: str = CANONICAL
) -> list[dict[str, str]]:
    """The rows of the file that is written."""
    (folder / "q.csv").write_text(queries, "utf-8")
    (folder / "c.csv").write_text(canonical, "utf-8")
    match_files(folder / "q.csv", folder / "c.csv", folder / "out.csv")
    with (folder / "out.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        assert tuple(reader.fieldnames or ()) == GIVEN
        return list(reader)


def test_each_row_has_its_row_in_order(tmp_path: Path) -> None:
    rows = written(tmp_path)
    assert [row["query_id"] for row in rows] == ["Q2", "Q1", "Q3", "Q3"]
    assert [(row["relation"], row["canonical_ids"]) for row in rows] == [
        ("same", "C1"),
        ("same", "C5"),
        ("same", "C2"),
        ("none", ""),
    ]
    assert {row["auto"] for row in rows} <= {"true", "false"}
    assert all(0 <= float(row["confidence"]) <= 1 and row["reason"] for row in rows)
    assert rows[0]["candidates"].split()[0] == "C1"


def test_optional_columns_may_be_missing_and_a_base_code_counts(tmp_path: Path) -> None:
    rows = written(
        tmp_path,
        "query_name,query_id\n食品经营许可证核发,1\n",
        "canonical_id,name\nC1,食品经营许可核发\n",
    )
    assert rows[0]["canonical_ids"] == "C1"
    coded = written(tmp_path, "query_id,query_name,base_code\n1,取水许可办理手续,B3\n")
    assert (coded[0]["canonical_ids"], coded[0]["auto"]) == ("C3", "true")


BAD = [
    ("query_id,name\n1,甲\n", CANONICAL, "the column query_name is missing"),
    (QUERIES, "canonical_id,title\nC1,甲\n", "the column name is missing"),
    (QUERIES, "canonical_id,name\nC1,甲\nC1,乙\n", "canonical_id C1 is there twice"),
    (QUERIES, "canonical_id,name\nC 1,甲\n", "must be text without spaces"),
    ("query_id,query_name\n1\n", CANONICAL, "line 2 has too few columns"),
    (QUERIES, "canonical_id,name\n", "no canonical item"),
    (f"query_id,query_name\n1,{'证' * 1001}\n", CANONICAL, "line 2 has a text of more than 1000"),
    ('query_id,query_name\n1,"甲\n', CANONICAL, "no CSV"),
]


@pytest.mark.parametrize(("queries", "canonical", "message"), BAD)
def test_bad_input_is_one_sentence_and_writes_nothing(
    tmp_path: Path, queries: str, canonical: str, message: str
) -> None:
    with pytest.raises(BadInput, match=message):
        written(tmp_path, queries, canonical)
    assert not (tmp_path / "out.csv").exists()


def test_a_file_that_is_read_is_never_written(tmp_path: Path) -> None:
    (tmp_path / "q.csv").write_text(QUERIES, "utf-8")
    (tmp_path / "c.csv").write_text(CANONICAL, "utf-8")
    with pytest.raises(BadInput, match="is a file that is read"):
        match_files(tmp_path / "q.csv", tmp_path / "c.csv", tmp_path / "q.csv")
    with pytest.raises(BadInput, match="is no folder"):
        match_files(tmp_path / "q.csv", tmp_path / "c.csv", tmp_path / "no" / "o.csv")
    with pytest.raises(BadInput, match="is a folder: name a file in it"):
        match_files(tmp_path / "q.csv", tmp_path / "c.csv", tmp_path)
    (tmp_path / "odd.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match="neither UTF-8 nor GB 18030"):
        match_files(tmp_path / "odd.csv", tmp_path / "c.csv", tmp_path / "o.csv")
    with pytest.raises(BadInput, match=r"none.csv cannot be read: No such file"):
        match_files(tmp_path / "none.csv", tmp_path / "c.csv", tmp_path / "o.csv")


def test_gb18030_is_read_like_utf8(tmp_path: Path) -> None:
    rows = written(tmp_path)
    for name in ("q.csv", "c.csv"):
        file = tmp_path / name
        file.write_bytes(file.read_text("utf-8-sig").encode("gb18030"))
    match_files(tmp_path / "q.csv", tmp_path / "c.csv", tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "out.csv").read_bytes()
    assert len(rows) == 4


def test_the_order_of_the_files_does_not_matter(tmp_path: Path) -> None:
    """Each name has its answer, whatever stands before it and however the items are ordered."""
    rows = written(tmp_path)
    head, *lines = CANONICAL.splitlines()
    mixed = written(
        tmp_path,
        "\n".join([QUERIES.splitlines()[0], *reversed(QUERIES.splitlines()[1:])]) + "\n",
        "\n".join([head, *reversed(lines)]) + "\n",
    )
    assert mixed == rows[::-1]
