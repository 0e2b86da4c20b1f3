"""Waivers: proposed, confirmed by the competent department, published in a list, withdrawn."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from kernel.clock import stopped_clock, system_clock
from kernel.errors import BadInput, Refused, ZhongtaiError
from kernel.house import House
from pipeline.waiving import SANDBOX_LIST, Waiving, sandbox
from registry import waiver_rules
from registry.accounts import Account

MARKET, POLICE = "市市场监督管理局", "市公安局"
OFFICER = Account("officer", "专员", "officer", MARKET, ())
OTHER = Account("other", "专员", "officer", POLICE, ())
BUREAU = Account("bureau", "数据局", "bureau", None, ())
CLERK = Account("clerk", "窗口", "clerk", None, ())
TYPE, SECOND, FOREIGN = "营业执照", "食品经营许可证", "机动车驾驶证"
DAY = date(2026, 5, 1)


@pytest.fixture
def waiving(house: House) -> Waiving:
    return Waiving(house)


def state(waiving: Waiving, name: str = TYPE) -> tuple[str, bool]:
    (row,) = [one for one in waiving.rows() if one.licence_type == name]
    return row.state, row.in_force


def entries(house: House) -> list[dict[str, object]]:
    with house.engine.connect() as conn:
        rows = conn.execute(text("SELECT body FROM ledger.entry ORDER BY seq"))
        return [json.loads(body) for (body,) in rows]


def test_a_waiver_counts_only_once_confirmed_and_published(waiving: Waiving) -> None:
    assert state(waiving) == ("none", False)
    waiving.propose(BUREAU, [TYPE, SECOND], "数据已完整")
    assert state(waiving) == ("proposed", False)
    waiving.confirm(OFFICER, [TYPE, SECOND], "赣市监〔2026〕8号", DAY)
    assert state(waiving) == ("confirmed", False)
    assert waiving.publish(BUREAU, [], "赣市政数字〔2026〕3号", DAY) == 1
    assert state(waiving) == state(waiving, SECOND) == ("published", True)
    waiving.withdraw(OFFICER, [TYPE], "系统停用")
    assert state(waiving) == ("withdrawn", False)
    (made,) = waiving.lists()
    assert (made.document, made.published_on, made.types) == ("赣市政数字〔2026〕3号", DAY, 1)


def test_the_history_says_who_of_which_department_when_and_under_what(waiving: Waiving) -> None:
    waiving.propose(BUREAU, [TYPE], "数据已完整")
    waiving.confirm(OFFICER, [TYPE], "赣市监〔2026〕8号", DAY)
    waiving.publish(BUREAU, [TYPE], "清单一号", DAY)
    waiving.withdraw(BUREAU, [TYPE], "部门来函")
    waiving.propose(OFFICER, [TYPE], "恢复")
    assert [(one.state, one.by) for one in waiving.history(TYPE)] == [
        ("proposed", "officer"),
        ("withdrawn", "bureau"),
        ("published", "bureau"),
        ("confirmed", "officer"),
        ("proposed", "bureau"),
    ]
    again, ended, published, *_ = waiving.history(TYPE)
    assert (published.confirmed_by, published.department) == ("officer", MARKET)
    assert (published.document, published.dated, published.list) == ("赣市监〔2026〕8号", DAY, 1)
    assert (ended.why, ended.list_document) == ("部门来函", "清单一号")
    assert (again.document, again.confirmed_by, again.list) == (None, None, None)


def test_every_move_is_in_the_ledger_with_its_document(waiving: Waiving) -> None:
    waiving.propose(BUREAU, [SECOND, TYPE], "数据已完整")
    waiving.confirm(OFFICER, [TYPE], "文一", DAY)
    waiving.publish(BUREAU, [TYPE], "清单一号", DAY)
    told = [
        (one["event"], one["actor"], one.get("outcome"), one.get("document"), one["types"])
        for one in entries(waiving.house)
    ]
    assert told == [
        ("waiver.moved", "bureau", "proposed", None, sorted([SECOND, TYPE])),
        ("waiver.moved", "officer", "confirmed", "文一", [TYPE]),
        ("waiver.published", "bureau", None, "清单一号", [TYPE]),
    ]


def test_a_list_of_a_later_day_does_not_count_yet(waiving: Waiving) -> None:
    tomorrow = system_clock().date() + timedelta(days=2)
    waiving.propose(BUREAU, [TYPE], "数据已完整")
    waiving.confirm(OFFICER, [TYPE], "文一", DAY)
    waiving.publish(BUREAU, [TYPE], "清单一号", tomorrow)
    assert state(waiving) == ("published", False)


def test_a_list_counts_from_the_citys_midnight(waiving: Waiving) -> None:
    waiving.propose(BUREAU, [TYPE], "数据已完整")
    waiving.confirm(OFFICER, [TYPE], "文一", DAY)
    waiving.publish(BUREAU, [TYPE], "清单一号", date(2026, 12, 2))
    for hour, counts in ((15, False), (16, True)):  # in UTC: 23:00, and midnight in the city
        at = stopped_clock(datetime(2026, 12, 1, hour, tzinfo=UTC))
        assert state(Waiving(replace(waiving.house, clock=at))) == ("published", counts)


Act = Callable[[Waiving], object]
REFUSED: list[tuple[str, Act]] = [
    ("role", lambda w: w.propose(CLERK, [TYPE], "为什么")),
    ("role", lambda w: w.confirm(BUREAU, [TYPE], "文一", DAY)),
    ("role", lambda w: w.publish(OFFICER, [TYPE], "清单", DAY)),
    ("other_department", lambda w: w.confirm(OTHER, [TYPE], "文一", DAY)),
    ("other_department", lambda w: w.confirm(OFFICER, [TYPE, FOREIGN], "文一", DAY)),
    ("other_department", lambda w: w.withdraw(OTHER, [TYPE], "为什么")),
]


@pytest.mark.parametrize(("reason", "act"), REFUSED)
def test_only_the_competent_department_confirms_and_only_the_bureau_publishes(
    waiving: Waiving, reason: str, act: Act
) -> None:
    waiving.propose(BUREAU, [TYPE, FOREIGN], "数据已完整")
    with pytest.raises(Refused) as refused:
        act(waiving)
    assert refused.value.facts["reason"] == reason
    assert (entries(waiving.house)[-1]["event"], state(waiving)[0]) == (
        "waiver.refused",
        "proposed",
    )


WRONG: list[tuple[str, Act]] = [
    ("no licence type 某证", lambda w: w.propose(BUREAU, ["某证"], "为什么")),
    ("name at least one", lambda w: w.propose(BUREAU, [], "为什么")),
    ("name at least one", lambda w: w.publish(BUREAU, [], "清单", DAY)),
    ("is not proposed: to be confirmed", lambda w: w.confirm(OFFICER, [TYPE], "文一", DAY)),
    ("is not proposed: to be published", lambda w: w.publish(BUREAU, [TYPE], "清单", DAY)),
    ("the reason must not be empty", lambda w: w.propose(BUREAU, [TYPE], " ")),
]


@pytest.mark.parametrize(("said", "act"), WRONG)
def test_a_wrong_move_says_what_is_allowed_and_moves_nothing(
    waiving: Waiving, said: str, act: Act
) -> None:
    with pytest.raises(BadInput, match=said):
        act(waiving)
    assert state(waiving) == ("none", False)
    assert entries(waiving.house) == []


def test_a_list_moves_all_its_types_or_none(waiving: Waiving) -> None:
    waiving.propose(BUREAU, [TYPE, SECOND], "数据已完整")
    waiving.confirm(OFFICER, [TYPE], "文一", DAY)
    with pytest.raises(ZhongtaiError, match=SECOND):
        waiving.publish(BUREAU, [TYPE, SECOND], "清单一号", DAY)
    assert (state(waiving)[0], waiving.lists()) == ("confirmed", [])
    waiving.publish(BUREAU, [TYPE], "清单一号", DAY)
    waiving.confirm(OFFICER, [SECOND], "文二", DAY)
    with pytest.raises(BadInput, match="清单一号 was published"):
        waiving.publish(BUREAU, [SECOND], "清单一号", DAY)


def test_the_sandbox_confirms_and_publishes_its_own_once_by_the_same_way(house: House) -> None:
    sandbox(house)
    waiving = Waiving(house)
    waived = {one.licence_type for one in waiving.rows() if one.in_force}
    assert waived == set(waiver_rules.load())
    assert [one.document for one in waiving.lists()] == [SANDBOX_LIST]
    before = len(entries(house))
    waiving.withdraw(BUREAU, [TYPE], "改主意")
    sandbox(house)
    assert (state(waiving)[0], len(entries(house))) == ("withdrawn", before + 1)
