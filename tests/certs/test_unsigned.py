"""Heads not signed: fetching stops after four hours, plans go on. Holders see who looked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from certs.copies.share import fetch
from certs.licences.publish import publish_system
from certs.looks import ordered, own
from certs.rights import orders
from certs.rights.right import Denied
from certs.waivers import scans, waive
from kernel.errors import BadInput, Refused
from ledger import views, watch
from ledger.heads import sign_head
from pipeline import holder_view, share
from registry.accounts import Account
from tests.certs.town import LI, NOW, WANG, Town

FOOD = "食品经营许可证"
USE = "办理食品经营许可（变更）"


@pytest.fixture
def ready(city: Town) -> Town:
    """One published food licence of WANG, which the item asks for."""
    city.material("M1", [FOOD])
    city.licence("k1")
    publish_system(city.house, "sc_food", "r1")
    return city


def later(town: Town, **time: float) -> None:
    """The clock goes on; the source's data stays fresh."""
    town.at(NOW + timedelta(**time))
    town.complete(at=town.house.clock())


def take(town: Town) -> str:
    return fetch(town.house, town.account(), "C1", "M1", USE).id


def test_fetching_stops_after_four_hours_without_a_head_and_plans_go_on(ready: Town) -> None:
    later(ready, hours=3.9)
    assert take(ready)
    later(ready, hours=4)
    with pytest.raises(Refused, match="容缺受理") as refused:
        take(ready)
    assert refused.value.facts["reason"] == "ledger_unsigned"
    assert ready.events()[-1]["event"] == "look.refused"
    assert ready.events()[-1]["reason"] == "ledger_unsigned"
    plan = waive.plan(ready.house, ready.account(), "C1")
    assert plan.fetching_stopped
    assert [one.verdict for one in plan.lines] == ["waived"]
    sign_head(ready.house)
    assert take(ready)
    assert not waive.plan(ready.house, ready.account(), "C1").fetching_stopped


def test_a_clock_that_was_set_back_gives_no_licence_until_it_is_right(ready: Town) -> None:
    later(ready, minutes=30)
    assert take(ready)
    sign_head(ready.house)
    later(ready, minutes=25)
    assert take(ready)
    later(ready, minutes=24)
    with pytest.raises(Refused, match="时钟早于") as refused:
        take(ready)
    assert refused.value.facts["reason"] == "clock_behind"
    assert (ready.events()[-1]["event"], ready.events()[-1]["reason"]) == (
        "look.refused", "clock_behind",
    )  # fmt: skip
    later(ready, minutes=31)
    assert take(ready)


def test_two_people_keep_it_open_four_hours_longer(ready: Town) -> None:
    later(ready, hours=4)
    watch.ask_longer(ready.house, "ops", "密码机维修")
    watch.agree_longer(ready.house, "bureau")
    assert take(ready)
    later(ready, hours=8)
    with pytest.raises(Refused, match="容缺受理"):
        take(ready)


def test_a_holder_sees_which_office_looked_for_what(ready: Town) -> None:
    waive.plan(ready.house, ready.account(), "C1")
    copy = take(ready)
    with pytest.raises(Refused):
        fetch(ready.house, ready.account(), "C1", "M9", USE)
    seen = holder_view.of_holder(ready.house, ready.holder(WANG))
    assert [one.event for one in seen] == ["look.refused", "look.granted", "plan.made"]
    granted = seen[1]
    assert granted.office == "市市场监督管理局审批科"
    assert (granted.item, granted.case) == ("食品经营许可（变更）", "C1")
    assert (granted.licence_type, granted.copy, granted.at) == (FOOD, copy, NOW)
    assert seen[0].reason == "material_not_asked"
    assert ready.events()[-1]["event"] == "holder.shown"
    assert holder_view.of_holder(ready.house, ready.holder(LI)) == []
    older = holder_view.of_holder(ready.house, ready.holder(WANG), before=granted.seq)
    assert [one.event for one in older] == ["plan.made"]
    assert len(holder_view.of_holder(ready.house, ready.holder(WANG), limit=1)) == 1


def test_at_the_window_only_for_the_case_of_the_post(ready: Town) -> None:
    take(ready)
    seen = holder_view.of_case(ready.house, ready.account(), "C1")
    assert [one.event for one in seen] == ["look.granted"]
    assert ready.events()[-1]["post"] == "sc-02"
    with pytest.raises(Refused):
        holder_view.of_case(ready.house, ready.account("clerk2"), "C1")
    with pytest.raises(Refused):
        holder_view.of_case(ready.house, ready.account(), "C9")


def test_an_entry_that_an_order_withholds_is_not_shown_till_its_day(ready: Town) -> None:
    take(ready)
    number = len(ready.events()) - 1
    until = NOW + timedelta(days=30)
    with ready.house.engine.begin() as conn:
        views.withhold(conn, number, until, "赣中法〔2026〕1号", "court", NOW)
        views.withhold(conn, number, until - timedelta(days=9), "赣中法〔2026〕2号", "court", NOW)
        with pytest.raises(BadInput, match="no entry 99"):
            views.withhold(conn, 99, until, "x", "court", NOW)
        with pytest.raises(BadInput, match="needs a time zone"):
            views.withhold(conn, number, until.replace(tzinfo=None), "x", "court", NOW)
    assert holder_view.of_holder(ready.house, ready.holder(WANG)) == []
    ready.at(until)
    assert len(holder_view.of_holder(ready.house, ready.holder(WANG))) == 1


def test_the_holders_index_is_used(ready: Town) -> None:
    take(ready)
    with ready.house.engine.connect() as conn:  # ends with a rollback
        conn.exec_driver_sql("SET LOCAL enable_seqscan = off")
        # Of few rows any index would do: only this one may be left.
        conn.exec_driver_sql("ALTER TABLE ledger.entry DROP CONSTRAINT entry_pkey CASCADE")
        facts = {
            "holders": ["x"],
            "shown": ["plan.made"],
            "now": NOW,
            "before": views.BEYOND,
            "limit": 9,
        }
        rows = conn.execute(text("EXPLAIN " + str(views.NEWEST)), facts)
        plan = "\n".join(row[0] for row in rows)
    assert "entry_holder" in plan


def test_no_other_way_to_a_licence_is_open_without_heads(ready: Town) -> None:
    """An order's look, a wallet's credential, a scan that was compared: all wait for signing."""
    ready.material("M2", ["营业执照"], order=2)
    scans.keep(ready.house, ready.account(), "C1", "营业执照", b"%PDF-1.4 seen by the window")
    order = ordered_for(ready)
    holder, bureau = ready.holder(WANG), Account("b1", "b1", "bureau", None, ())
    (licence,) = ready.query("SELECT id FROM certs.licence")[0]

    def ways() -> list[object]:
        def look() -> object:
            return len(ordered.look(ready.house, bureau, order, holder, FOOD))

        def scan() -> object:
            return share.fetch(ready.house, ready.account(), "C1", "M2", USE).pdf[:5]

        def wallet() -> object:
            with ready.house.engine.begin() as conn:
                given = own.open_own(ready.house, conn, holder, licence)
            return given.detail if isinstance(given, Denied) else given["ZZMC"]

        return [answer_of(one) for one in (look, scan, wallet)]

    later(ready, hours=3.9)
    assert ways() == [1, b"%PDF-", FOOD]
    later(ready, hours=4)
    assert ways() == ["ledger_unsigned"] * 3
    told = [(one["event"], one["reason"]) for one in ready.events()[-3:]]
    assert told == [
        ("order.refused", "ledger_unsigned"),
        ("look.refused", "licence_not_found"),  # of data; then the scan in its place is refused
        ("look.refused", "ledger_unsigned"),
    ]
    sign_head(ready.house)
    later(ready, hours=3)
    assert ways() == ["clock_behind"] * 3
    later(ready, hours=4)
    assert ways() == [1, b"%PDF-", FOOD]


def answer_of(way: Callable[[], object]) -> object:
    try:
        return way()
    except Refused as refused:
        return refused.facts["reason"]


def ordered_for(town: Town) -> int:
    """A confirmed order for WANG's food licences."""
    first, second = (Account(name, name, "bureau", None, ()) for name in ("b1", "b2"))
    subjects, types = frozenset({town.holder(WANG)}), frozenset({FOOD})
    new = orders.NewOrder(
        "court", "（2026）赣01执1号", subjects, types, NOW - timedelta(days=1),
        NOW + timedelta(days=1), None,
    )  # fmt: skip
    with town.house.engine.begin() as conn:
        number = orders.propose(conn, first, new, NOW)
        orders.confirm(conn, second, number, NOW)
    return number
