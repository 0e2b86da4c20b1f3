"""Proposals measured on real schemas and on our own contracts; the file's mistakes are told."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from kernel.errors import BadInput
from registry import schema_file
from registry.draft import draft_stream
from registry.fields import FIELDS
from registry.loader import load_folder
from registry.mapping_words import words
from registry.propose import Column, propose
from registry.understood import Seen, understand

HERE = Path(__file__).parent
SCHEMAS = HERE / "data" / "schemas"
SYSTEMS = HERE.parent.parent / "connectors" / "systems"
HEADER = "table_name,table_comment,column_name,type,column_comment\n"


def _gold(name: str) -> Iterator[tuple[str, str]]:
    """The field that a person gave each column, and the one that is proposed."""
    with (SCHEMAS / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = schema_file.proposals(schema_file.read(SCHEMAS / name))
    by_name = {
        (table, one.column): one.field for table, made in found.items() for one in made.columns
    }
    for row in rows:
        yield row["field"], by_name[row["table_name"], row["column_name"]]


def _measure(pairs: list[tuple[str, str]]) -> tuple[float, float]:
    """Precision and recall of what is proposed."""
    right = sum(1 for gold, given in pairs if given and gold == given)
    proposed, wanted = (sum(1 for pair in pairs if pair[place]) for place in (1, 0))
    return right / proposed, right / wanted


@pytest.mark.parametrize(
    ("name", "precision", "recall"),
    [
        ("public_first.csv", 0.95, 0.95),
        ("public_second.csv", 0.94, 0.92),
        ("public_third.csv", 0.96, 0.92),
        ("invented_domains.csv", 0.97, 0.97),
        ("invented_offices.csv", 0.97, 0.97),
    ],
)
def test_schemas_are_mapped_as_a_person_would(name: str, precision: float, recall: float) -> None:
    reached = _measure(list(_gold(name)))
    assert reached[0] >= precision, reached
    assert reached[1] >= recall, reached


def test_the_contracts_columns_are_found_by_their_names_alone() -> None:
    pairs = []
    for system in load_folder(SYSTEMS).values():
        for stream in system.streams.values():
            gold = {one.column: field for field, one in stream.fields.items()}
            columns = [Column(name, "", "") for name in sorted(stream.known_columns())]
            made = propose(stream.path, "", columns)
            assert made.kind == stream.kind, system.code
            pairs += [(gold.get(one.column, ""), one.field) for one in made.columns]
    precision, recall = _measure(pairs)
    assert precision >= 0.99, precision
    assert recall >= 0.98, recall


def test_a_field_is_given_once_a_table() -> None:
    columns = [
        Column("zzbh", "", "证照编号"),
        Column("cert_no", "", "证照编号"),
        Column("fzjg", "", "发证机关"),
    ]
    made = propose("zz", "证照", [*columns, Column("fzrq", "", "发证日期")])
    fields = [one.field for one in made.columns if one.field]
    assert sorted(fields) == ["issued", "issuer", "number"]


@pytest.mark.parametrize(
    ("name", "comment"),
    [
        ("create_time", "创建时间"),
        ("jbr", "经办人姓名"),
        ("fddbr", "法定代表人"),
        ("dlr_zjhm", "代理人证件号码"),
        ("lxdh", "联系电话"),
        ("fzjgdm", "发证机关代码"),
        ("promise_date", "承诺办结时间"),
    ],
)
def test_what_only_looks_like_a_field_is_left_empty(name: str, comment: str) -> None:
    known = [
        Column("zzbh", "", "证照编号"),
        Column("fzrq", "", "发证日期"),
        Column("czzt", "", "持证主体"),
    ]
    made = propose("zzxx", "电子证照", [*known, Column(name, "varchar(50)", comment)])
    assert made.columns[-1].field == ""


@pytest.mark.parametrize(("number", "holder"), [("身份证号码", "xm"), ("统一社会信用代码", "dwmc")])
def test_in_a_table_of_persons_a_firm_is_where_they_work(number: str, holder: str) -> None:
    columns = [
        Column("zsbh", "", "证书编号"),
        Column("dwmc", "", "单位名称"),
        Column("xm", "", "姓名"),
        Column("hm", "", number),
    ]
    made = propose("zgz", "资格证", columns)
    assert {one.field: one.column for one in made.columns}["holder_name"] == holder


def test_a_notice_is_no_item_and_a_detail_says_that_it_is_one() -> None:
    notice = [
        Column("code", "", "编号"),
        Column("title", "", "标题"),
        Column("dept", "", "部门"),
        Column("type", "", "类型"),
    ]
    assert propose("t_info", "通知公告", notice).kind is None
    licence = [
        Column("zzbh", "", "证照编号"),
        Column("czr", "", "持证人"),
        Column("a", "", "经营场所"),
    ]
    assert propose("zz", "证照", licence).columns[-1].reason == "a detail of a licence: 经营场所"


@pytest.mark.parametrize("kind", list(FIELDS))
def test_every_field_has_words(kind: str) -> None:
    said = {name: one.says for name, one in words().fields[kind].items()}  # type: ignore[index]
    assert set(said) == set(FIELDS[kind])  # type: ignore[index]
    assert all(said.values())


def test_the_command_writes_a_line_for_every_line(tmp_path: Path) -> None:
    schema, out = tmp_path / "schema.csv", tmp_path / "out.csv"
    known = "t_zz,证照,F_ZZBH,varchar(50),\nt_zz,证照,fzjg,varchar(50),发证机关\n"
    rows = known + 2 * "t_zz,证照,xyz,text,\n"
    schema.write_bytes((HEADER + rows).encode("gb18030"))
    result = CliRunner().invoke(
        app, ["systems", "propose", "--schema", str(schema), "--out", str(out)]
    )
    assert result.exit_code == 0, result.output
    with out.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    assert lines[0] == ["table_name", "column_name", "field", "confidence", "reason"]
    assert [line[:3] for line in lines[1:]] == [
        ["t_zz", "F_ZZBH", "number"],
        ["t_zz", "fzjg", "issuer"],
        ["t_zz", "xyz", ""],
        ["t_zz", "xyz", ""],
    ]
    assert all(0 <= float(line[3]) <= 1 and line[4] for line in lines[1:])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "line 1: table_name, table_comment, column_name, type, column_comment missing"),
        (b"table_name,column_name\na,b\n", "line 1: table_comment, type, column_comment missing"),
        (HEADER.encode() + b"t,c,name\n", "line 2: 3 values where the first line has more"),
        (HEADER.encode() + b"t,c,,int,x\n", "line 2: column_name is empty"),
        (HEADER.encode() + b"\xff\xff,c,a,int,x\n", "neither UTF-8 nor GB 18030"),
    ],
)
def test_a_wrong_file_is_told_with_its_line(tmp_path: Path, text: bytes, said: str) -> None:
    file = tmp_path / "schema.csv"
    file.write_bytes(text)
    with pytest.raises(BadInput) as caught:
        schema_file.read(file)
    assert said in str(caught.value)
    with pytest.raises(BadInput, match="cannot be read"):
        schema_file.read(tmp_path / "none.csv")


def test_a_table_that_names_one_licence_type_proposes_it_for_every_row() -> None:
    columns = tuple(
        Column(name, "varchar(60)", comment)
        for name, comment in (
            ("ID", "主键"),
            ("ZZBH", "证照编号"),
            ("CZRMC", "持证人名称"),
            ("CZRDM", "持证人证件号码"),
            ("ZZZT", "证照状态"),
        )
    )
    for comment, always in (
        ("取水许可证信息表", {"type": "取水许可证"}),
        ("取水许可证和营业执照", None),
        ("证照信息表", None),
    ):
        draft = draft_stream(
            "licence", "sql", understand(Seen("t_zz", comment, columns, ("ID",), []))
        )
        assert draft.data.get("always") == always
        asked = "streams.licence.always: confirm that type is 取水许可证 in every row" in draft.asks
        assert asked == (always is not None)
