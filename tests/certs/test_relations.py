"""Papers of others than the applicant: only where a licence proves the relation. Alarms."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from certs.copies.share import fetch
from certs.licences.publish import publish_system
from certs.rights import alarms
from certs.tables import copy
from certs.waivers.waive import plan
from kernel.errors import Refused
from registry.accounts import Account
from tests.certs.town import FIRM, LI, NAMES, NOW, WANG, Town

FOOD = "食品经营许可证"
OPS = Account("ops", "运维", "ops", None, ())


@pytest.fixture
def spouses(city: Town) -> Town:
    """FOOD asks WANG for the spouse's licence; LI holds one."""
    city.material("M1", [FOOD], role="spouse")
    city.approve("FOOD", "结婚证")
    city.licence("k1", LI)
    publish_system(city.house, "sc_food", "r1")
    return city


def asked(town: Town, *licences: dict[str, Any]) -> None:
    """What the marriage register answered for the case, just now."""
    town.answered("mz_marriage", WANG, list(licences))


def entry(town: Town, kind: str, issued: str, status: str = "valid") -> dict[str, Any]:
    return {
        "type": kind, "status": status, "issued": issued, "valid_from": issued, "valid_to": None,
        "holder_hash": town.holder(WANG), "co_holder_hash": town.holder(LI), "issuer": "民政局",
        "holder_kind": "person", "number": "J1", "holder_name": NAMES[WANG],
        "holder_number": WANG, "co_holder_name": NAMES[LI], "co_holder_number": LI,
    }  # fmt: skip


def reason(town: Town, **more: Any) -> str:
    with pytest.raises(Refused) as refused:
        fetch(town.house, town.account(), "C1", "M1", "办理许可", **more)
    return str(refused.value.facts["detail"])


def test_a_marriage_that_a_licence_proves_opens_the_spouses(spouses: Town) -> None:
    assert reason(spouses) == "role_not_applicant"
    asked(spouses, entry(spouses, "结婚证", "2015-05-20"))
    (line,) = plan(spouses.house, spouses.account(), "C1").lines
    assert line.verdict == "waived"
    assert fetch(spouses.house, spouses.account(), "C1", "M1", "办理许可").pdf.startswith(b"%PDF")
    assert spouses.events()[-1]["holder"] == spouses.holder(LI)


@pytest.mark.parametrize(
    "licences",
    [
        [("结婚证", "2015-05-20", "revoked")],
        [("结婚证", "2015-05-20", "valid"), ("离婚证", "2020-01-01", "valid")],
    ],
)
def test_a_marriage_that_ended_proves_nothing(
    spouses: Town, licences: list[tuple[str, str, str]]
) -> None:
    asked(spouses, *(entry(spouses, *one) for one in licences))
    assert reason(spouses) == "relation_not_proved"
    (line,) = plan(spouses.house, spouses.account(), "C1").lines
    assert line.verdict == "bring"


def test_married_again_after_a_divorce_counts(spouses: Town) -> None:
    said = [("结婚证", "2015-05-20"), ("离婚证", "2020-01-01"), ("结婚证", "2021-01-01")]
    asked(spouses, *(entry(spouses, *one) for one in said))
    assert fetch(spouses.house, spouses.account(), "C1", "M1", "办理许可").id


@pytest.mark.parametrize(("named", "proved"), [(NAMES[LI], True), ("别人", False)])
def test_a_firms_legal_representative_is_who_its_licence_names(
    city: Town, named: str, proved: bool
) -> None:
    city.material("M1", [FOOD], role="legal_representative")
    city.approve("FOOD", "营业执照")
    city.case("C1", FIRM, applicant_kind="organisation")
    firm = {"type": "营业执照", "system": "sc_enterprise", "holder_kind": "organisation"}
    city.licence("e1", FIRM, **firm, details={"法定代表人": named})
    city.licence("k1", LI)
    for system in ("sc_food", "sc_enterprise"):
        publish_system(city.house, system, "r1")
    assert reason(city) == "role_not_applicant"
    if proved:
        made = fetch(city.house, city.account(), "C1", "M1", "办理许可", person=city.holder(LI))
        assert made.pdf.startswith(b"%PDF")
    else:
        assert reason(city, person=city.holder(LI)) == "relation_not_proved"


def looked(town: Town, number: int, hours_ago: float) -> None:
    """As many looks of clerk for C1, that long ago."""
    at = NOW - timedelta(hours=hours_ago)
    row = {
        "licence_type": FOOD, "standing": "data only", "system": "sc_food", "holder_hash": "h",
        "case_number": "C1", "item_id": "FOOD", "material_id": "M1", "reader": "clerk",
        "post": "sc-02", "purpose": "prove", "catalogue_version": 1, "made_at": at,
        "expires_at": at, "object": "o", "sha256": "x", "ledger_seq": 0,
    }  # fmt: skip
    with town.house.engine.begin() as conn:
        conn.execute(insert(copy), [row | {"id": secrets.token_hex(8)} for _ in range(number)])


def kinds(town: Town) -> list[tuple[str, str]]:
    alarms.sweep(town.house)
    with town.house.engine.connect() as conn:
        return [(one.kind, one.subject) for one in alarms.alarms(conn)]


def test_a_burst_alarms_once_until_a_person_has_looked_into_it(city: Town) -> None:
    looked(city, 29, 0.5)
    assert kinds(city) == []
    looked(city, 1, 0.5)
    assert kinds(city) == [("burst", "clerk")] == kinds(city)
    assert city.events()[-1]["event"] == "alarm.raised"
    with city.house.engine.begin() as conn:
        (one,) = alarms.alarms(conn)
        alarms.close(conn, OPS, one.id, "集中补录", NOW)
        assert alarms.alarms(conn) == []
        assert alarms.alarms(conn, "all")[0].closed_by == "ops"


def test_who_always_looks_that_often_does_not_alarm(city: Town) -> None:
    looked(city, 30, 0.5)
    looked(city, 10, 30)
    assert kinds(city) == []


def test_a_look_whose_case_never_moves_alarms(city: Town) -> None:
    early = NOW - timedelta(days=30)
    city.case("C1", landed_at=early, source_time=early, opened=early)
    looked(city, 1, 24 * 20)
    assert kinds(city) == [("still_case", "C1")]


def test_a_look_whose_case_moved_on_does_not(city: Town) -> None:
    looked(city, 1, 24 * 20)
    assert kinds(city) == []


def test_a_look_for_a_case_that_nobody_confirmed_alarms(city: Town) -> None:
    city.case("C1", provisional=True, opened=NOW - timedelta(days=1))
    looked(city, 1, 24)
    assert kinds(city) == [("unconfirmed_case", "C1")]
