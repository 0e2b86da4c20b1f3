"""Exports read back whole; the national tables are told what changed; faults reopen rows."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from catalog.exchange import faults, gb, national
from catalog.exchange.send import SENDING, Sending, prepare, remember
from catalog.exchange.snapshot import as_json, read_json
from catalog.exchange.write import book, csv_text, to_database, to_folder
from catalog.versions.history import content_of, versions
from catalog.versions.publish import publish
from kernel.errors import BadInput, NotAuthorised, PersonMustAct, RetryLater
from kernel.house import House
from tests.catalog import town
from tests.catalog.rows import NOON
from tests.catalog.town import AT, DAY, FOOD, NANKANG, WATER, XINFENG, ZHANGGONG

TARGET = "EXCHANGE_URL"


def sending(house: House, version: int) -> Sending:
    """Make the batch and remember it as written."""
    with house.engine.begin() as conn:
        made = prepare(conn, content_of(conn, version), version, TARGET, AT)
        remember(conn, made)
    return made


def by_code(made: Sending, table: str) -> dict[str, dict[str, Any]]:
    """A table's rows by implementation."""
    return {row["task_code"]: row for row in made.tables[table]}


def test_json_reads_back_to_the_same_version(house: House) -> None:
    town.start(house)
    with house.engine.begin() as conn:
        town.accepted(conn, field="steps", value="受理；审查：5")
    number = publish(house, "test")
    with house.engine.begin() as conn:
        content = content_of(conn, number)
        said = json.dumps(as_json(versions(conn)[0], content), ensure_ascii=False)
    assert read_json(said) == content
    for changed, says in (
        (said.replace("食品经营许可", "食品生产许可", 1), "its digest is another"),
        (said.replace("zhongtai-catalogue-1", "x"), "of the form x"),
        ("[]", "no export"),
        ("{", "no export"),
    ):
        with pytest.raises(BadInput, match=says):
            read_json(changed)


def test_rows_of_the_standard_hold_item_code_flow_and_body(house: House) -> None:
    town.start(house)
    with house.engine.begin() as conn:
        town.accepted(conn)
    number = publish(house, "test")
    with house.engine.begin() as conn:
        sheets = gb.sheets(content_of(conn, number), DAY)
    rows = [dict(zip(gb.TASKS, row, strict=True)) for row in sheets["实施清单"][1:]]
    found = {row["实施编码"]: row for row in rows}
    assert set(found) == {ZHANGGONG, XINFENG, NANKANG}
    assert found[ZHANGGONG]["实施编码合规"] == "是"
    assert found[XINFENG]["实施编码合规"] == "否"
    assert (found[XINFENG]["基本编码"], found[XINFENG]["类型代码"]) == (FOOD, "01")
    assert found[XINFENG]["承诺办结时限"] == "5个工作日"  # the accepted deviation
    assert found[ZHANGGONG]["承诺办结时限"] == "10个工作日"  # the county's own guide
    assert found[ZHANGGONG]["实施主体"] == town.MARKET
    materials = [row[4] for row in sheets["申请材料"][1:] if row[0] == FOOD]
    assert materials == ["营业执照", "食品经营许可申请表"]
    read = load_workbook(io.BytesIO(book(sheets)))
    assert [[cell or "" for cell in row] for row in read["实施清单"].values] == sheets["实施清单"]


def test_a_cell_that_looks_like_a_formula_stays_text() -> None:
    read = load_workbook(io.BytesIO(book({"a": [["头"], ["=1+1"]]})))
    assert (read["a"]["A2"].value, read["a"]["A2"].data_type) == ("=1+1", "s")


def test_the_national_rows_name_what_they_know_and_hold_back_the_rest(house: House) -> None:
    town.start(house)
    made = sending(house, 1)
    basic = by_code(made, "up_task_general_basic")
    assert set(basic) == {ZHANGGONG, XINFENG, NANKANG}
    row = basic[ZHANGGONG]
    assert (row["catalog_code"], row["local_task_code"], row["use_level"]) == (FOOD, None, "4")
    assert (row["anticipate_day"], row["promise_day"], row["is_fee"]) == (20, 10, "0")
    assert basic[XINFENG]["local_task_code"] == XINFENG
    materials = made.tables["up_task_general_material"]
    assert {one["material_name"] for one in materials if one["task_code"] == ZHANGGONG} == {
        "营业执照", "食品经营许可申请表",
    }  # fmt: skip
    assert all(one["task_guid"] == basic[one["task_code"]]["row_guid"] for one in materials)
    assert (made.operations, made.held_back) == ({"I": made.rows}, ())
    town.change(
        house,
        "UPDATE landing.item SET limit_days = NULL WHERE code IN (:a, :b)",
        a=NANKANG,
        b=WATER,
    )
    held = sending(house, town.again(house)).held_back
    assert [(one.code, one.why) for one in held] == [(NANKANG, "没有法定办结时限")]


def test_only_what_changed_is_sent_again_and_what_is_gone_is_said(house: House) -> None:
    town.start(house)
    first = sending(house, 1)
    assert sending(house, 1).rows == 0
    with house.engine.begin() as conn:
        town.accepted(conn)
    second = sending(house, publish(house, "test"))
    assert second.operations == {"U": 1}
    assert by_code(second, "up_task_general_basic")[XINFENG]["promise_day"] == 5
    town.change(house, "UPDATE landing.item SET deleted_at = now() WHERE code = :c", c=NANKANG)
    third = sending(house, town.again(house))
    assert third.operations == {"D": 2}  # the implementation and its one material
    town.change(house, "UPDATE landing.item SET deleted_at = NULL")
    fourth = sending(house, town.again(house))
    assert fourth.operations == {"I": 2}
    key = "up_task_general_basic"
    again = fourth.tables[key][0]["row_guid"]
    assert again in {row["row_guid"] for row in first.tables[key]}  # the same row, the same name


def test_files_read_back_and_a_killed_send_makes_the_same_batch(
    house: House, tmp_path: Path
) -> None:
    town.start(house)
    with house.engine.begin() as conn:
        made = prepare(conn, content_of(conn, 1), 1, TARGET, AT)
        same = prepare(conn, content_of(conn, 1), 1, TARGET, AT)  # nothing was remembered
    assert made == same
    for path in to_folder(tmp_path / "up", made):
        table = path.name.split(".")[0]
        with path.open(encoding="utf-8", newline="") as file:
            read = list(csv.DictReader(file))
        wanted = [
            {name: "" if value is None else str(value) for name, value in row.items()}
            for row in made.tables[table]
        ]
        assert read == wanted
        assert list(read[0]) == [*national.columns_of(table), *SENDING]
    with pytest.raises(BadInput, match="cannot be made"):
        to_folder(Path("/proc/none"), made)


def test_a_database_takes_the_batch_once(house: House) -> None:
    town.start(house)
    made = sending(house, 1)
    url = house.engine.url.render_as_string(hide_password=False)
    to_database(url, made)
    to_database(url, made)  # as after a kill between writing and remembering
    with house.engine.begin() as conn:
        count = conn.execute(text("SELECT count(*) FROM up_task_general_basic")).scalar_one()
        row = conn.execute(
            text("SELECT * FROM up_task_general_basic WHERE task_code = :c"), {"c": ZHANGGONG}
        ).one()
    assert count == 3
    assert dict(row._mapping) == by_code(made, "up_task_general_basic")[ZHANGGONG]


def test_a_database_that_cannot_take_it_is_one_sentence(house: House) -> None:
    town.start(house)
    made = sending(house, 1)
    good = house.engine.url
    cases: list[tuple[str, type[Exception], str]] = [
        ("nonsense", PersonMustAct, "no database URL"),
        ("sqlite:///x", PersonMustAct, "postgresql or mysql, not sqlite"),
        (good.set(port=1).render_as_string(hide_password=False), RetryLater, "does not answer"),
        (
            good.set(password="wrong-secret").render_as_string(hide_password=False),
            NotAuthorised,
            "refuses our account",
        ),
    ]
    for url, error, says in cases:
        with pytest.raises(error, match=says) as caught:
            to_database(url, made)
        assert "wrong-secret" not in str(caught.value)
    with house.engine.begin() as conn:
        conn.execute(text("CREATE TABLE up_task_directory (row_guid integer)"))
    with pytest.raises(PersonMustAct, match="did not take the batch"):
        to_database(good.render_as_string(hide_password=False), made)


def fault(guid: str, **over: str) -> dict[str, str]:
    """A row of dn_audit_abnormal."""
    row = {
        "row_guid": "f1", "table_sql_name": "up_task_general_basic", "table_row_guid": guid,
        "err_type": "E03", "remark": "办结时限不符合要求", "table_name": "基本信息",
    }  # fmt: skip
    return {**row, **over}


def take(house: House, rows: list[dict[str, str]], table: str = faults.TASK_FAULTS) -> faults.Taken:
    """Import them."""
    with house.engine.begin() as conn:
        return faults.take(conn, table, rows, "ops", NOON)


def open_faults(house: House) -> list[faults.Fault]:
    """What waits."""
    with house.engine.begin() as conn:
        return faults.faults(conn)


def test_a_fault_reopens_the_row_until_it_is_mended(house: House) -> None:
    town.start(house)
    guid = by_code(sending(house, 1), "up_task_general_basic")[XINFENG]["row_guid"]
    assert take(house, [fault(guid), fault(guid)]) == faults.Taken(2, 1, 1)
    assert take(house, [fault(guid)]) == faults.Taken(1, 0, 0)
    (one,) = open_faults(house)
    assert (one.item_id, one.code, one.fault) == (FOOD, "E03", "办结时限不符合要求")
    assert sending(house, 1).rows == 0  # nothing was mended: it is not sent in vain
    assert open_faults(house)
    with house.engine.begin() as conn:
        town.accepted(conn)
    assert sending(house, publish(house, "test")).operations == {"U": 1}
    assert open_faults(house) == []
    with house.engine.begin() as conn:
        (kept,) = faults.faults(conn, closed=True)
    assert (kept.closed_by, kept.closed_at is None) == ("rule:exchange", False)


def test_a_row_goes_again_as_it_is_when_a_person_says_so(house: House) -> None:
    town.start(house)
    guid = by_code(sending(house, 1), "up_task_general_basic")[XINFENG]["row_guid"]
    take(house, [fault(guid), fault("not-ours", row_guid="f2", table_row_guid="not-ours")])
    ours, other = open_faults(house)
    assert other.item_id is None
    with house.engine.begin() as conn:
        faults.resend(conn, ours.id, "bureau", "对方已修复")
        faults.close(conn, other.id, "bureau", "不是本目录的数据", NOON)
        with pytest.raises(BadInput, match="no open fault"):
            faults.close(conn, other.id, "bureau", "再关", NOON)
        with pytest.raises(BadInput, match="needs a reason"):
            faults.resend(conn, ours.id, "bureau", " ")
    assert sending(house, 1).operations == {"U": 1}
    assert open_faults(house) == []


def test_of_a_licences_fault_no_person_is_kept(house: House) -> None:
    row = {
        "certificate_source_id": "s-1", "cd_batch": "b1", "certificate_holder": "王小明",
        "certificate_holder_code": "11010119900307109X",
        "error_remark": "持证主体代码11010119900307109X校验不通过 error_remark 已退回",
    }  # fmt: skip
    assert take(house, [row], faults.LICENCE_FAULTS).new == 1
    with house.engine.begin() as conn:
        kept = str(conn.execute(text("SELECT t::text FROM catalog.reopened t")).scalar_one())
    assert "持证主体代码＊＊＊校验不通过 error_remark 已退回" in kept
    assert not [one for one in ("王小明", "1990", "109X") if one in kept]


def test_fault_rows_that_cannot_be_are_refused_whole(house: House) -> None:
    for table, rows, says in (
        ("dn_other", [fault("x")], "no table of faults"),
        (faults.TASK_FAULTS, [fault("x"), fault("", row_guid="f2")], "row 2: the column table_row"),
    ):
        with pytest.raises(BadInput, match=says):
            take(house, rows, table)
    assert open_faults(house) == []


def test_csv_keeps_what_csv_can() -> None:
    rows: list[list[Any]] = [["a", None, 1], ["b,c", '"', "x\ny"]]
    read = list(csv.reader(io.StringIO(csv_text(rows))))
    assert read == [["a", "", "1"], ["b,c", '"', "x\ny"]]
