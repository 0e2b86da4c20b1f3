"""Complaints: read bounded, persons' numbers taken out, taken in once, answered once."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook

from catalog.complaints import worklist
from catalog.complaints.numbers import OUT, is_of_person, without_numbers
from catalog.complaints.sheet import MOST_ROWS, Written, read
from kernel.errors import BadInput
from kernel.house import House
from tests.certs.town import NOW, WANG, Town

HEAD = "工单编号,日期,事项,材料,区县,内容,姓名,电话\n"
ROW = "GZ1,2026-11-20,食品经营许可（变更）,营业执照,章贡区,窗口又要营业执照,张三,13800001111\n"


def table(*rows: str, head: str = HEAD) -> bytes:
    return (head + "".join(rows)).encode()


def test_only_known_columns_are_kept_and_the_others_are_named() -> None:
    found = read(table(ROW))
    assert found.rows == (
        Written(
            "GZ1", date(2026, 11, 20), "食品经营许可（变更）", "营业执照", "章贡区",
            "窗口又要营业执照",
        ),
    )  # fmt: skip
    assert found.left_out == ("姓名", "电话")
    assert "张三" not in str(found.rows)


def test_excel_and_gb18030_read_the_same() -> None:
    book = Workbook()
    assert book.active is not None
    for line in (HEAD, ROW):
        book.active.append(line.strip().split(","))
    out = io.BytesIO()
    book.save(out)
    assert read(out.getvalue()) == read(table(ROW)) == read((HEAD + ROW).encode("gb18030"))


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (f"我的身份证{WANG}又要交", f"我的身份证{OUT}又要交"),
        ("电话138 0000 1111", f"电话{OUT}"),
        ("电话１３８００００１１１１", f"电话{OUT}"),
        ("0797-8123456打不通", f"{OUT}打不通"),
        ("幺三八零零零零一一一一", OUT),
        ("联系人：李小明，2026-11-20去的", "联系人：［略］，2026-11-20去的"),
        ("跑了3趟，等了45分钟，第12号窗口", "跑了3趟，等了45分钟，第12号窗口"),
    ],
)
def test_numbers_of_persons_are_taken_out_and_days_stay(said: str, kept: str) -> None:
    assert without_numbers(said) == kept
    assert without_numbers(kept) == kept


def test_a_ticket_may_have_digits_but_not_be_a_person() -> None:
    assert not is_of_person("GZ20261120000123")
    assert is_of_person(WANG)
    assert is_of_person("13800001111")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (",2026-11-20,事项,,,\n", "“工单编号”是空的"),
        ("GZ2,昨天,事项,,,\n", "日期看不懂"),
        ("GZ2,2026-11-20,事\0项,,,\n", "控制字符"),
        ("13800001111,2026-11-20,事项,,,\n", "证件号码或手机号码"),
        ("GZ2,2026-11-20,事项,,南昌市,\n", "不是本市的区县"),
        (f"GZ2,2026-11-20,{'长' * 201},,,\n", "超过 200 个字"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_with_its_place(row: str, why: str) -> None:
    found = read(table(ROW, row))
    assert len(found.rows) == 1
    ((place, said),) = found.refused
    assert place == 3
    assert why in said


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (HEAD.encode(), "没有数据行"),
        (table(ROW, head="工单编号,日期,内容\n"), "more cells"),
        (table("1,2026-11-20,x\n", head="工单编号,日期,内容\n"), "缺少“事项”列"),
        (b"PK\x03\x04broken", "cannot be read"),
        (table(*["GZ,2026-11-20,x\n"] * (MOST_ROWS + 1)), "最多导入"),
        (b"\xff\xfe\xff", "neither UTF-8"),
    ],
)
def test_what_is_no_table_is_said_in_one_sentence(data: bytes, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        read(data)


def test_an_excel_file_that_unpacks_to_too_much_is_refused_before_it_is_read() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (201 * 1024 * 1024))
    assert len(out.getvalue()) < 1024 * 1024
    with pytest.raises(BadInput, match="unpacks to more than 200 MB"):
        read(out.getvalue())


def test_a_sheet_that_claims_to_be_huge_is_read_as_it_is_or_refused() -> None:
    book = Workbook()
    assert book.active is not None
    for line in (HEAD, ROW):
        book.active.append(line.strip().split(","))
    out = io.BytesIO()
    book.save(out)
    assert read(changed(out.getvalue(), b'ref="A1:H2"', b'ref="A1:XFD1048576"')) == read(table(ROW))
    for place in range(3, 400):
        book.active.cell(place, 16384).value = "x"
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(BadInput, match="at most 5,000,000 cells"):
        read(out.getvalue())


def changed(book: bytes, old: bytes, new: bytes) -> bytes:
    """The workbook with one place of its first sheet written otherwise."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name.endswith("sheet1.xml"):
                assert old in part
                part = part.replace(old, new)
            target.writestr(name, part)
    return out.getvalue()


@pytest.mark.parametrize("place", [60, 400, 900, 1500])
def test_a_broken_workbook_is_a_sentence_and_no_fault(place: int) -> None:
    out = io.BytesIO()
    Workbook().save(out)
    data = bytearray(out.getvalue())
    data[place : place + 40] = bytes(40)
    with pytest.raises(BadInput):
        read(bytes(data))


@pytest.fixture
def town(house: House) -> Town:
    made = Town(house)
    made.open()
    return made


def written(reference: str, item: str = "食品经营许可（变更）") -> Written:
    return Written(reference, date(2026, 11, 20), item, "营业执照", "章贡区", "又要")


def test_complaints_are_taken_in_once_and_tied_to_the_one_item_of_that_name(town: Town) -> None:
    rows = [written("A"), written("B", "FOOD-1"), written("C", "别的事"), written("A")]
    with town.house.engine.begin() as conn:
        done = worklist.take(conn, "hotline", rows, "bureau", NOW)
        assert (done.new, done.known, done.found) == (3, 1, 2)
        again = worklist.take(conn, "hotline", rows, "bureau", NOW)
        assert (again.new, again.known) == (0, 4)
        assert worklist.take(conn, "rating", rows[:1], "bureau", NOW).new == 1
        listed = worklist.listed(conn, is_open=True, after=None, limit=10)
        assert [one.item_id for one in listed] == ["FOOD", "FOOD", None, "FOOD"]
        after = listed[1].said_on, listed[1].id
        assert worklist.listed(conn, is_open=True, after=after, limit=10) == listed[2:]


def test_a_complaint_is_answered_once_in_words_without_numbers(town: Town) -> None:
    with town.house.engine.begin() as conn:
        worklist.take(conn, "hotline", [written("A")], "bureau", NOW)
        (one,) = worklist.listed(conn, is_open=True, after=None, limit=1)
        for outcome, why, says in (
            ("maybe", "已经处理了", "请选择处理结果"),
            ("window", "短", "4 至 500"),
            ("window", "已致电13800001111", "不写姓名"),
        ):
            with pytest.raises(BadInput, match=says):
                worklist.answer(conn, one.id, outcome, why, "bureau", NOW)
        worklist.answer(conn, one.id, "window", "已通知窗口改正", "bureau", NOW)
        assert worklist.numbers(conn) == (0, 1)
        (done,) = worklist.listed(conn, is_open=False, after=None, limit=1)
        assert (done.answer, done.why, done.answered_by) == ("window", "已通知窗口改正", "bureau")
        with pytest.raises(BadInput, match="没有编号为"):
            worklist.answer(conn, one.id, "window", "已通知窗口改正", "bureau", NOW)
        with pytest.raises(BadInput, match="hotline or rating"):
            worklist.take(conn, "fax", [], "bureau", NOW)


def test_an_open_complaint_is_tied_once_the_catalogue_names_its_item(town: Town) -> None:
    with town.house.engine.begin() as conn:
        worklist.take(conn, "hotline", [written("A", "变更食品许可"), written("B")], "bureau", NOW)
        assert worklist.tie(conn) == 0
    town.item("FOOD", "食品经营许可（变更）", "市市场监督管理局", ["FOOD-2"])
    town.change(
        "SET session_replication_role = replica;"
        " UPDATE catalog.published_mapping SET name = '变更食品许可' WHERE local_code = 'FOOD-2'"
    )
    with town.house.engine.begin() as conn:
        assert worklist.tie(conn) == 1
        listed = worklist.listed(conn, is_open=True, after=None, limit=9)
    assert [one.item_id for one in listed] == ["FOOD", "FOOD"]
