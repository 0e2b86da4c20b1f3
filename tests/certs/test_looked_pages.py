"""A department sees who looked at its licences, and no other department's; a real installation."""

from __future__ import annotations

import csv
from datetime import timedelta

import pytest
from sqlalchemy import Table, insert
from sqlalchemy.dialects.postgresql import insert as upsert

from certs.looks.by_issuer import Mark, looks
from certs.looks.filling import fill
from certs.tables import copy, form_look
from kernel.errors import BadInput
from pipeline.looked import Looked, LookRow
from registry.accounts import Account
from registry.tables import account as account_table
from registry.tables import owner
from tests.certs import test_refusals
from tests.certs.signed import Signed
from tests.certs.test_refusals import FOOD, Desk
from tests.certs.town import NAMES, NOW, WANG, Town

desk = test_refusals.desk
LOOKS = "/dept/looks"
MARKET, POLICE = "市市场监督管理局", "市公安局"


def officer(department: str | None) -> Account:
    return Account("of", "of", "officer", department, (), demo=True)


@pytest.fixture
def both(desk: Desk) -> Desk:
    """An officer of the issuing department, one of another; the systems are theirs."""
    owners = (("sc_food", MARKET), ("ga_seal", POLICE))
    rows = [{"system": system, "department": department} for system, department in owners]
    with desk.town.house.engine.begin() as conn:
        conn.execute(upsert(owner).on_conflict_do_nothing(), rows)
    for name, department in (("market", MARKET), ("police", POLICE)):
        about = {"name": name, "display": name, "role": "officer", "posts": []}
        secret = {"department": department, "password": "", "demo": True}
        desk.town._write(account_table, {**about, **secret})
    return desk


def test_a_look_appears_to_the_issuing_department_and_to_no_other(both: Desk) -> None:
    market, police = Signed(both, "market"), Signed(both, "police")
    assert "没有查看记录" in market.text(LOOKS)
    assert both.fetch().status_code == 200
    shown = market.text(LOOKS)
    for said in ("C1", FOOD, "市市场监督管理局审批科", "食品经营许可（变更）", "出具加注件"):
        assert said in shown, said
    for said in (WANG, NAMES[WANG], both.town.holder(WANG), "clerk"):
        assert said not in shown, said
    assert "没有查看记录" in police.text(LOOKS)
    file = market.client.get(f"{LOOKS}.csv").content.decode("utf-8-sig").splitlines()
    (row,) = csv.DictReader(file)
    assert (row["办件编号"], row["证照类型"]) == ("C1", FOOD)
    assert len(police.client.get(f"{LOOKS}.csv").content.decode("utf-8-sig").splitlines()) == 1


def test_a_form_that_was_filled_stands_there_too(both: Desk) -> None:
    town = both.town
    town.form("经营地址")
    fill(town.house, town.account(), "C1", {})
    (row,) = Looked(town.house.under("portal")).rows(officer(MARKET))
    assert (row.way, row.case, row.licence_type) == ("facts", "C1", FOOD)
    assert Looked(town.house.under("portal")).rows(officer(POLICE)) == []
    assert Looked(town.house.under("portal")).rows(officer(None)) == []


def written(town: Town, table: Table, n: int, licence_type: str = FOOD) -> None:
    """A look `n` minutes ago, those of ten minutes at one moment."""
    values = {
        "licence_type": licence_type, "system": "sc_food", "standing": "data only",
        "holder_hash": "h", "case_number": f"C{n}", "item_id": "FOOD", "material_id": "M1",
        "reader": "clerk", "post": "sc-02", "catalogue_version": 1,
        "made_at": NOW - timedelta(minutes=n // 10 * 10), "ledger_seq": 1000 - n,
    }  # fmt: skip
    if table is copy:
        values |= {
            "id": f"k{n}", "purpose": "prove", "expires_at": NOW, "object": "o", "sha256": "s",
        }  # fmt: skip
    with town.house.engine.begin() as conn:
        conn.execute(insert(table).values(values))


def test_pages_follow_each_other_without_a_gap_or_a_double(both: Desk) -> None:
    town, port = both.town, Looked(both.town.house.under("portal"))
    for n in range(45):
        written(town, copy if n % 3 else form_look, n, FOOD if n % 5 else "营业执照")
    seen: list[LookRow] = []
    while part := port.rows(officer(MARKET), before=seen[-1].mark if seen else "", limit=7):
        seen += part
    assert [row.case for row in seen] == [f"C{n}" for n in range(45)]
    only = port.rows(officer(MARKET), "营业执照")
    assert [row.case for row in only] == [f"C{n}" for n in range(0, 45, 5)]
    with town.house.engine.connect() as conn:
        assert looks(conn, [], 7) == []
        assert looks(conn, ["ga_vehicle"], 7) == []


@pytest.mark.parametrize("said", ["x", "1", "1-", "-1-2", "1-2; drop", "9" * 18 + "-1"])
def test_a_mark_that_no_row_has_is_told(both: Desk, said: str) -> None:
    with pytest.raises(BadInput, match="before"):
        Mark.of(said)
    answer = Signed(both, "market").client.get(LOOKS, params={"before": said})
    assert (answer.status_code, "before 不对" in answer.text) == (400, True)
