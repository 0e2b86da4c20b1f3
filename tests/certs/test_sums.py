"""What counts as not asked for again: accepted without it, and nobody asked for it anyway."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis.strategies import dates as days
from hypothesis.strategies import integers

from certs.licences.publish import publish_system
from certs.sums.count import count, counted_at
from certs.sums.period import Period, period
from certs.sums.read import TallyRow, rows, sums
from certs.waivers.demands import REASONS, demand_paper, demanded, withdraw_demand
from certs.waivers.waive import plan
from kernel.errors import BadInput, Refused
from tests.certs.town import NOW, Town

FOOD, HEALTH = "食品经营许可证", "营业执照"
TODAY = date(2026, 11, 23)
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def shop(city: Town) -> Town:
    """FOOD asks for a licence that is there, and for one that is not; it is a county's."""
    city.material("M1", [FOOD])
    city.material("M2", [HEALTH], order=2)
    city.licence("k1")
    publish_system(city.house, "sc_food", "r1")
    city.place("FOOD-1", "章贡区")
    return city


def tallied(city: Town, **narrowed: str) -> list[TallyRow]:
    count(city.house)
    with city.house.engine.connect() as conn:
        return rows(conn, YEAR, narrowed, None, 100)


def outcomes(city: Town) -> dict[str, str]:
    return {one.material_id: one.outcome for one in tallied(city)}


def planned(city: Town, case: str = "C1") -> None:
    plan(city.house, city.account(), case)


def test_a_paper_is_saved_only_once_its_case_is_accepted(shop: Town) -> None:
    shop.case("C1", provisional=True)
    planned(shop)
    assert outcomes(shop) == {"M1": "waiting", "M2": "waiting"}
    shop.case("C1")
    assert outcomes(shop) == {"M1": "saved", "M2": "bring"}
    (saved,) = tallied(shop, outcome="saved")
    assert (saved.day, saved.division, saved.item_id) == (TODAY, "章贡区", "FOOD")
    assert (saved.department, saved.post) == ("市市场监督管理局", "sc-02")


def test_a_withdrawn_case_and_one_that_never_came_count_nowhere(shop: Town) -> None:
    planned(shop)
    shop.case("C1", state="withdrawn")
    shop.case("C2", provisional=True)
    planned(shop, "C2")
    assert {one.outcome for one in tallied(shop)} == {"withdrawn", "waiting"}
    shop.at(NOW + timedelta(days=31))
    assert {one.outcome for one in tallied(shop)} == {"withdrawn", "never"}


def test_a_plan_after_the_days_of_acceptance_has_spared_nobody_a_paper(shop: Town) -> None:
    shop.case("C1", opened=NOW - timedelta(days=8))
    planned(shop)
    assert set(outcomes(shop).values()) == {"late"}


def test_what_a_clerk_asks_for_anyway_is_not_saved_until_it_is_taken_back(shop: Town) -> None:
    planned(shop)
    assert outcomes(shop)["M1"] == "saved"
    clerk = shop.account()
    demand_paper(shop.house, clerk, "C1", "M1", "not_trusted")
    demand_paper(shop.house, clerk, "C1", "M1", "law_asks")
    assert outcomes(shop)["M1"] == "demanded"
    with shop.house.engine.connect() as conn:
        assert demanded(conn, ["sc-02"], "C1") == {"M1": "law_asks"}
        assert sums(conn, YEAR).demanded == {"law_asks": 1}
    withdraw_demand(shop.house, clerk, "C1", "M1")
    assert outcomes(shop)["M1"] == "saved"
    assert [one["event"] for one in shop.events()][-3:] == [
        "material.demanded", "material.demanded", "material.demand_withdrawn",
    ]  # fmt: skip
    with pytest.raises(BadInput, match="没有为这个办件登记过"):
        withdraw_demand(shop.house, clerk, "C1", "M1")


def test_a_demand_before_its_plan_is_counted_with_it(shop: Town) -> None:
    demand_paper(shop.house, shop.account(), "C1", "M1", "law_asks")
    assert tallied(shop) == []
    planned(shop)
    assert outcomes(shop)["M1"] == "demanded"


@pytest.mark.parametrize(
    ("material", "reason", "says"),
    [("M1", "because", "请选择原因"), ("M2", "law_asks", "本来就需要携带")],
)
def test_a_demand_needs_a_reason_of_the_list_and_a_waived_paper(
    shop: Town, material: str, reason: str, says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        demand_paper(shop.house, shop.account(), "C1", material, reason)


def test_who_may_not_plan_the_case_demands_nothing(shop: Town) -> None:
    with pytest.raises(Refused):
        demand_paper(shop.house, shop.account("clerk2"), "C1", "M1", "law_asks")
    assert shop.events()[-1]["event"] == "plan.refused"
    with pytest.raises(Refused, match="不要求这份材料"):
        demand_paper(shop.house, shop.account(), "C1", "M9", "law_asks")


def test_the_newest_plan_before_acceptance_counts(shop: Town) -> None:
    shop.case("C1", provisional=True)
    shop.licence("k1", status="revoked")
    publish_system(shop.house, "sc_food", "r2")
    planned(shop)
    shop.licence("k1", status="valid", batch="b3")
    publish_system(shop.house, "sc_food", "r3")
    planned(shop)
    shop.case("C1")
    assert outcomes(shop)["M1"] == "saved"
    shop.licence("k1", status="revoked", batch="b4")
    publish_system(shop.house, "sc_food", "r4")
    planned(shop)
    assert outcomes(shop)["M1"] == "saved"  # it was accepted without; a later plan changes nothing


def test_a_promised_paper_is_followed_after_its_case_was_accepted(shop: Town) -> None:
    shop.complete(at=NOW - timedelta(days=3))
    for number in ("C1", "C2"):
        shop.case(number)
        planned(shop, number)
    promised = {(one.case_number, one.outcome) for one in tallied(shop, outcome="promised")}
    assert promised == {("C1", "promised"), ("C2", "promised")}
    shop.complete()
    planned(shop, "C1")
    shop.licence("k1", status="revoked")
    publish_system(shop.house, "sc_food", "r2")
    planned(shop, "C2")
    found = {one.case_number: one.outcome for one in tallied(shop) if one.material_id == "M1"}
    assert found == {"C1": "saved", "C2": "bring"}
    planned(shop, "C1")
    assert {one.outcome for one in tallied(shop) if one.material_id == "M1"} == {"saved", "bring"}


def test_what_the_newest_plan_no_longer_asks_for_is_gone_while_the_case_waits(shop: Town) -> None:
    shop.case("C1", provisional=True)
    planned(shop)
    assert set(outcomes(shop)) == {"M1", "M2"}
    shop.publish_again(2)
    shop.change("SET session_replication_role = replica; DELETE FROM catalog.published_material")
    shop.material("M1", [FOOD], version=2)
    planned(shop)
    assert set(outcomes(shop)) == {"M1"}


def test_counting_again_changes_nothing_and_says_when_it_was(shop: Town) -> None:
    planned(shop)
    first = tallied(shop)
    assert count(shop.house).cases == 0
    assert tallied(shop) == first
    with shop.house.engine.connect() as conn:
        assert counted_at(conn) == NOW


def test_sums_agree_with_the_rows_behind_them(shop: Town) -> None:
    for number in range(1, 6):
        shop.case(f"C{number}", opened=NOW - timedelta(days=number))
        planned(shop, f"C{number}")
    demand_paper(shop.house, shop.account(), "C2", "M1", "law_asks")
    every = tallied(shop)
    with shop.house.engine.connect() as conn:
        found = sums(conn, YEAR)
        assert found.outcomes == {"saved": 4, "demanded": 1, "bring": 5}
        for name, values in found.by.items():
            for value, counts in values.items():
                for outcome, many in counts.items():
                    about = {name: str(value), "outcome": outcome}
                    assert len(rows(conn, YEAR, about, None, 100)) == many
        for one in found.reasons:
            about = {"detail": one.detail, "source": one.source, "outcome": "bring"}
            assert len(rows(conn, YEAR, about, None, 100)) == one.many
        assert sum(one.many for one in found.reasons) == found.of("bring", "could_be_waived")
    assert len(every) == 10


def test_counting_while_plans_are_made_loses_and_doubles_none(shop: Town) -> None:
    numbers = [f"C{number}" for number in range(1, 13)]
    for number in numbers:
        shop.case(number)
    with ThreadPoolExecutor(4) as many:
        plans = [many.submit(planned, shop, number) for number in numbers * 2]
        while not all(one.done() for one in plans):
            count(shop.house)
        for one in plans:
            one.result()
    found = tallied(shop)
    assert sorted((one.case_number, one.material_id) for one in found) == sorted(
        (number, material) for number in numbers for material in ("M1", "M2")
    )
    with shop.house.engine.connect() as conn:
        assert sums(conn, YEAR).outcomes == {"saved": 12, "bring": 12}


def test_pages_of_rows_follow_each_other_without_gap_or_double(shop: Town) -> None:
    for number in range(1, 6):
        shop.case(f"C{number}")
        planned(shop, f"C{number}")
    every = tallied(shop)
    paged: list[TallyRow] = []
    with shop.house.engine.connect() as conn:
        while True:
            last = paged[-1] if paged else None
            after = (last.day, last.case_number, last.material_id) if last else None
            page = rows(conn, YEAR, {}, after, 3)
            if not page:
                break
            paged += page
    assert paged == every


def test_rows_hold_no_person(shop: Town) -> None:
    planned(shop)
    count(shop.house)
    holder = shop.query("SELECT holder_hash FROM landing.case")[0][0]
    for table in ("tally", "planned", "demand"):
        assert holder not in str(shop.query(f"SELECT * FROM certs.{table}"))  # noqa: S608


@pytest.mark.parametrize(
    ("begin", "end", "says"),
    [
        ("2026-12-01", "2026-11-01", "不能晚于"),
        ("2024-01-01", "2026-01-01", "最多统计 366 天"),
        ("gestern", "", "2026-07-01"),
        ("9999-12-31", "9999-12-31", "2100 年之间"),
        ("", "0001-01-01", "2100 年之间"),
    ],
)
def test_a_wrong_period_is_said_in_one_sentence(begin: str, end: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        period(begin, end, TODAY)


@settings(max_examples=300, deadline=None)
@given(days(date(2025, 1, 1), date(2026, 12, 31)), integers(0, 365))
def test_spans_hold_each_day_of_a_period_once(begin: date, more: int) -> None:
    of = Period(begin, begin + timedelta(days=more))
    held: list[date] = []
    for grain, first, last in of.spans():
        day = first
        while day <= last:
            if grain == "day":
                held.append(day)
                day += timedelta(days=1)
            else:
                month = day
                while day.month == month.month:
                    held.append(day)
                    day += timedelta(days=1)
    assert sorted(held) == [begin + timedelta(days=n) for n in range(more + 1)]


def test_a_case_of_another_day_moves_its_sums(shop: Town) -> None:
    shop.case("C1", provisional=True)
    planned(shop)
    count(shop.house)
    shop.case("C1", opened=NOW - timedelta(days=6))
    count(shop.house)
    found = shop.query("SELECT grain, day, outcome, n FROM certs.tally_sum WHERE by = 'all'")
    day, month = TODAY - timedelta(days=6), date(2026, 11, 1)
    assert sorted(found) == [
        ("day", day, "bring", 1), ("day", day, "saved", 1),
        ("month", month, "bring", 1), ("month", month, "saved", 1),
    ]  # fmt: skip


def test_without_days_the_last_thirty_count() -> None:
    assert period("", "", TODAY) == Period(date(2026, 10, 25), TODAY)
    assert all(len(one) < 30 for one in REASONS.values())
