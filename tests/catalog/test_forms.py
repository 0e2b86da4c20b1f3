"""Forms: one for several items, each field once; proposed, decided, published, told apart."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from catalog.exchange.snapshot import as_json, read_json
from catalog.forms.asked import fields_of, one_form, published
from catalog.forms.changes import changes, decide, effective, propose
from catalog.forms.fields import Origin, load
from catalog.forms.table import FormField, read_fields, write_fields
from catalog.situations.whole import whole
from catalog.versions.content import content_now, digest_of
from catalog.versions.diff import diff
from catalog.versions.history import content_of, rollback, verify, versions
from catalog.versions.publish import publish
from kernel.errors import BadInput, Conflicts, Refused
from kernel.house import House
from pipeline.exchanging import Exchanging
from tests.catalog import town
from tests.catalog.town import DAY, FOOD, WATER

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
        published(
            [
                FormField("A", "企业名称", "text", False),
                FormField("A", "从业人数", "number", True),
                FormField("B", "申请单位：", "text", True),
                FormField("B", "从业人数", "number", False),
                FormField("B", "手机号", "phone", True),
            ]
        )
    )
    assert [one.name for one in form] == ["单位名称", "从业人数", "联系电话"]
    name, staff, phone = form
    assert (name.items, name.names, name.required) == (("A", "B"), ("企业名称", "申请单位："), True)
    assert name.filled[:2] == (
        Origin(None, "organisation_name"), Origin("营业执照", "holder_name"),
    )  # fmt: skip
    assert (staff.items, staff.filled, phone.filled) == (("A", "B"), (), ())


@given(fields)
def test_no_item_loses_a_field_and_no_field_is_asked_twice(given_: list[FormField]) -> None:
    form = one_form(published(given_))
    assert len({(one.name, one.type) for one in form}) == len(form)
    for one in given_:
        (asked,) = [row for row in form if one.item_id in row.items and one.name in row.names]
        assert asked.required >= one.required
    assert one_form(published(given_ + given_)) == form


FORM = [
    FormField(FOOD, "经营者名称", "text", True),
    FormField(FOOD, "从业人数", "number", True),
    FormField(WATER, "申请单位", "text", True),
]


def accepted(house: House, fields: list[FormField]) -> list[int]:
    """Forms that an officer proposed and the bureau accepted."""
    with house.engine.begin() as conn:
        numbers = propose(conn, fields, "officer", "新版申请表", NOW)
        decide(conn, numbers, "accepted", "bureau", "同意", NOW)
    return numbers


def test_a_form_counts_once_the_bureau_accepts_it_and_is_published(house: House) -> None:
    town.start(house)
    with house.engine.begin() as conn:
        numbers = propose(conn, FORM, "officer", "新版申请表", NOW)
        assert effective(conn) == []
    assert publish(house, "test") == 1
    with house.engine.begin() as conn:
        decide(conn, numbers, "accepted", "bureau", "同意", NOW)
        assert effective(conn) == FORM
    assert publish(house, "test") == 2
    with house.engine.begin() as conn:
        assert fields_of(conn, 1, [FOOD, WATER]) == []
        kept = fields_of(conn, 2, [WATER, FOOD])
        assert [(one.name, one.standard) for one in kept] == [
            ("申请单位", "单位名称"), ("经营者名称", "单位名称"), ("从业人数", "从业人数"),
        ]  # fmt: skip
        (name, staff) = whole(conn, [FOOD, WATER], {}, DAY).fields
        assert (name.name, name.items, staff.items) == ("单位名称", (FOOD, WATER), (FOOD,))
        said = [one.sentence for one in diff(conn, 1, 2)]
    assert said == [
        "“食品经营许可”：表单增加填写项“从业人数”（数字，必填）。",
        "“食品经营许可”：表单增加填写项“经营者名称”（文字，必填）。",
        "“取水许可审批”：表单增加填写项“申请单位”（文字，必填）。",
    ]


def test_a_new_form_replaces_the_whole_and_a_withdrawn_one_gives_it_back(house: House) -> None:
    town.start(house)
    accepted(house, FORM)
    publish(house, "test")
    again = [
        FormField(FOOD, "从业人数", "text", False),
        FormField(FOOD, "备注", "text", False),
    ]
    (number,) = accepted(house, again)
    publish(house, "test")
    with house.engine.begin() as conn:
        assert [one.sentence for one in diff(conn, 2, 3)] == [
            "“食品经营许可”：填写项“从业人数”由“数字，必填”改为“文字，选填”。",
            "“食品经营许可”：表单增加填写项“备注”（文字，选填）。",
            "“食品经营许可”：表单不再有填写项“经营者名称”。",
        ]
        decide(conn, [number], "withdrawn", "bureau", "改回", NOW)
        assert effective(conn, FOOD) == FORM[:2]
        assert [one.state for one in changes(conn, FOOD)] == ["accepted", "withdrawn"]


def test_who_proposed_a_form_does_not_decide_on_it_and_nothing_is_decided_twice(
    house: House,
) -> None:
    town.start(house)
    with house.engine.begin() as conn:
        numbers = propose(conn, FORM, "officer", "新版申请表", NOW)
        with pytest.raises(Conflicts, match="waits for a decision already"):
            propose(conn, FORM[:2], "other", "新版申请表", NOW)
        with pytest.raises(Refused, match="另一人"):
            decide(conn, numbers, "accepted", "officer", "同意", NOW)
        with pytest.raises(BadInput, match="not there"):
            decide(conn, [*numbers, 99], "accepted", "bureau", "同意", NOW)
        assert {one.state for one in changes(conn)} == {"proposed"}  # all or none
        decide(conn, numbers[:1], "refused", "bureau", "缺依据", NOW)
        with pytest.raises(BadInput, match="is refused: only proposed ones"):
            decide(conn, numbers[:1], "accepted", "bureau", "同意", NOW)
        decide(conn, numbers[1:], "accepted", "bureau", "同意", NOW)
        with pytest.raises(Conflicts, match="is that already"):
            propose(conn, FORM[2:], "officer", "新版申请表", NOW)


def test_a_wrong_proposal_or_decision_is_named(house: House) -> None:
    town.start(house)
    with house.engine.begin() as conn:
        with pytest.raises(BadInput, match="no item C in the catalogue"):
            propose(conn, [FormField("C", "备注", "text", True)], "officer", "新版", NOW)
        with pytest.raises(BadInput, match="a form needs a reason"):
            propose(conn, FORM, "officer", " ", NOW)
        with pytest.raises(BadInput, match="accepted, refused or withdrawn, not gone"):
            decide(conn, [1], "gone", "bureau", "同意", NOW)
        with pytest.raises(BadInput, match="needs a reason"):
            decide(conn, [1], "accepted", "bureau", "", NOW)
        with pytest.raises(BadInput, match="a form is proposed"):
            changes(conn, state="gone")


def test_forms_are_in_every_export_and_come_back_with_a_version(house: House) -> None:
    town.start(house)
    accepted(house, FORM)
    assert publish(house, "test") == 2
    book = Exchanging(house).export("xlsx", 2)
    sheets = load_workbook(io.BytesIO(book), read_only=True)
    rows = [list(row) for row in sheets["GB39554表单填写项"].values]
    assert rows[1] == [FOOD, "食品经营许可", "1", "经营者名称", "单位名称", "文字", "是"]
    assert len(list(sheets["表单填写项"].values)) == 1 + len(FORM)
    with house.engine.begin() as conn:
        content = verify(conn, 2)
        row = versions(conn)[0]
    assert read_json(json.dumps(as_json(row, content))) == content
    rollback(house, 1, "bureau", "退回")
    with house.engine.begin() as conn:
        assert (fields_of(conn, 3, [FOOD]), len(fields_of(conn, 2, [FOOD]))) == ([], 2)


def test_a_version_without_forms_has_the_digest_that_it_had_before_there_were_any(
    house: House,
) -> None:
    town.start(house)
    with house.engine.begin() as conn:
        content = content_of(conn, 1)
        assert content.pop("field") == []
        assert digest_of(content) == versions(conn)[0].digest == digest_of(content_now(conn))
        old = as_json(versions(conn)[0], {**content, "field": []})
    del old["field"]
    assert read_json(json.dumps(old))["field"] == []


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


def test_a_file_as_a_spreadsheet_program_saves_it_is_read() -> None:
    text = HEAD + f"{FOOD},备注,text,是\r\n"
    for data in (text.encode("gb18030"), text.encode("utf-8-sig")):
        assert read_fields(data) == [FormField(FOOD, "备注", "text", True)]
    with pytest.raises(BadInput, match="neither UTF-8 nor GB18030"):
        read_fields(b"\xff\xfe\x00PK")
    with pytest.raises(BadInput, match="the file is no CSV"):
        read_fields((HEAD + f'{FOOD},"备注').encode())


@given(fields)
def test_what_is_written_is_read_back(given_: list[FormField]) -> None:
    if given_:
        assert read_fields(write_fields(given_)) == given_


def test_a_file_that_is_no_csv_is_named() -> None:
    with pytest.raises(BadInput, match="the columns are item_id"):
        read_fields(b"item_id,name\rA,b")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("姓名:\n  type: text\n  called: []\n  filled: [营业执照.身高]\n", "营业执照.身高"),
        ("姓名:\n  type: text\n  called: []\n  filled: [case.age]\n", "case.age"),
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
