"""What guides say of a flow: landed, published, compared; older versions stay as they are."""

from __future__ import annotations

import json

from catalog.exchange.snapshot import as_json, read_json
from catalog.exchange.view import tasks
from catalog.flow.fields import agrees
from catalog.versions.compare import compare
from catalog.versions.content import LATER, digest_of
from catalog.versions.history import verify, versions
from kernel.house import House
from tests.catalog import town
from tests.catalog.town import DAY, FOOD, XINFENG, ZHANGGONG

STEPS = "UPDATE landing.item SET steps = :s, results = :r WHERE code = :c"


def test_guides_of_one_flow_stand_together_whatever_their_days(house: House) -> None:
    town.start(house)
    town.change(house, STEPS, c=ZHANGGONG, s="受理→审查→决定", r="《食品经营许可证》")
    town.change(house, STEPS, c=XINFENG, s="1.受理；2.审查（3日）；3.决定", r="食品经营许可证")
    number = town.again(house)
    with house.engine.begin() as conn:
        made = compare(conn, number, FOOD, [], DAY)
    found = {one.field: one for one in made.guides if one.field in ("steps", "results")}
    assert found["steps"].typed == "受理；审查；决定"
    assert found["steps"].divisions == ("信丰县", "章贡区")
    assert found["results"].shown == "食品经营许可证"
    assert all("steps" in one.unreviewed for one in made.counties)
    with house.engine.begin() as conn:
        town.accepted(conn, division=None, field="steps", value=found["steps"].typed)
    number = town.again(house)
    with house.engine.begin() as conn:
        made = compare(conn, number, FOOD, [], DAY)
    assert not any("steps" in one.unreviewed for one in made.counties)
    assert "steps" not in {one.field for one in made.guides}


def test_a_place_may_take_its_own_days_only_where_the_flow_tells_none() -> None:
    bare = [{"name": "受理", "days": None}, {"name": "审查", "days": None}]
    timed = [{"name": "受理", "days": 1}, {"name": "审查", "days": 4}]
    assert agrees("steps", timed, bare)
    assert not agrees("steps", bare, timed)
    assert not agrees("steps", timed[:1], bare)
    assert not agrees("steps", timed, None)


def test_a_version_of_before_keeps_its_digest_and_its_export(house: House) -> None:
    number = town.start(house)
    with house.engine.begin() as conn:
        content = verify(conn, number)
        row = versions(conn)[0]
    older = {**content, "declared": [one[:4] for one in content["declared"]]}
    assert content["declared"]
    assert digest_of(older) == digest_of(content) == row.digest
    said = json.loads(json.dumps(as_json(row, content)))
    for one in said["declared"]:
        for name in LATER["declared"]:
            del one[name]
    assert read_json(json.dumps(said)) == content
    town.change(house, STEPS, c=XINFENG, s="受理；办结", r="批复")
    assert town.again(house) == number + 1
    with house.engine.begin() as conn:
        verify(conn, number)
        later = verify(conn, number + 1)
        assert read_json(json.dumps(as_json(versions(conn)[0], later))) == later


def test_an_implementation_goes_out_with_its_guides_steps(house: House) -> None:
    town.start(house)
    town.change(house, STEPS, c=XINFENG, s="受理；办结：2", r="批复")
    number = town.again(house)
    with house.engine.begin() as conn:
        flow = {one.code: one.flow for one in tasks(verify(conn, number), DAY)}[XINFENG]
    assert flow["results"] == ["批复"]
    assert flow["steps"] == [{"name": "受理", "days": None}, {"name": "办结", "days": 2}]
