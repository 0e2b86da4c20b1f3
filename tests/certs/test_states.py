"""States as a history, standings under a mandate, identifiers kept and made."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from certs.licences import holders, identifier, states
from certs.licences.publish import publish_system
from certs.licences.standing import standing_on
from certs.licences.states import StateChange
from registry import departments, licence_types
from registry.departments import Department
from tests.certs.town import FIRM, NOW, WANG, Town

BUILD = "建筑工程施工许可证"
ISSUER, TYPE = "11430000006122244L", "11100000000013338W009"
OWN = identifier.make(TYPE, ISSUER, "360702202601010101", 1)


def publish(town: Town) -> None:
    publish_system(town.house, "sc_food", "r1")


def current(town: Town) -> str:
    ((found,),) = town.query("SELECT id FROM certs.licence ORDER BY version DESC LIMIT 1")
    return str(found)


def history(town: Town) -> list[tuple[int, str, str]]:
    with town.house.engine.connect() as conn:
        return [(one.version, one.state, one.reason) for one in states.history(conn, current(town))]


def document(town: Town, holder: str = WANG, kind: str = "person") -> dict[str, Any]:
    with town.house.engine.connect() as conn:
        held = holders.open_document(town.house, conn, current(town), town.holder(holder, kind))
    found: dict[str, Any] = json.loads(held)
    return found


def permit(town: Town, **over: Any) -> None:
    town.licence("b1", FIRM, type=BUILD, holder_kind="organisation", **over)
    publish(town)


def test_every_state_of_a_licence_is_kept_with_its_reason(town: Town) -> None:
    town.licence("k1")
    publish(town)
    town.at(NOW + timedelta(days=1))
    town.licence("k1", status="suspended")
    publish(town)
    town.licence("k1", issuer="另一局")
    publish(town)
    town.licence("k1", issuer="另一局", deleted_at=NOW)
    publish(town)
    assert history(town) == [
        (1, "valid", "at_source"),
        (1, "superseded", "new_version"),
        (2, "suspended", "at_source"),
        (2, "superseded", "new_version"),
        (3, "valid", "at_source"),
        (3, "gone", "gone_at_source"),
    ]


def test_it_expires_at_the_end_of_its_last_day_in_the_city(town: Town) -> None:
    town.licence("k1", valid_to=date(2026, 11, 30))
    publish(town)
    town.at(NOW + timedelta(days=30))
    publish(town)
    with town.house.engine.connect() as conn:
        *_, last = states.history(conn, current(town))
        assert states.history(conn, "nothing") == []
    midnight = datetime(2026, 11, 30, 16, tzinfo=UTC)
    assert last == StateChange(1, midnight, "expired", "past_valid_to")
    publish(town)
    assert len(history(town)) == 2


@pytest.mark.parametrize(
    ("given", "stored", "faults"),
    [
        (OWN, OWN, None),
        (OWN.lower().replace(".", " ．"), OWN, None),
        (OWN[:-1] + ("0" if OWN[-1] != "0" else "1"), None, ["the check character is wrong"]),
        ("电子证照2024-1", None, ["it is not of the form of GB/T 36904"]),
    ],
    ids=["conforming", "written otherwise", "wrong check", "another form"],
)
def test_an_issuers_own_identifier_is_kept_and_its_faults_are_said(
    town: Town, given: str, stored: str | None, faults: list[str] | None
) -> None:
    town.licence("k1", identifier=given)
    publish(town)
    found = document(town)
    assert found["ZZBS"] == (stored or given.upper())
    assert found.get("identifier_faults") == faults
    assert found["standing"] == "data only"


def test_ours_is_made_only_under_a_mandate_in_force(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = dict(departments.load())
    office = Department(name="市行政审批局", prefix="xzsp", credit_code=ISSUER)
    monkeypatch.setattr(departments, "load", lambda: known | {"市行政审批局": office})
    permit(town)
    made = document(town, FIRM, "organisation")
    found = identifier.parse(made["ZZBS"])
    assert found is not None
    assert (found.conforming, found.type, found.issuer) == (True, TYPE, ISSUER)
    assert (made["standing"], made["mandate"]) == ("delegated", "赣市委制〔2026〕1号（沙盒示例）")
    assert (made["ZZQZR"], made["ZZQZMC"]) == ("市行政审批局", "委托制证电子签章")
    assert made["ZZBFJGDM"] == ISSUER
    town.at(datetime(2029, 1, 1, 1, tzinfo=UTC))
    permit(town, issuer="另一局")
    late = document(town, FIRM, "organisation")
    assert late["standing"] == "data only"
    assert not {"ZZBS", "mandate", "ZZQZR"} & late.keys()
    ((standing,),) = town.query("SELECT standing FROM certs.licence WHERE version = 2")
    assert standing == "data only"


def test_without_a_credit_code_no_identifier_is_made(town: Town) -> None:
    permit(town)
    made = document(town, FIRM, "organisation")
    assert made["standing"] == "delegated"
    assert "ZZBS" not in made


def test_a_delegated_type_is_data_before_its_mandate_begins() -> None:
    kind = licence_types.load()[BUILD]
    assert standing_on(kind, date(2025, 12, 31)) == "data only"
    assert standing_on(kind, date(2026, 1, 1)) == "delegated"
