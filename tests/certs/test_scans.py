"""Grade B: a scan that one window compared with the original stands at the next window."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from certs.licences.erase import destroy_keys
from certs.licences.publish import publish_system
from certs.waivers import scans
from certs.waivers.waive import PlanLine, plan
from kernel.errors import BadInput, Refused, Stop
from pipeline import share
from pipeline.erasing import erase_holder
from registry.accounts import Account
from tests.certs.town import LI, NOW, WANG, Town

FOOD = "食品经营许可证"
PDF = b"%PDF-1.4 a scan of WANG's paper"


@pytest.fixture
def asked(city: Town) -> Town:
    """The item asks for a food licence that the data does not have; nobody waives the type."""
    city.material("M1", [FOOD])
    city.waive(FOOD, state="withdrawn")
    return city


def keep(city: Town, who: str = "clerk", **over: date) -> str:
    return scans.keep(city.house, city.account(who), "C1", FOOD, PDF, over.get("last_day"))


def line(city: Town, who: str = "clerk", case: str = "C1") -> PlanLine:
    (one,) = plan(city.house, city.account(who), case).lines
    return one


def taken(city: Town, who: str = "clerk", case: str = "C2") -> bytes:
    return share.fetch(city.house, city.account(who), case, "M1", "办理变更").pdf


def test_a_scan_stands_at_the_next_window_and_is_handed_out_on_record(asked: Town) -> None:
    assert line(asked).verdict == "bring"
    scan = keep(asked)
    asked.case("C2")
    shown = line(asked, case="C2")
    assert (shown.verdict, shown.standing, shown.scan) == ("waived", "verified scan", scan)
    assert shown.why == (
        "窗口（sc-02）于 2026-11-23 16:00 核对过食品经营许可证原件，扫描件可用至2027年11月23日。"
    )
    assert taken(asked) == PDF
    last = asked.events()[-1]
    assert (last["event"], last["case"], last["file"]) == ("scan.used", "C2", scan)
    (name,) = asked.house.objects.names("scans/")
    assert PDF not in asked.house.objects.get(name)


def test_it_is_its_holders_and_for_its_days_only(asked: Town) -> None:
    keep(asked, last_day=date(2026, 11, 30))
    asked.case("C2", LI)
    assert line(asked, case="C2").verdict == "bring"
    asked.at(NOW + timedelta(days=7))
    assert line(asked).verdict == "waived"
    asked.at(NOW + timedelta(days=8))
    assert line(asked).verdict == "bring"


def test_what_the_data_says_counts_before_it(asked: Town) -> None:
    keep(asked)
    asked.licence("k1", status="revoked")
    publish_system(asked.house, "sc_food", "r1")
    shown = line(asked)
    assert (shown.verdict, shown.detail, shown.scan) == ("bring", "licence_revoked", None)
    with pytest.raises(Refused):
        taken(asked, case="C1")


def test_a_receiving_window_keeps_one_and_is_not_handed_it(asked: Town) -> None:
    asked.case("C1", post="sc-01")
    keep(asked, "window")
    shown = line(asked, "window")
    assert (shown.verdict, shown.scan) == ("waived", None)
    with pytest.raises(Refused):
        taken(asked, "window", "C1")
    assert asked.events()[-1]["event"] == "look.refused"


def test_a_withdrawn_one_stands_for_nothing(asked: Town) -> None:
    scan = keep(asked)
    with pytest.raises(BadInput):
        scans.withdraw(asked.house, asked.account("clerk2"), scan)
    scans.withdraw(asked.house, asked.account(), scan)
    assert line(asked).verdict == "bring"
    with pytest.raises(BadInput):
        scans.withdraw(asked.house, asked.account(), scan)


def test_who_may_not_plan_the_case_keeps_none(asked: Town) -> None:
    with pytest.raises(Refused) as refused:
        keep(asked, "clerk2")
    assert refused.value.facts["reason"] == "case_not_assigned"
    assert asked.query("SELECT 1 FROM certs.scan") == []


@pytest.mark.parametrize(
    ("kind", "data", "last_day", "says"),
    [
        (FOOD, b"GIF89a", None, "PDF"),
        (FOOD, b"%PDF" + bytes(scans.LARGEST), None, "不超过 20 MB"),
        ("结婚证", PDF, None, "不要求这类证照"),
        (FOOD, PDF, date(2026, 11, 22), "已过有效期"),
    ],
)
def test_what_cannot_be_kept_says_so(
    asked: Town, kind: str, data: bytes, last_day: date | None, says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        scans.keep(asked.house, asked.account(), "C1", kind, data, last_day)
    assert asked.query("SELECT 1 FROM certs.scan") == []


def test_it_closes_with_its_holders_key(asked: Town) -> None:
    scan = keep(asked)
    with asked.house.engine.begin() as conn:
        destroy_keys(conn, asked.holder(WANG), NOW)
    with asked.house.engine.connect() as conn, pytest.raises(Stop):
        scans.open_(asked.house, conn, scan)


def test_it_goes_with_its_erased_holder_and_no_plan_counts_it(asked: Town) -> None:
    keep(asked)
    asked.case("C2", LI)
    other = scans.keep(asked.house, asked.account(), "C2", FOOD, PDF, None)
    assert line(asked).verdict == "waived"
    bureau = Account("bureau", "局", "bureau", None, ())
    erase_holder(asked.house, bureau, "person", WANG, "赣数〔2026〕7号")
    assert line(asked).verdict == "bring"
    with pytest.raises(Refused):
        taken(asked, case="C1")
    assert list(asked.house.objects.names("scans/")) == [f"scans/{other}.pdf.enc"]
    assert line(asked, case="C2").verdict == "waived"
    assert taken(asked) == PDF
    again = erase_holder(asked.house, bureau, "person", WANG, "赣数〔2026〕7号")
    assert again.licences == 0
