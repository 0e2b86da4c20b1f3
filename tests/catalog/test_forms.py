"""One form for several items: each field once, and what fills it in."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from catalog.situations.fields import Origin, load
from catalog.situations.forms import FormField, fields_of, one_form, read_fields, replace_fields
from catalog.tables import published_item
from kernel.errors import BadInput
from kernel.house import House

NOW = datetime(2026, 11, 2, 4, tzinfo=UTC)
HEAD = "item_id,name,type,required\n"
NAMES = ("企业名称", "申请单位", "统一社会信用代码", "联系电话", "手机号", "从业人数", "场所面积")

fields = st.lists(
    st.builds(
        FormField,
        st.sampled_from(["A", "B", "C"]),
        st.sampled_from(NAMES),
        st.just("text"),
        st.booleans(),
    ),
    unique_by=lambda one: (one.item_id, one.name),
)


def test_a_field_of_one_meaning_is_asked_once_under_any_of_its_names() -> None:
    form = one_form(
        [
            FormField("A", "企业名称", "text", False),
            FormField("A", "从业人数", "number", True),
            FormField("B", "申请单位：", "text", True),
            FormField("B", "从业人数", "number", False),
            FormField("B", "手机号", "phone", True),
        ]
    )
    assert [one.name for one in form] == ["单位名称", "从业人数", "联系电话"]
    name, staff, phone = form
    assert (name.items, name.names, name.required) == (("A", "B"), ("企业名称", "申请单位："), True)
    assert name.filled[0] == Origin("营业执照", "holder_name")
    assert (staff.items, staff.filled, phone.filled) == (("A", "B"), (), ())


@given(fields)
def test_no_item_loses_a_field_and_no_field_is_asked_twice(given_: list[FormField]) -> None:
    form = one_form(given_)
    assert len({(one.name, one.type) for one in form}) == len(form)
    for one in given_:
        (asked,) = [row for row in form if one.item_id in row.items and one.name in row.names]
        assert asked.required >= one.required
    assert one_form(given_ + given_) == form


def test_fields_are_replaced_whole_item_by_item(house: House) -> None:
    with house.engine.begin() as conn:
        conn.execute(insert(published_item), [_item("A"), _item("B")])
        first = read_fields(
            (HEAD + "A,企业名称,text,是\nA,手机号,phone,否\nB,备注,text,否").encode()
        )
        assert replace_fields(conn, first, 1, "bureau", NOW) == 2
        again = read_fields((HEAD + "A,备注,text,是\n").encode("utf-8-sig"))
        assert replace_fields(conn, again, 1, "bureau", NOW) == 1
        assert fields_of(conn, ["B", "A"]) == [
            FormField("B", "备注", "text", False),
            FormField("A", "备注", "text", True),
        ]
        with pytest.raises(BadInput, match="no item C in catalogue version 1"):
            replace_fields(conn, [FormField("C", "备注", "text", True)], 1, "bureau", NOW)


def _item(item_id: str) -> dict[str, object]:
    return {"version": 1, "item_id": item_id, "name": item_id}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("item,name\nA,备注", "line 2: the columns are item_id, name, type, required"),
        (HEAD + "A,备注,text", "line 2: the columns are"),
        (HEAD + "A,备注,text,是\n,备注,text,是", "line 3: item_id and name"),
        (HEAD + "A,备注,memo,是", "line 2: the type is one of text, date"),
        (HEAD + "A,备注,text,maybe", "line 2: required is 是 or 否, not maybe"),
        (HEAD + "A,备注,text,是\nA,备注：,text,是", "line 3: A has the field 备注： already"),
        (HEAD, "the file has no field"),
    ],
)
def test_a_wrong_file_is_named_by_line(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_fields(text.encode())


def test_a_file_that_is_no_csv_is_named() -> None:
    with pytest.raises(BadInput, match="no CSV"):
        read_fields(b"item_id,name\rA,b")


def test_a_file_that_is_not_utf_8_is_named() -> None:
    with pytest.raises(BadInput, match="not UTF-8"):
        read_fields((HEAD + "A,备注,text,是").encode("gb18030"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("姓名:\n  type: text\n  called: []\n  filled: [营业执照.身高]\n", "营业执照.身高"),
        ("姓名:\n  type: memo\n  called: []\n  filled: []\n", "the type memo"),
        ("甲:\n  type: text\n  called: [乙, 乙]\n  filled: []\n", "乙 is the name of two"),
        ("甲:\n  type: text\n  filled: []\n", "'called' is missing"),
    ],
)
def test_wrong_known_fields_are_named(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "fields.yml"
    file.write_text(text, "utf-8")
    with pytest.raises(BadInput, match=said):
        load(file)
