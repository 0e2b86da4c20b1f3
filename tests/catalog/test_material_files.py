"""`zhongtai materials parse`: a CSV in, a CSV out."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from catalog.materials.files import parse_file
from kernel.errors import BadInput


def test_rows_come_out_in_order_with_their_parts(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    rows = 'material_id,material_name,item,place\n2,"身份证、户口簿",再生育审批,某县\n1,,,\n'
    source.write_bytes(b"\xef\xbb\xbf" + rows.encode())
    assert parse_file(source, target) == 2
    with target.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert list(found[0]) == ["material_id", "composition", "parts", "confidence"]
    assert [row["material_id"] for row in found] == ["2", "1"]
    parts = json.loads(found[0]["parts"])
    assert [part["document"] for part in parts] == ["居民身份证", "户口簿"]
    assert parts[0]["licence_types"] == ["居民身份证"]
    assert {"role", "form", "kind", "purpose", "grade"} <= set(parts[0])
    again = target.read_bytes()
    parse_file(source, target)
    assert target.read_bytes() == again


BAD = {
    "material_id,material_name\n1,身份证\n": "the column item is missing",
    "": "the column material_id is missing",
    "material_id,material_name,item\n1,身份证\n": "line 2 has too few columns",
    'material_id,material_name,item\n1,"身份证,x\n': "no CSV",
}


@pytest.mark.parametrize("text", BAD)
def test_a_bad_file_is_named_and_nothing_is_written(text: str, tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(text, "utf-8")
    with pytest.raises(BadInput, match=BAD[text]):
        parse_file(source, target)
    assert list(tmp_path.iterdir()) == [source]


def test_other_encodings_and_places_are_said(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    text = "material_id,material_name,item\n1,身份证,x\n"
    answers = []
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        source.write_bytes(text.encode(encoding))
        assert parse_file(source, target) == 1
        answers.append(target.read_bytes())
    assert answers[0] == answers[1] == answers[2]
    source.write_bytes(b"material_id,material_name,item\n1,\xff\xff,x\n")
    with pytest.raises(BadInput, match="neither UTF-8 nor GB 18030"):
        parse_file(source, target)
    with pytest.raises(BadInput, match="cannot be read"):
        parse_file(tmp_path / "none.csv", target)
    with pytest.raises(BadInput, match="is no folder"):
        parse_file(source, tmp_path / "none" / "out.csv")
    with pytest.raises(BadInput, match="is a folder"):
        parse_file(source, tmp_path)
    with pytest.raises(BadInput, match="name another one"):
        parse_file(source, source)
