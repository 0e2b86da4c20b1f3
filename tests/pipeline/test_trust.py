"""Refused rows, holds and findings over a whole installation: files, ledger, sealing."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from kernel.batch import Batch
from kernel.errors import BadInput, PersonMustAct, Refused
from kernel.house import House
from landing import holds
from landing.finish import finish_stream
from landing.land import land_batch
from ledger.tables import entry
from pipeline import mending
from pipeline.platform import Platform
from pipeline.refused_book import book
from pipeline.sealing import seal_system, stop_if_held
from pipeline.sync import system_of
from registry import accounts
from registry.applied import apply
from tests.landing.frames import Row, raw, rows_of, stream_of

CONTRACTS = Path(__file__).resolve().parents[2] / "connectors" / "systems"
CODE = "sc_enterprise"
STREAM = stream_of(CODE, "licence")


@pytest.fixture
def city(house: House) -> House:
    apply(house, CONTRACTS, "test")
    with house.engine.begin() as conn:
        accounts.make_posts(conn)
        accounts.make_demo(conn)
    return house


def land(house: House, run: str, *rows: Row) -> None:
    began = house.clock()
    batch = Batch(rows_of(*rows), facts={"file": "drop-1.csv"})
    land_batch(house, CODE, STREAM, run, 0, batch)
    finish_stream(house, CODE, STREAM, run, began, False)


def bad(n: int, **fields: str | None) -> Row:
    return raw(STREAM, f"b{n}", **{"issued": "x", **fields})


def officer(house: House, department: str) -> accounts.Account:
    with house.engine.connect() as conn:
        found = [one for one in accounts.demo_accounts(conn) if one.role == "officer"]
        whole = [accounts.account(conn, one.name) for one in found]
    return next(one for one in whole if one and (one.department == department))


def entries(house: House) -> list[dict[str, Any]]:
    with house.engine.connect() as conn:
        return [json.loads(body) for body in conn.scalars(select(entry.c.body))]


def test_the_book_keeps_digits_and_computes_nothing(city: House) -> None:
    land(
        city,
        "r1",
        bad(1, issuer="=1+1", number="0036070020260001234567"),
        bad(2),
        bad(3, issued="y"),
    )
    department = system_of(city, CODE).department
    data = book(city, officer(city, department), CODE)
    sheets = load_workbook(io.BytesIO(data))
    assert sheets.sheetnames == ["原因汇总", "licence"]
    first = [[cell.value for cell in row] for row in sheets["原因汇总"].iter_rows(max_row=2)]
    assert first[1][4] == "3"
    rows = list(sheets["licence"].iter_rows())
    names = [cell.value for cell in rows[0]]
    row = dict(zip(names, rows[1], strict=True))
    assert {cell.data_type for line in rows for cell in line if cell.value is not None} == {"s"}
    assert row[STREAM.column("issuer")].value == "=1+1"
    assert row[STREAM.column("number")].value == "0036070020260001234567"
    assert (row["批内行号"].value, row["来源"].value) == ("1", "drop-1.csv")
    assert entries(city)[-1]["event"] == "quarantine.exported"
    assert entries(city)[-1]["rows"] == 3


def test_the_book_is_for_the_department_only_and_a_refusal_is_on_record(city: House) -> None:
    land(city, "r1", bad(1))
    department = system_of(city, CODE).department
    with city.engine.connect() as conn:
        names = [one.name for one in accounts.demo_accounts(conn)]
    for name in names:
        account = mending.known_account(city, name)
        if (account.role, account.department) == ("officer", department):
            continue
        with pytest.raises(Refused):
            book(city, account, CODE)
        assert entries(city)[-1]["event"] == "quarantine.refused"


def test_causes_say_who_can_mend_and_no_value(city: House) -> None:
    land(city, "r1", bad(1), bad(2), raw(STREAM, "c", status="不详"))
    found = mending.causes(city, [system_of(city, CODE)])
    assert [(one.rows, one.rule) for one in found] == [(2, "date"), (1, "category")]
    assert found[0].owner.endswith(system_of(city, CODE).department)
    assert "不详" not in "".join(one.reason for one in found)


def test_while_a_system_is_held_nothing_new_is_sealed_and_a_delete_still_counts(
    city: House,
) -> None:
    land(city, "r1", *(raw(STREAM, f"g{n}") for n in range(3)))
    assert seal_system(city, CODE, "p1").published == 3
    land(city, "r2", raw(STREAM, "g9"), *(bad(n) for n in range(20)))
    with pytest.raises(PersonMustAct) as caught:
        stop_if_held(city, CODE, "r2")
    assert caught.value.message.startswith(f"{CODE} licence: 20 of 24 rows are in quarantine")
    assert seal_system(city, CODE, "p2").published == 0
    land(city, "r3", {**raw(STREAM, "g1"), **deleted()})
    sealed = seal_system(city, CODE, "p3")
    assert (sealed.published, sealed.ended) == (0, 1)
    with city.engine.connect() as conn:
        [held] = holds.open_holds(conn, CODE)
    with pytest.raises(BadInput):
        mending.release_hold(city, held.id, "ops", " ")
    mending.release_hold(city, held.id, "ops", "agreed with the source")
    stop_if_held(city, CODE, "r4")
    assert seal_system(city, CODE, "p4").published == 1
    assert entries(city)[-2]["event"] == "hold.released"


def deleted() -> Row:
    sign = STREAM.deletes
    assert sign
    assert sign.column
    return {sign.column: sign.value}


def test_replay_over_the_platform_is_for_operations_and_the_department(city: House) -> None:
    land(city, "r1", bad(1))
    platform = Platform(city)
    department = system_of(city, CODE).department
    done = platform.replay(officer(city, department), CODE)
    assert (done.looked_at, done.refused) == (1, 1)
    assert entries(city)[-1]["event"] == "quarantine.replayed"
    with pytest.raises(Refused):
        platform.replay(mending.known_account(city, "bureau"), CODE)
    with pytest.raises(BadInput) as caught:
        mending.replay_system(city, CODE, "ops", "licences")
    assert "has no stream licences" in caught.value.message


def test_only_operations_and_the_department_read_a_row_again(city: House) -> None:
    land(city, "r1", bad(1))
    platform, bureau = Platform(city), mending.known_account(city, "bureau")
    number = platform.quarantine(officer(city, system_of(city, CODE).department), CODE)[0].id
    with pytest.raises(Refused):
        platform.read_again(bureau, CODE, number)
    assert entries(city)[-1]["event"] == "quarantine.refused"


def test_the_systems_page_says_holds_findings_and_measures(city: House) -> None:
    land(city, "r1", {**raw(STREAM, "g1"), "新列": "1"}, *(bad(n) for n in range(20)))
    found = Platform(city).system(CODE)
    assert [one.kind for one in found.holds] == ["quarantine"]
    assert [(one.kind, one.subject, one.lasts) for one in found.findings] == [
        ("retyped_column", "issueDate", 0),
        ("new_column", "新列", 0),
    ]
    [one] = found.measures
    assert (one.rows, one.stored, one.quarantined) == (21, 1, 20)
    Platform(city).acknowledge(
        mending.known_account(city, "ops"), CODE, found.findings[1].id, "known"
    )
    again = Platform(city).system(CODE).findings[1]
    assert (again.acknowledged_by, again.acknowledged_why) == ("ops", "known")
    with pytest.raises(BadInput):
        mending.acknowledge_finding(city, again.id, "ops", "x", "sc_food")
