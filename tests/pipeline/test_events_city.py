"""One department's result starts the next one's step: over the city, from sync to receiver."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from kernel.house import House
from landing.tables import case
from pipeline.events import Events, Wanted
from pipeline.sync import sync
from registry.accounts import Account
from tests.pipeline.sources import of_city
from tests.running import RunningCity

CODE = "xzsp_window"
OPS = Account("ops", "运维", "ops", None, ())
BUREAU = Account("bureau", "审批局", "bureau", None, ())


def test_a_granted_case_opens_the_next_step_of_a_package_once(
    house: House, city: RunningCity, tmp_path: Path
) -> None:
    made = of_city(house, city, tmp_path / "s", CODE)
    sync(made, CODE, "r1")
    with made.engine.connect() as conn:
        c = case.c
        query = select(c.case_number, c.item_code, c.post).where(c.state == "accepted")
        first = conn.execute(query.order_by(c.case_number).limit(1)).one()
    number = next(n for n in city.truth("/personal-numbers") if len(n) == 18)
    step = {
        "after": first.case_number, "item_code": first.item_code, "applicant_kind": "person",
        "applicant_number": number, "applicant_name": "某人", "post": first.post,
    }  # fmt: skip
    city.truth("/hooks/steps", step)
    made.secrets.put("ONE_THING", city.secret("ONE_THING_HOOK_SECRET"))
    events = Events(made)
    wanted = Wanted(
        "一件事", "市行政审批局", city.secret("ONE_THING_HOOK_URL"), ["approval.finished"], [], [],
        "ONE_THING",
    )  # fmt: skip
    receiver = events.propose(OPS, wanted)
    events.approve(BUREAU, receiver, ["127.0.0.1"])
    city.truth(f"/cases/{first.case_number}/close", {})
    sync(made, CODE, "r2")
    city.truth("/hooks/fail", {"statuses": [503]})
    assert events.deliver().away == 1
    events.replay(OPS, receiver, 0)
    assert events.deliver().taken > 0
    events.replay(OPS, receiver, 0)
    events.deliver()
    told = city.truth("/hooks")
    mine = [one["data"]["outcome"] for one in told["events"]
            if one["data"]["case"] == first.case_number]  # fmt: skip
    assert mine == ["granted"]
    assert told["doubles"] >= 1
    (opened,) = [one["opened"] for one in told["steps"] if one["after"] == first.case_number]
    assert city.truth(f"/cases/{opened}")["item_code"] == first.item_code
    sync(made, CODE, "r3")
    with made.engine.connect() as conn:
        landed = conn.execute(select(case.c.state).where(case.c.case_number == opened)).scalars()
        assert list(landed) == ["accepted"]
    assert number not in str(told["events"])
