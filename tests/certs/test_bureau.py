"""The bureau over a real installation: sums by API, counties, reasons, complaints, the letter."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import insert

from certs.licences.publish import publish_system
from certs.sums.count import count
from certs.sums.period import Period
from kernel.errors import BadInput, Refused
from landing.tables import quarantine
from pipeline.bureau import Bureau
from pipeline.platform import Platform
from registry import divisions
from tests.certs import test_refusals
from tests.certs.test_refusals import Desk
from tests.certs.town import LI, NOW, Town

desk = test_refusals.desk  # an installation with case C1 of WANG, and its API
MARKET, FOOD = "市市场监督管理局", "食品经营许可证"
TODAY = NOW.date()
MONTH = Period(TODAY.replace(day=1), TODAY)


def refused_rows(town: Town, *rules: str, system: str = "sc_food", days: int = 1) -> None:
    """Rows that were refused that many days ago; the first one was mended since."""
    at = NOW - timedelta(days=days)
    rows = [
        {
            "system": system, "stream": "licence", "key_hash": f"k{days}{place}", "row_hash": "r",
            "batch": "b", "run": "r", "rule": rule, "column": "ZTDM", "reason": "wrong",
            "first_seen": at, "last_seen": at, "closed_at": NOW if place == 0 else None,
            "sealed": b"",
        }
        for place, rule in enumerate(rules)
    ]  # fmt: skip
    with town.house.engine.begin() as conn:
        conn.execute(insert(quarantine), rows)


def test_a_clerk_demands_over_the_api_and_the_bureau_reads_the_sums(desk: Desk) -> None:
    desk.town.place("FOOD-1", "章贡区")
    assert desk.call("clerk", "GET", "/cases/C1/plan").status_code == 200
    path = "/cases/C1/materials/M1/demand"
    assert desk.post("clerk", path, reason="law_asks").json() == {"demanded": True}
    assert desk.last()["event"] == "material.demanded"
    count(desk.town.house)
    found = desk.call("bureau", "GET", "/sums").json()
    assert found["outcomes"] == {"demanded": 1}
    assert found["by"]["division"] == {"章贡区": {"demanded": 1}}
    assert found["demanded"] == {"law_asks": 1}
    (row,) = desk.call("bureau", "GET", "/tally?outcome=demanded").json()["rows"]
    assert (row["case_number"], row["material_id"], row["demanded"]) == ("C1", "M1", "law_asks")
    assert desk.call("bureau", "GET", "/tally?day=soon").status_code == 400
    assert desk.post("clerk", path, reason="").json() == {"demanded": False}
    count(desk.town.house)
    assert desk.call("bureau", "GET", "/sums").json()["outcomes"] == {"saved": 1}


def test_counties_are_the_twenty_then_the_city_and_agree_with_the_sums(city: Town) -> None:
    city.material("M1", [FOOD])
    city.licence("k1")
    publish_system(city.house, "sc_food", "r1")
    city.place("FOOD-1", "赣县")  # as it was called before
    Platform(city.house).plan(city.account(), "C1")
    count(city.house)
    bureau = Bureau(city.house)
    found = bureau.counties(bureau.overview(MONTH).sums)
    assert [one.name for one in found] == [*list(divisions.load())[1:], "赣州市"]
    (saved,) = [one for one in found if one.saved]
    assert (saved.name, saved.items, saved.saved, saved.brought) == ("赣县区", 1, 1, 0)


def test_a_reason_names_its_system_and_what_it_would_spare_in_a_year(city: Town) -> None:
    city.material("M1", [FOOD])
    Platform(city.house).plan(city.account(), "C1")
    count(city.house)
    bureau = Bureau(city.house)
    overview = bureau.overview(MONTH)
    (one,) = bureau.lacking(MONTH, overview.sums)
    assert (one.detail, one.source) == ("licence_not_found", "sc_food")
    assert one.name != "sc_food"
    assert one.yearly == round(365 / MONTH.days)
    assert not overview.stale
    city.at(NOW + timedelta(minutes=31))
    assert Bureau(city.house).overview(MONTH).stale


def test_the_letter_counts_the_months_rows_and_the_cases_they_cost_paper(city: Town) -> None:
    city.material("M1", [FOOD])
    city.case("C2", LI)
    city.licence("k1", withheld=True)  # WANG's newest version waits in quarantine
    for number in ("C1", "C2"):
        Platform(city.house).plan(city.account(), number)
    count(city.house)
    refused_rows(city, "holder", "holder", "date")
    refused_rows(city, "holder", days=40)
    refused_rows(city, "holder", system="ga_vehicle")
    letter = Bureau(city.house).letter(MARKET, "2026-11")
    (food,) = [one for one in letter.systems if one.rows]
    assert food.code == "sc_food"
    assert [(one.rule, one.rows, one.open) for one in food.causes] == [
        ("holder", 2, 1), ("date", 1, 1),
    ]  # fmt: skip
    assert (letter.rows, letter.open, letter.traced, letter.possible) == (3, 2, 1, 2)
    assert not letter.whole
    before = Bureau(city.house).letter(MARKET, "2026-10")
    assert (before.rows, before.whole, before.possible) == (1, True, 0)


def test_types_that_no_system_gives_stand_with_their_department(city: Town) -> None:
    file = city.house.settings.registry_file
    registry = json.loads(file.read_text("utf-8"))
    del registry["systems"]["sc_food"]
    file.write_text(json.dumps(registry), "utf-8")
    city.material("M1", [FOOD])
    Platform(city.house).plan(city.account(), "C1")
    count(city.house)
    bureau = Bureau(city.house)
    (one,) = bureau.lacking(MONTH, bureau.overview(MONTH).sums)
    assert (one.detail, one.source, one.name) == ("not_connected", FOOD, f"{FOOD}（{MARKET}）")


@pytest.mark.parametrize(
    ("department", "month", "says"),
    [
        ("市无此局", "2026-11", "可选的有"),
        (MARKET, "2026-13", "月份写成"),
        (MARKET, "2027-01", "还没有开始"),
    ],
)
def test_a_letter_that_cannot_be_is_said_in_one_sentence(
    city: Town, department: str, month: str, says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        Bureau(city.house).letter(department, month)


def test_complaints_come_in_and_are_answered_by_the_bureau_alone(desk: Desk) -> None:
    bureau = Bureau(desk.town.house)
    account = Platform(desk.town.house).account("bureau")
    officer = Platform(desk.town.house).account("officer")
    assert account is not None
    assert officer is not None
    data = "工单编号,日期,事项,电话\nG1,2026-11-20,食品经营许可（变更）,13800001111\n".encode()
    with pytest.raises(Refused, match="由审批局"):
        bureau.import_complaints(officer, "hotline", data)
    assert desk.last()["event"] == "right.refused"
    done = bureau.import_complaints(account, "hotline", data)
    assert (done.new, done.found, done.left_out) == (1, 1, ("电话",))
    assert desk.last()["event"] == "complaints.imported"
    kept = desk.town.query("SELECT * FROM catalog.complaint")
    assert "13800001111" not in str(kept)
    page = desk.call("bureau", "GET", "/complaints").json()
    assert (page["open"], page["rows"][0]["item_id"]) == (1, "FOOD")
    number = page["rows"][0]["id"]
    path = f"/complaints/{number}/answer"
    assert desk.post("bureau", path, outcome="window", why="短").status_code == 400
    assert desk.post("bureau", path, outcome="window", why="已通知窗口").json() == {
        "answered": number
    }
    assert desk.last()["event"] == "complaint.answered"
    assert desk.call("bureau", "GET", "/complaints?state=answered").json()["answered"] == 1
